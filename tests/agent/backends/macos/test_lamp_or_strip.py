"""The item while it can be seen, and the strip while it can't, on a pretended screen."""

import pytest
from lamplighter_agent.backends.macos.lamp_or_strip import LampOrStrip
from lamplighter_agent.backends.macos.system import LampWords

from tests.support.fakes.mac import PretendedLamp, PretendedStrip

pytestmark = pytest.mark.notice
OFF = LampWords(title="off", about="It is off.", page="What it checks", help="I need help")
ON = LampWords(title="on", about="It is on.", page="What it checks", help="I need help")


def made() -> tuple[LampOrStrip, PretendedLamp, PretendedStrip]:
    item, strip = PretendedLamp(OFF), PretendedStrip()
    return LampOrStrip(item, strip, OFF), item, strip


def test_while_the_item_can_be_seen_there_is_no_strip() -> None:
    lamp, item, strip = made()
    assert lamp.missing() == ""
    lamp.says(ON)
    assert (item.words, strip.shown) == (ON, [])


def test_a_full_screen_brings_the_strip_with_the_words_that_hold_and_its_end_takes_it_away() -> None:
    lamp, item, strip = made()
    item.gone = "something covers the item in the menu bar"
    assert lamp.missing() == ""
    lamp.says(ON)
    assert lamp.missing() == ""
    assert strip.shown == [OFF, ON]
    item.gone = ""
    assert lamp.missing() == ""
    assert not strip.up


def test_a_strip_that_can_not_be_seen_either_is_no_sign() -> None:
    lamp, item, strip = made()
    item.gone, strip.covered = "the menu bar has no room for the item", "something covers the strip"
    assert lamp.missing() == "something covers the strip"
    strip.up = False
    assert lamp.missing() == "the strip was taken away"
    strip.covered = ""
    lamp.restore()
    assert lamp.missing() == ""


def test_both_are_taken_off() -> None:
    lamp, item, strip = made()
    item.gone = "taken out"
    lamp.missing()
    lamp.remove()
    assert (item.removed, strip.up) == (True, False)
