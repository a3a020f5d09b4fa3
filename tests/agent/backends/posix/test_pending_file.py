"""The file with what a device shall enrol with: whose it is, what it is, and how it is left."""

import os
import stat
from pathlib import Path

import pytest
from lamplighter_agent.backends.posix.pending_file import PendingFile
from lamplighter_agent.errors import PendingUnusable


@pytest.fixture
def place(tmp_path: Path) -> PendingFile:
    return PendingFile(tmp_path / "agent.toml")


def left(place: PendingFile, text: str = 'pin = "sha256:00"\n', mode: int = 0o600) -> Path:
    path = Path(place.where)
    path.write_text(text)
    path.chmod(mode)
    return path


def test_it_lies_beside_the_configuration_and_is_ours_alone(place: PendingFile, tmp_path: Path) -> None:
    place.write({"pin": "sha256:00"})
    assert place.where == str(tmp_path / "enrolment.toml")
    assert stat.S_IMODE(Path(place.where).stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o602, 0o660])
def test_a_file_that_others_can_read_or_write_is_refused(place: PendingFile, mode: int) -> None:
    left(place, mode=mode)
    with pytest.raises(PendingUnusable, match="others than root"):
        place.read()


def test_a_file_of_another_account_is_refused(place: PendingFile) -> None:
    path = left(place)
    if os.getuid() == 0:
        # Only root can give a file away; to another account it can't even be read.
        os.chown(path, 12345, 0)
    else:
        path.chmod(0)
    with pytest.raises(PendingUnusable, match=r"others than root|can't be read"):
        place.read()


def test_a_link_is_not_followed(place: PendingFile, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text('pin = "sha256:00"\n')
    other.chmod(0o600)
    Path(place.where).symlink_to(other)
    with pytest.raises(PendingUnusable, match="can't be read"):
        place.read()


def test_a_pipe_or_a_folder_is_no_file(place: PendingFile) -> None:
    os.mkfifo(place.where, 0o600)
    with pytest.raises(PendingUnusable, match="no ordinary file"):
        place.read()


def test_what_is_not_toml_is_never_quoted(place: PendingFile) -> None:
    left(place, "token = zebra lantern\n")
    with pytest.raises(PendingUnusable, match="is not TOML") as refused:
        place.read()
    assert "zebra" not in str(refused.value)


def test_another_token_in_its_file_is_another_mark(place: PendingFile, tmp_path: Path) -> None:
    token = tmp_path / "token"
    left(place, f'token_file = "{token}"\n')
    without = place.mark()
    token.write_text("a")
    assert place.mark() not in (None, without)
