"""Files are whole, durable and their owner's alone."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from lamplighter_agent.files import locked, remove, replace_whole, write_new


def test_a_file_is_its_owner_s_alone_and_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    path.write_text("before")
    path.chmod(0o644)
    replace_whole(path, b"after")
    assert path.read_bytes() == b"after"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.fault
def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("safe")
    (tmp_path / "one").symlink_to(elsewhere)
    with pytest.raises(OSError, match=r"loop|symbolic"):
        write_new(tmp_path / "one", b"secret")
    assert elsewhere.read_text() == "safe"


def test_removing_is_done_once_or_not_needed(tmp_path: Path) -> None:
    path = tmp_path / "one"
    path.touch()
    remove(path)
    remove(path)
    assert not path.exists()


def test_what_everybody_may_read_only_its_owner_may_write(tmp_path: Path) -> None:
    replace_whole(tmp_path / "page", b"for all", public=True, durable=False)
    assert stat.S_IMODE((tmp_path / "page").stat().st_mode) == 0o644


@pytest.mark.fault
def test_what_can_not_be_written_leaves_the_old_one_and_nothing_beside_it(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    with pytest.raises(OSError, match="one"):
        replace_whole(tmp_path / "one", b"a folder is in its place")
    assert [path.name for path in tmp_path.iterdir()] == ["one"]


def test_a_lock_is_held_by_one_and_ends_with_its_process(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with locked(path, wait=False), pytest.raises(BlockingIOError):
        locked(path, wait=False).__enter__()
    hold = f"""
import pathlib, sys
from lamplighter_agent.files import locked
with locked(pathlib.Path({os.fspath(path)!r}), wait=True):
    print("held", flush=True)
    sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(BlockingIOError):
            locked(path, wait=False).__enter__()
        holder.kill()
        holder.wait()
        with locked(path, wait=False):
            pass
