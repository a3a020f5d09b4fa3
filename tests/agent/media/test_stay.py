"""What is told of one medium while it is in; the gate's own tests say when."""

from lamplighter_agent.backends.media_ports import MediaChange
from lamplighter_agent.errors import NotReleased, StillInUse
from lamplighter_agent.media.rules import Decision, Reason, Step
from lamplighter_agent.media.stay import Stay, is_news, not_held

from tests.support.fakes.media import STICK


def test_what_just_came_is_described_without_a_decision() -> None:
    stay = Stay(MediaChange(medium=STICK, present=True, route="fake"))
    told = {"kind": "storage", "bus": "usb", "step": "", "reason": "", "access": "", "scan": ""}
    assert stay.described() == told
    stay.decision = Decision(step=Step.REFUSE, reason=Reason.NOT_NOW)
    assert stay.described() == told | {"step": "refuse", "reason": "not-now"}


def test_what_the_guard_refuses_is_refused_and_in_use_only_where_it_is() -> None:
    assert not_held(NotReleased("gone")).reason is Reason.NOT_HELD
    used = not_held(StillInUse("open", accounts=(61201,)))
    assert (used.reason, used.theme, used.accounts) == (Reason.STILL_IN_USE, "unapproved-media", (61201,))
    assert not_held(StillInUse("open", by_the_system=True)).theme == ""
    assert is_news(used, not_held(NotReleased("gone")))
