"""Debian's own judge of packages: installed, removed and purged, it leaves what was there as it was."""

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.built import agent_deb
from tests.support.chroot import UNSEEING, base

pytestmark = [pytest.mark.installer, pytest.mark.machine, pytest.mark.timeout(600)]


@pytest.fixture
def room() -> Iterator[Path]:
    """A folder that is not kept: the copy of a system is made there."""
    with tempfile.TemporaryDirectory(prefix="piuparts-", dir="/var/tmp") as folder:
        yield Path(folder)


def test_piuparts_finds_nothing(room: Path) -> None:
    judge = ["piuparts", "--existing-chroot", str(base()), "--distribution", "bookworm"]
    judge += ["--keep-sources-list", "--skip-minimize", "--no-eatmydata", "--no-upgrade-test"]
    judge += ["--tmpdir", str(room), str(agent_deb())]
    # Its mounts go with it, whatever becomes of it.
    alone = [*UNSEEING, "unshare", "--net"]
    done = subprocess.run([*alone, *judge], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:]
    assert "PASS: All tests" in done.stdout
