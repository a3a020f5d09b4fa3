"""Root's verbs make files of the account that serves."""

import os
import pwd
import tempfile
from pathlib import Path

import pytest
from lamplighter_collector.owner import Owner, acting_as, become, made_for, owner_of

NOBODY = pwd.getpwnam("nobody")
THEM = Owner(uid=NOBODY.pw_uid, gid=NOBODY.pw_gid)


def test_a_folder_that_is_there_names_its_owner(tmp_path: Path) -> None:
    assert owner_of(tmp_path) == Owner(uid=os.geteuid(), gid=tmp_path.stat().st_gid)


@pytest.mark.root
def test_root_acts_as_the_owner_and_is_root_again() -> None:
    # Not in pytest's own folder, which only root may enter.
    with tempfile.TemporaryDirectory() as made:
        way = Path(made)
        way.chmod(0o711)
        folder = way / "theirs"
        made_for(folder, THEM)
        with acting_as(owner_of(folder)):
            (folder / "one").write_text("x", encoding="utf-8")
            assert os.getgroups() == []
        about = (folder / "one").stat()
        assert (about.st_uid, about.st_gid) == (THEM.uid, THEM.gid)
        assert os.geteuid() == 0
        assert folder.stat().st_mode & 0o777 == 0o700


def test_who_is_no_root_stays_who_they_are(tmp_path: Path) -> None:
    before = os.geteuid(), os.getgroups()
    become(Owner(uid=0, gid=0))
    with acting_as(owner_of(tmp_path)):
        assert (os.geteuid(), os.getgroups()) == before
    assert (os.geteuid(), os.getgroups()) == before
