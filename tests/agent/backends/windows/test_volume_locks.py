"""Locks that guard and scanner share."""

import pytest
from lamplighter_agent.backends.windows.volume_locks import VolumeLocks

from tests.support.fakes.windows_media import VOLUME, PretendedMedia


def locks() -> tuple[PretendedMedia, VolumeLocks]:
    windows = PretendedMedia()
    windows.put_in()
    return windows, VolumeLocks(windows)


def test_a_lent_volume_is_locked_again_behind_it() -> None:
    windows, found = locks()
    found.lock(VOLUME)
    with found.lent(VOLUME):
        assert not windows.locks
        assert found.holds(VOLUME)
        # Held again meanwhile: it waits.
        found.lock(VOLUME)
        assert not windows.locks
    assert windows.locks == {VOLUME}


def test_what_was_unlocked_meanwhile_stays_so() -> None:
    windows, found = locks()
    found.lock(VOLUME)
    with found.lent(VOLUME):
        found.unlock(VOLUME)
    assert not windows.locks
    assert not found.holds(VOLUME)


def test_what_went_meanwhile_leaves_nothing_and_can_come_again() -> None:
    windows, found = locks()
    found.lock(VOLUME)
    with found.lent(VOLUME):
        windows.take_out()
    assert not found.holds(VOLUME)
    with pytest.raises(FileNotFoundError):
        found.lock(VOLUME)
    windows.put_in()
    found.lock(VOLUME)
    assert windows.locks == {VOLUME}
    found.close()
    assert not windows.locks
