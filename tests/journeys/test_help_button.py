"""A press of "I need help" on the real strip, answered in the real dialog, stands in the DSL's queue."""

import pytest

from tests.journeys.stack import Stack
from tests.support.waiting import wait_for

pytestmark = pytest.mark.journey
# The button ends with the strip, which is as wide as the screen.
AT_THE_END = ("1270", "10")


def test_a_press_reaches_the_queue(stack: Stack) -> None:
    stack.start_service()
    desktop = stack.desktop
    desktop.run("xdotool", "mousemove", *AT_THE_END, "click", "1")
    wait_for(lambda: "I need help" in desktop.run("xwininfo", "-root", "-tree"), "the question", seconds=20)
    desktop.run("xdotool", "search", "--sync", "--onlyvisible", "--name", "I need help", "windowactivate")
    desktop.run("xdotool", "key", "Return")
    found = stack.wait_for_theme("help-seeking")
    assert found["severity"] == 3
