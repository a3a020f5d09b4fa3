"""What every guard of portable media must do: refuse, until something is released, and from then on again."""

import dataclasses
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from lamplighter_agent.backends.media_ports import Medium, Volume
from lamplighter_agent.backends.null import NullGuard
from lamplighter_agent.errors import NotHeld, NotReleased

from tests.agent.backends.contracts import plugged
from tests.agent.backends.contracts.stages import GuardStage

pytestmark = pytest.mark.media


@pytest_asyncio.fixture(params=plugged.GUARDS)
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[GuardStage]:
    async with request.param(request) as opened:
        yield opened


async def held(stage: GuardStage) -> Medium:
    await stage.guard.withdraw_all()
    medium = await stage.put_in()
    await stage.guard.hold(medium)
    return medium


async def test_it_says_whether_the_system_enforces(stage: GuardStage) -> None:
    state = await stage.guard.ready()
    assert (state.working, state.reason, state.remedy) == (True, "", "")


async def test_what_is_not_released_is_refused(stage: GuardStage) -> None:
    medium = await stage.put_in()
    assert await stage.may_use(medium, stage.account) == ""
    await stage.guard.hold(medium)
    assert await stage.may_use(medium, stage.account) == ""


@pytest.mark.parametrize(("writable", "allowed"), [(False, "r"), (True, "rw")])
async def test_it_is_released_to_one_account_as_far_as_allowed(
    stage: GuardStage, *, writable: bool, allowed: str
) -> None:
    medium = await held(stage)
    await stage.guard.release(medium.volumes[0], stage.account, writable=writable)
    assert await stage.may_use(medium, stage.stranger) == ""
    assert await stage.may_use(medium, stage.account) == allowed


async def test_what_is_withdrawn_is_refused_until_it_is_held_and_released_again(stage: GuardStage) -> None:
    medium = await held(stage)
    await stage.guard.release(medium.volumes[0], stage.account, writable=True)
    await stage.guard.withdraw(medium.key)
    await stage.guard.withdraw(medium.key)
    assert await stage.may_use(medium, stage.account) == ""
    with pytest.raises(NotReleased):
        await stage.guard.release(medium.volumes[0], stage.account, writable=True)
    await stage.guard.hold(medium)
    assert await stage.may_use(medium, stage.account) == ""
    await stage.guard.release(medium.volumes[0], stage.account, writable=False)
    assert await stage.may_use(medium, stage.account) == "r"


async def test_nothing_is_released_that_is_not_a_held_volume(stage: GuardStage) -> None:
    medium = await held(stage)
    with pytest.raises(NotReleased):
        await stage.guard.release(Volume(node="/dev/none9", file_system="ext4"), stage.account, writable=True)
    swapped = dataclasses.replace(medium.volumes[0], sequence=medium.volumes[0].sequence + 1)
    with pytest.raises(NotReleased):
        await stage.guard.release(swapped, stage.account, writable=True)
    assert await stage.may_use(medium, stage.account) == ""


async def test_a_medium_that_went_is_neither_held_nor_released(stage: GuardStage) -> None:
    medium = await held(stage)
    await stage.take_out()
    with pytest.raises(NotReleased):
        await stage.guard.release(medium.volumes[0], stage.account, writable=True)
    with pytest.raises(NotHeld):
        await stage.guard.hold(medium)
    await stage.guard.withdraw(medium.key)


@pytest.mark.parametrize("end", ["stop", "withdraw all", "crash"])
async def test_no_end_of_it_leaves_anything_usable(stage: GuardStage, end: str) -> None:
    medium = await held(stage)
    await stage.guard.release(medium.volumes[0], stage.account, writable=True)
    match end:
        case "stop":
            await stage.guard.stop()
            await stage.guard.stop()
        case "withdraw all":
            await stage.guard.withdraw_all()
        case _:
            await stage.crash()
    assert await stage.may_use(medium, stage.account) == ""


@pytest.mark.parametrize("account", ["", ".", "..", "a/b", "../a", "a\nb"])
async def test_an_account_without_a_proper_name_gets_nothing(stage: GuardStage, account: str) -> None:
    medium = await held(stage)
    with pytest.raises(NotReleased):
        await stage.guard.release(medium.volumes[0], account, writable=True)


async def test_where_nothing_is_enforced_nothing_is_released() -> None:
    guard = NullGuard("not built for this system", "use another")
    state = await guard.ready()
    assert (state.working, state.reason, state.remedy) == (False, "not built for this system", "use another")
    with pytest.raises(NotReleased, match="not built"):
        await guard.release(Volume(node="/dev/sdz1", file_system="ext4"), "rowan", writable=False)
