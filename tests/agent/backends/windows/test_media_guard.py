"""What the guard on Windows does beside its contract."""

import dataclasses

import pytest
from lamplighter_agent.backends.media_ports import Volume
from lamplighter_agent.backends.windows.media_guard import NOT_UNTIL_RESTART
from lamplighter_agent.backends.windows.media_policy import INSTANCES, RESTRICTIONS
from lamplighter_agent.errors import NotHeld, NotReleased

from tests.agent.backends.contracts.windows_media_stages import ROOM, GuardStage, guard_of, medium_in
from tests.support.fakes.windows_media import KEYBOARD, STORAGE, USB, VOLUME, PretendedMedia


async def test_automount_is_switched_off_and_what_needs_a_restart_is_said() -> None:
    windows = PretendedMedia()
    state = await guard_of(windows).ready()
    assert not windows.automount
    assert (state.working, state.reason, state.remedy) == (True, NOT_UNTIL_RESTART, "restart Windows")
    windows.volatile.clear()
    state = await guard_of(windows).ready()
    assert (state.working, state.reason) == (True, "")


async def test_a_windows_that_goes_on_giving_letters_enforces_nothing() -> None:
    windows = PretendedMedia("rowan")
    windows.refuses_automount = True
    guard = guard_of(windows)
    state = await guard.ready()
    assert not state.working
    assert "letters" in state.reason
    windows.put_in()
    medium = medium_in(windows)
    await guard.hold(medium)
    with pytest.raises(NotReleased, match="not in force"):
        await guard.release(medium.volumes[0], "rowan", writable=False)


async def test_a_letter_that_windows_gave_all_the_same_is_taken_away() -> None:
    stage = GuardStage()
    stage.windows.automount = True
    medium = await stage.put_in()
    assert await stage.may_use(medium, stage.account) == "rw"
    await stage.guard.hold(medium)
    assert await stage.may_use(medium, stage.account) == ""
    assert stage.windows.locks == {VOLUME}


async def test_a_deceptive_device_is_switched_off_and_not_installed_again() -> None:
    stage = GuardStage()
    stage.windows.put_in(classes=(*STORAGE, *KEYBOARD))
    medium = medium_in(stage.windows)
    await stage.guard.hold(medium)
    assert stage.windows.disabled == [USB]
    assert stage.windows.read(f"{RESTRICTIONS}\\{INSTANCES}", "1") == USB


async def test_a_locked_volume_is_not_released_since_its_person_would_see_it_unscanned() -> None:
    stage = GuardStage()
    medium = await stage.put_in()
    locked = dataclasses.replace(medium.volumes[0], locked=True, encrypted="bitlocker")
    await stage.guard.hold(dataclasses.replace(medium, volumes=(locked,)))
    with pytest.raises(NotReleased, match="BitLocker"):
        await stage.guard.release(locked, stage.account, writable=False)
    assert VOLUME in stage.windows.locks


async def test_what_windows_refuses_is_not_held_and_not_released() -> None:
    stage = GuardStage()
    medium = await stage.put_in()
    stage.windows.broken = PermissionError(13, "access is denied")
    with pytest.raises(NotHeld, match="access is denied"):
        await stage.guard.hold(medium)
    with pytest.raises(NotReleased):
        await stage.guard.release(medium.volumes[0], stage.account, writable=False)


async def test_after_a_refused_letter_the_volume_is_locked_again() -> None:
    stage = GuardStage()
    medium = await stage.put_in()
    await stage.guard.hold(medium)
    with pytest.raises(NotReleased, match="signed in"):
        await stage.guard.release(medium.volumes[0], "nobody", writable=True)
    assert stage.windows.locks == {VOLUME}


async def test_a_scan_that_was_killed_leaves_no_way_in() -> None:
    stage = GuardStage()
    await stage.put_in()
    stage.windows.paths[ROOM] = VOLUME
    await stage.guard.withdraw_all()
    assert ROOM not in stage.windows.paths


async def test_another_medium_s_volume_is_not_released() -> None:
    stage = GuardStage()
    await stage.guard.hold(await stage.put_in())
    with pytest.raises(NotReleased):
        await stage.guard.release(Volume(node=VOLUME, file_system="exfat"), stage.account, writable=True)


async def test_a_volume_that_can_t_be_made_read_only_stays_locked_and_is_locked_anew_later() -> None:
    stage = GuardStage()
    medium = await stage.put_in()
    odd = dataclasses.replace(medium, node="\\\\.\\PhysicalDrive9")
    with pytest.raises(NotHeld, match="no such disk"):
        await stage.guard.hold(odd)
    assert stage.windows.locks == {VOLUME}
    await stage.take_out()
    again = await stage.put_in()
    await stage.guard.hold(again)
    assert stage.windows.locks == {VOLUME}
