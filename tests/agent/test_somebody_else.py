"""That another person uses the device holds for an hour, in that session."""

from dataclasses import replace
from datetime import timedelta

from lamplighter_agent.launching import GraphicalSession
from lamplighter_agent.sessions import account_of
from lamplighter_agent.somebody_else import HOLDS, SomebodyElse

from tests.support.clock import SteppedClock

SESSION = GraphicalSession(display=":0", account=account_of(None), login="c1")
SECOND = timedelta(seconds=1)


def test_it_holds_for_an_hour_and_begins_anew_when_it_is_said_again() -> None:
    clock = SteppedClock()
    others = SomebodyElse(clock)
    assert not others.holds(SESSION)
    others.said(SESSION)
    clock.step(HOLDS - SECOND)
    assert others.holds(SESSION)
    others.said(SESSION)
    clock.step(HOLDS - SECOND)
    assert others.holds(SESSION)
    clock.step(SECOND)
    assert not others.holds(SESSION)


def test_another_sign_in_at_the_same_display_is_not_meant() -> None:
    others = SomebodyElse(SteppedClock())
    others.said(SESSION)
    assert others.holds(replace(SESSION, environment={"LANG": "cy"}))
    assert not others.holds(replace(SESSION, login="c2"))
    assert not others.holds(replace(SESSION, display=":1"))


def test_a_clock_that_was_set_back_ends_it() -> None:
    clock = SteppedClock()
    others = SomebodyElse(clock)
    others.said(SESSION)
    clock.step(-SECOND)
    assert not others.holds(SESSION)
