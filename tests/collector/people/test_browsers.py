import pytest
from lamplighter_collector.keys.sealing import Seals
from lamplighter_collector.people.browsers import Browsers


def test_a_browser_is_recognised_for_its_own_login_only(seals: Seals) -> None:
    browsers = Browsers(seals)
    kept = browsers.known("login")
    assert browsers.recognised(kept, "login") == kept.partition(".")[0]
    assert browsers.recognised(kept, "another") == ""


@pytest.mark.parametrize("kept", ["", ".", "x", "0" * 32 + "." + "0" * 32, "\u0660" * 32 + "." + "0" * 32])
def test_anything_else_is_no_known_browser(seals: Seals, kept: str) -> None:
    assert Browsers(seals).recognised(kept, "login") == ""
