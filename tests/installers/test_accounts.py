"""The pupil's account is usable: somebody, with a home that is theirs."""

import os
from pathlib import Path

import pytest

from installers.quickstart.accounts import Account, ensure_home, pupil


@pytest.mark.root
def test_the_pupil_is_somebody_with_a_home_of_their_own() -> None:
    found = pupil()
    assert found.uid != 0
    assert found.home.stat().st_uid == found.uid
    assert pupil() == found


@pytest.mark.root
def test_a_home_that_has_gone_comes_back_and_belongs_to_its_account(tmp_path: Path) -> None:
    home = tmp_path / "gone" / "too"
    found = Account(name="pia", uid=12345, gid=23456, home=home)
    ensure_home(found)
    assert (home.stat().st_uid, home.stat().st_gid, home.stat().st_mode & 0o777) == (12345, 23456, 0o700)


@pytest.mark.root
def test_a_home_that_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    ensure_home(Account(name="pia", uid=12345, gid=23456, home=tmp_path))
    assert tmp_path.stat().st_uid == os.getuid()
