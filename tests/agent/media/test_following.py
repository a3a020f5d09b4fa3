"""What follows a decision: recorded and told where it is news, and once."""

from dataclasses import replace
from pathlib import Path

import pytest
from lamplighter_agent.backends.media_ports import MediaChange
from lamplighter_agent.media.following import Following
from lamplighter_agent.media.rules import UNAPPROVED, Decision, Reason, Scanned, Step
from lamplighter_agent.media.stay import Stay
from lamplighter_keywords.policy.device_policy import AfterScan
from lamplighter_protos.v1 import detection_pb2 as pb

from tests.agent.media.gated import World, somebody
from tests.agent.media.samples import CLEAN, INFECTED, NOW, PERMISSION
from tests.support.fakes.media import STICK

REFUSED = Decision(step=Step.REFUSE, reason=Reason.NO_PERMISSION, theme=UNAPPROVED)
SCAN = Decision(step=Step.SCAN, reason=Reason.ALLOWED)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
def following(world: World) -> Following:
    return Following(world.memory.permissions, world.clock, world.ports)


@pytest.fixture
def stay(world: World) -> Stay:
    made = Stay(MediaChange(medium=STICK, present=True, route="fake"))
    made.person = world.signed_in
    return made


def test_a_refusal_is_recorded_and_told_once_and_its_end_is_recorded(
    world: World, following: Following, stay: Stay
) -> None:
    following.note(stay, REFUSED)
    following.note(stay, REFUSED)
    assert (world.themes, len(world.told)) == ([UNAPPROVED], 1)
    # Somebody else has heard nothing of it.
    stay.person = somebody("rook")
    following.note(stay, REFUSED)
    assert (world.themes, len(world.told)) == ([UNAPPROVED], 2)
    following.gone(stay)
    assert [one.term.partition(":")[0] for one in world.found] == ["media-arrived", "media-removed"]


def test_where_nothing_may_be_recorded_it_is_told_and_recorded_when_it_may(
    world: World, following: Following, stay: Stay
) -> None:
    world.counts = False
    following.note(stay, REFUSED)
    assert (world.themes, len(world.told)) == ([], 1)
    world.counts = True
    following.note(stay, REFUSED)
    assert (world.themes, len(world.told)) == ([UNAPPROVED], 1)


def test_a_scan_leaves_one_receipt_and_malware_lets_the_permission_rest(
    world: World, following: Following, stay: Stay
) -> None:
    world.permit(PERMISSION)
    stay.scanned = Scanned(outcome=CLEAN, at=NOW)
    following.settle(stay, Decision(step=Step.RELEASE, reason=Reason.ALLOWED))
    following.settle(stay, Decision(step=Step.RELEASE, reason=Reason.ALLOWED))
    stay.scanned = Scanned(outcome=INFECTED, at=NOW)
    world.rules = replace(world.rules, infected=AfterScan.SUSPEND) if world.rules else None
    following.settle(stay, Decision(step=Step.REFUSE, reason=Reason.INFECTED))
    verdicts = [one.verdict for one in world.receipts]
    assert verdicts == [pb.MEDIA_VERDICT_CLEAN, pb.MEDIA_VERDICT_INFECTED]
    assert world.memory.permissions.rests == {PERMISSION.id}


def test_what_is_pulled_while_its_scan_is_due_leaves_a_receipt_and_is_told(
    world: World, following: Following, stay: Stay
) -> None:
    stay.due = SCAN
    following.gone(stay)
    assert [one.verdict for one in world.receipts] == [pb.MEDIA_VERDICT_GONE]
    ((_, told),) = world.told
    assert told.decision.reason is Reason.GONE
