"""The table of mounts tells of its changes."""

import subprocess
from pathlib import Path

import pytest
from lamplighter_agent.backends.linux._mount_table import MountTable

from tests.support.sensed import aside, eventually


@pytest.mark.machine
async def test_a_mount_and_its_end_are_told_until_the_stop(tmp_path: Path) -> None:
    told: list[str] = []
    table = MountTable()
    table.start(lambda: told.append("changed"))
    assert table.is_started
    await aside(subprocess.run, ["mount", "-t", "tmpfs", "none", str(tmp_path)])
    await eventually(lambda: told, "the mount")
    before = len(told)
    await aside(subprocess.run, ["umount", str(tmp_path)])
    await eventually(lambda: len(told) > before, "its end")
    table.stop()
    table.stop()
    assert not table.is_started
