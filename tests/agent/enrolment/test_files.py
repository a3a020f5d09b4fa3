"""Files are whole, durable and their owner's alone."""

import stat
from pathlib import Path

import pytest
from lamplighter_agent.enrolment.files import remove, replace_whole, write_new


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
