import os
import pwd
from pathlib import Path

import pytest
from lamplighter_collector.audit.operator import operator

ME = pwd.getpwuid(os.geteuid()).pw_name


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        (str(os.geteuid()), ME),
        (str((1 << 32) - 1), ME),
        ("", ME),
        ("4000000001", f"uid 4000000001 as {ME}"),
    ],
)
def test_who_came_to_the_machine_is_told_beside_the_account_in_use(
    tmp_path: Path, kept: str, told: str
) -> None:
    (tmp_path / "loginuid").write_text(kept)
    assert operator(tmp_path / "loginuid") == told


def test_where_the_kernel_keeps_none_the_account_in_use_is_told(tmp_path: Path) -> None:
    assert operator(tmp_path / "none") == ME
    assert operator().split(" as ")[-1] == ME
