"""Files that count only as long as a process holds their locks."""

import fcntl
import grp
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from lamplighter_agent.backends.linux._release_files import Release, ReleaseFiles, Use
from lamplighter_agent.errors import BackendUnavailable, NotReleased

MINE = grp.getgrgid(os.getgid()).gr_name
MOUNT = Release(node="sdb1", sequence=7, use=Use.MOUNT, account="rowan")


def opened(folder: Path) -> ReleaseFiles:
    files = ReleaseFiles(folder / "released", MINE)
    files.open()
    return files


def is_locked(path: Path) -> bool:
    """As the gate asks."""
    asked = ["flock", "--shared", "--nonblock", "--conflict-exit-code", "75", str(path), "/bin/true"]
    return subprocess.run(asked, check=False).returncode == 75


def test_a_release_is_a_locked_file_in_a_folder_of_root_and_polkit(tmp_path: Path) -> None:
    files = opened(tmp_path)
    files.put(MOUNT)
    files.put(MOUNT)
    folder = tmp_path / "released"
    assert [one.name for one in folder.iterdir()] == ["sdb1.7.mount.rowan"]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o750
    assert stat.S_IMODE((folder / "sdb1.7.mount.rowan").stat().st_mode) == 0o640
    assert is_locked(folder / "sdb1.7.mount.rowan")
    files.close()


def test_what_is_dropped_is_gone_for_its_node_alone(tmp_path: Path) -> None:
    files = opened(tmp_path)
    other = Release(node="sdb2", sequence=7, use=Use.UNLOCK, account="rowan")
    files.put(MOUNT)
    files.put(other)
    files.drop("sdb1", "sdc9")
    assert files.releases == {other}
    assert [one.name for one in (tmp_path / "released").iterdir()] == ["sdb2.7.unlock.rowan"]
    files.close()
    assert not list((tmp_path / "released").iterdir())


def test_what_an_ended_process_left_is_not_locked_and_is_deleted_at_the_start(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path\n"
        "from lamplighter_agent.backends.linux._release_files import Release, ReleaseFiles, Use\n"
        "files = ReleaseFiles(Path(sys.argv[1]), sys.argv[2]); files.open()\n"
        "files.put(Release(node='sdb1', sequence=7, use=Use.MOUNT, account='rowan')); os._exit(9)"
    )
    left = tmp_path / "released" / "sdb1.7.mount.rowan"
    subprocess.run([sys.executable, "-c", code, str(left.parent), MINE], check=False)
    assert left.exists()
    assert not is_locked(left)
    opened(tmp_path).close()
    assert not left.exists()


def test_a_child_of_the_service_does_not_hold_its_locks(tmp_path: Path) -> None:
    files = opened(tmp_path)
    files.put(MOUNT)
    with subprocess.Popen(["sleep", "60"]) as child:
        for descriptor in list(files._held.values()):
            fcntl.flock(descriptor, fcntl.LOCK_UN)
        assert not is_locked(tmp_path / "released" / MOUNT.file_name)
        child.kill()
    files.close()


@pytest.mark.parametrize("account", ["", ".", "..", "a/b", "../a", "a\nb", "n" * 250])
def test_an_account_that_can_be_no_file_is_refused(tmp_path: Path, account: str) -> None:
    files = opened(tmp_path)
    with pytest.raises(NotReleased):
        files.put(Release(node="sdb1", sequence=7, use=Use.MOUNT, account=account))
    assert not list((tmp_path / "released").iterdir())
    files.close()


@pytest.mark.parametrize("node", ["", "../sdb1", "sd.b", "sdb1/x"])
def test_a_node_that_can_be_no_file_is_refused(tmp_path: Path, node: str) -> None:
    files = opened(tmp_path)
    with pytest.raises(NotReleased):
        files.put(Release(node=node, sequence=7, use=Use.MOUNT, account="rowan"))
    files.close()


def test_nothing_is_released_before_the_start_nor_after_the_end(tmp_path: Path) -> None:
    files = ReleaseFiles(tmp_path / "released", MINE)
    with pytest.raises(NotReleased):
        files.put(MOUNT)
    files.open()
    files.close()
    files.close()
    with pytest.raises(NotReleased):
        files.put(MOUNT)


def test_without_polkit_there_is_no_guard(tmp_path: Path) -> None:
    with pytest.raises(BackendUnavailable, match="polkit is not installed"):
        ReleaseFiles(tmp_path / "released", "no-such-group").open()


def test_a_folder_that_leads_elsewhere_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "kept").touch()
    (tmp_path / "released").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BackendUnavailable):
        opened(tmp_path)
    assert (tmp_path / "elsewhere" / "kept").exists()
