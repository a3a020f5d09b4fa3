"""Whether systemd starts the service, in trees as systemd and packages leave them."""

from pathlib import Path

import pytest
from lamplighter_agent.backends.linux.unit import UNIT, unit_problem


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for folder in (
        "run/systemd/system",
        "usr/lib/systemd/system",
        "etc/systemd/system/multi-user.target.wants",
    ):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "usr/lib/systemd/system" / UNIT).touch()
    return tmp_path


def test_an_enabled_unit_is_well_and_another_is_named(root: Path) -> None:
    assert unit_problem(root) == f"{UNIT} is not enabled"
    (root / "etc/systemd/system/multi-user.target.wants" / UNIT).symlink_to(f"/usr/lib/systemd/system/{UNIT}")
    assert unit_problem(root) == ""
    (root / "etc/systemd/system" / UNIT).symlink_to("/dev/null")
    assert unit_problem(root) == f"{UNIT} is masked"


def test_where_no_systemd_runs_or_no_package_is_installed_nothing_is_asked(
    root: Path, tmp_path: Path
) -> None:
    (root / "usr/lib/systemd/system" / UNIT).unlink()
    assert unit_problem(root) == ""
    assert unit_problem(tmp_path / "elsewhere") == ""
