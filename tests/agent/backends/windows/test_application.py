"""Names of programs."""

import pytest
from lamplighter_agent.backends.windows.application import ImageNames, name_from


@pytest.mark.parametrize(
    ("image", "name"),
    [
        (r"C:\Windows\System32\notepad.exe", "notepad"),
        (r"C:\Program Files\A browser\browser.EXE", "browser"),
        ("C:/x/tool", "tool"),
        ("", ""),
    ],
)
def test_the_file_name_without_its_ending(image: str, name: str) -> None:
    assert name_from(image) == name


def test_nobody_has_no_name() -> None:
    assert ImageNames().name_of(None) == ""
