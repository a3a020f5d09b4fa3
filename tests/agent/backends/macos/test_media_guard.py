"""What the guard on a Mac does beside its contract."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio
from lamplighter_agent.errors import NotHeld, NotReleased

from tests.agent.backends.contracts import macos_media_stages as macos
from tests.agent.backends.contracts.macos_media_stages import GuardStage


@pytest_asyncio.fixture
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[GuardStage]:
    async with macos.guard(request) as opened:
        yield opened


async def test_without_disk_arbitration_nothing_is_enforced_or_released(stage: GuardStage) -> None:
    medium = await stage.put_in()
    await stage.guard.hold(medium)
    stage.mac.stop()
    state = await stage.guard.ready()
    assert (state.working, state.remedy) == (False, "start the service as root")
    with pytest.raises(NotReleased):
        await stage.guard.release(medium.volumes[0], stage.account, writable=True)


async def test_what_was_mounted_before_the_watch_is_unmounted(stage: GuardStage) -> None:
    stage.mac.stop()
    medium = await stage.put_in()
    assert await stage.may_use(medium, stage.stranger) == "rw"
    await stage.guard.hold(medium)
    assert await stage.may_use(medium, stage.stranger) == ""


async def test_programs_on_it_never_start(stage: GuardStage) -> None:
    medium = await stage.put_in()
    await stage.guard.hold(medium)
    await stage.guard.release(medium.volumes[0], stage.account, writable=True)
    options = set(stage.mac.options["disk4s1"])
    assert {"noexec", "nosuid", "nodev"} <= options
    assert "rdonly" not in options


async def test_who_is_not_in_front_gets_nothing(stage: GuardStage) -> None:
    medium = await stage.put_in()
    await stage.guard.hold(medium)
    for front in (None, stage.mac.accounts[stage.stranger]):
        stage.mac.front = front
        with pytest.raises(NotReleased, match="in front"):
            await stage.guard.release(medium.volumes[0], stage.account, writable=True)


async def test_a_locked_volume_is_left_to_its_person_and_not_mounted(stage: GuardStage) -> None:
    medium = await stage.put_in()
    locked = replace(medium.volumes[0], locked=True, encrypted="apfs", file_system="")
    await stage.guard.hold(replace(medium, volumes=(locked,)))
    await stage.guard.release(locked, stage.account, writable=True)
    assert await stage.may_use(medium, stage.account) == ""


async def test_what_can_t_be_unmounted_is_not_held(stage: GuardStage) -> None:
    medium = await stage.put_in()
    stage.mac.stubborn = True
    with pytest.raises(NotHeld, match="busy"):
        await stage.guard.hold(medium)
    with pytest.raises(NotReleased):
        await stage.guard.release(medium.volumes[0], stage.account, writable=True)


async def test_a_deceptive_device_is_never_released(stage: GuardStage) -> None:
    medium = replace(await stage.put_in(), deceptive=True)
    await stage.guard.hold(medium)
    with pytest.raises(NotReleased, match="more than storage"):
        await stage.guard.release(medium.volumes[0], stage.account, writable=True)
