"""A press of "I need help" on the real strip, answered in the real dialog, stands in the DSL's queue."""

import contextlib
import sqlite3

import pytest
from lamplighter_protos.v1 import detection_pb2 as pb

from tests.journeys.stack import Stack
from tests.support.waiting import wait_for

# Of `installers/quickstart/processes.py`.
STORE = "collector/collector.db"
pytestmark = pytest.mark.journey
# The button ends with the strip, which is as wide as the screen.
AT_THE_END = ("1270", "10")


def test_a_press_reaches_the_queue(stack: Stack) -> None:
    stack.start_service()
    desktop = stack.desktop
    desktop.run("xdotool", "mousemove", *AT_THE_END, "click", "1")
    wait_for(lambda: "I need help" in desktop.run("xwininfo", "-root", "-tree"), "the question", seconds=60)
    desktop.run("xdotool", "search", "--sync", "--onlyvisible", "--name", "I need help", "windowactivate")
    desktop.run("xdotool", "key", "Return")
    found = stack.wait_for_theme("help-seeking")
    assert found["severity"] == 3


def test_that_somebody_else_is_there_is_a_label_in_the_queue_and_no_call_for_help(stack: Stack) -> None:
    stack.start_service()
    desktop = stack.desktop
    desktop.run("xdotool", "mousemove", *AT_THE_END, "click", "1")
    wait_for(lambda: "I need help" in desktop.run("xwininfo", "-root", "-tree"), "the question", seconds=60)
    desktop.run("xdotool", "search", "--sync", "--onlyvisible", "--name", "I need help", "windowactivate")
    # From "yes" on: no, then the third choice.
    desktop.run("xdotool", "key", "Left", "Left", "Return")
    told = "Somebody else is using"
    wait_for(lambda: told in desktop.run("xwininfo", "-root", "-tree"), "what comes of it", seconds=60)
    desktop.run(
        "xdotool", "search", "--sync", "--onlyvisible", "--name", told, "windowactivate", "key", "Return"
    )
    desktop.open_xterm("Terminal")
    desktop.type_text("i dont want to be alive anymore ")
    found = stack.wait_for_theme("suicide")
    assert found["severity"] >= 4
    with contextlib.closing(sqlite3.connect(stack.folder / STORE)) as store:
        marked = store.execute("SELECT identity FROM detections WHERE severity >= 4").fetchall()
    assert set(marked) == {(pb.IDENTITY_CONFIDENCE_OTHER,)}
    assert not [one for one in stack.read("incidents") if one["theme"] == "help-seeking"]
