"""What is used is taken back, said to be in use as long as it is, and its person hears why."""

from dataclasses import replace
from datetime import timedelta

import pytest
from lamplighter_agent.errors import StillInUse
from lamplighter_agent.media import gate
from lamplighter_agent.media.rules import Reason, Step

from tests.agent.media.gated import World, somebody
from tests.agent.media.samples import (
    PERMISSION,
    RULES,
)
from tests.support.fakes.media import STICK
from tests.support.sensed import eventually


@pytest.mark.parametrize("how", ["revoked", "expired", "policy", "signed out", "somebody else"])
async def test_what_is_used_is_taken_back_when_it_may_not_be_any_more(world: World, how: str) -> None:
    world.permit(PERMISSION)
    world.put_in()
    await world.released()
    if how == "revoked":
        world.permit()
    elif how == "expired":
        world.clock.step(timedelta(days=2))
    elif how == "policy":
        world.rules = replace(RULES, encryption=True)
    elif how == "signed out":
        world.signed_in, world.people = None, 0
    else:
        world.signed_in = somebody("rook")
    world.gate.look()
    await eventually(lambda: not world.guard.released, "taken back")
    assert STICK.key in world.guard.held or await held_again(world)


async def test_whoever_had_a_permission_is_told_that_it_ended_and_nobody_else(world: World) -> None:
    world.permit(PERMISSION)
    world.put_in()
    await world.released()
    world.permit()
    await world.until(Step.REFUSE, Reason.NO_PERMISSION)
    world.signed_in = somebody("rook")
    world.gate.look()

    def refused() -> list[tuple[str, bool]]:
        told = [one for _, one in world.told if one.decision.reason is Reason.NO_PERMISSION]
        return [(one.person.speaker.user, one.permitted_before) for one in told]

    await eventually(lambda: refused() == [("wren", True), ("rook", False)], "what each was told")


async def held_again(world: World) -> bool:
    await eventually(lambda: STICK.key in world.guard.held, "held again")
    return True


def kept(world: World, *accounts: int, by_the_system: bool = False) -> None:
    """Somebody does not let go of it from now on."""
    error = StillInUse("still used", accounts=accounts, by_the_system=by_the_system)
    world.guard.kept[STICK.key] = error


async def test_what_somebody_keeps_in_use_after_it_was_taken_back_is_on_record_once(world: World) -> None:
    world.permit(PERMISSION)
    world.put_in()
    await world.released()
    kept(world, 999)
    world.permit()
    await world.until(Step.REFUSE, Reason.STILL_IN_USE)
    await eventually(lambda: "unapproved-media" in world.themes, "the record")
    (found,) = [one for one in world.found if one.theme]
    assert found.term.startswith("still-in-use:")
    assert found.severity == 2
    assert [words for words, _ in found.addends] == [
        "taken off the system, since it was still used after it was taken back, by account 999"
    ]
    # As the kernel takes it away.
    world.take_out()
    await eventually(lambda: not world.gate.described(), "the end")
    assert world.themes == ["unapproved-media"]


async def test_it_is_said_to_be_in_use_as_long_as_it_is_also_when_its_person_has_gone(world: World) -> None:
    world.permit(PERMISSION)
    world.put_in()
    await world.released()
    kept(world, 999)
    # At a sign-out nothing may be recorded; the next person is somebody else.
    world.signed_in, world.people, world.counts = None, 0, False
    world.gate.look()
    await world.until(Step.REFUSE, Reason.STILL_IN_USE)
    world.shown.clear()
    tried = world.guard.tried
    world.gate.look()
    await eventually(lambda: world.guard.tried > tried + 2, "further tries")
    # Nothing else was said between.
    assert world.shown <= {world.last} == {("refuse", "still-in-use")}
    assert not world.themes
    world.signed_in, world.people, world.counts = somebody("rook"), 1, True
    world.gate.look()
    await eventually(lambda: "unapproved-media" in world.themes, "the record")
    (found,) = [one for one in world.found if one.theme]
    assert found.user == "wren"
    del world.guard.kept[STICK.key]
    world.gate.look()
    await world.until(Step.REFUSE, Reason.NO_PERMISSION)


async def test_what_the_system_itself_still_uses_is_waited_for_without_a_record(
    world: World,
) -> None:
    world.permit(PERMISSION)
    world.put_in()
    await world.released()
    kept(world, 0, by_the_system=True)
    world.permit()
    await world.until(Step.REFUSE, Reason.STILL_IN_USE)
    assert not world.themes
    del world.guard.kept[STICK.key]
    world.gate.look()
    await world.until(Step.REFUSE, Reason.NO_PERMISSION)


async def test_what_nobody_can_open_now_is_never_called_usable(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It dies between two looks: the release itself meets it.
    monkeypatch.setattr(gate, "BEAT_SECONDS", 600.0)
    world.permit(PERMISSION)
    await eventually(lambda: world.gate.guard_state.working, "the gate's start")
    world.guard.away = True
    world.put_in()
    await world.until(Step.REFUSE, Reason.NOT_NOW)
    assert STICK.key in world.guard.held
    assert [told.decision.reason for _, told in world.told if told.progress is None] == [Reason.NOT_NOW]
    assert world.gate.away


async def test_what_is_used_is_held_while_what_opens_it_is_away(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "BEAT_SECONDS", 0.01)
    world.permit(PERMISSION)
    world.put_in()
    await world.released()
    world.guard.away = True
    await world.until(Step.REFUSE, Reason.NOT_NOW)
    assert not world.guard.released
    assert world.gate.guard_state.reason == "it does not answer"
    world.guard.away = False
    await world.released()
    assert world.gate.guard_state.reason == ""
    # Nothing was wrong with it, and nothing is on record.
    assert world.themes == []
