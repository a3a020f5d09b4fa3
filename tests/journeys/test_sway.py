"""A sway session, end to end: what is typed and shown, what is not read, and a compositor that dies."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.stack import Stack, running_stack
from tests.support.sway import SwayDesktop, running_sway
from tests.support.toolkits import open_chromium
from tests.support.virtual_pointer import VirtualPointer, virtual_pointer
from tests.support.waiting import wait_for

pytestmark = pytest.mark.journey

TITLES, TEXT, KEYS = "window titles", "text of fields", "keys in terminals"


@pytest.fixture
def stack(agent_command: Path) -> Iterator[Stack]:
    with running_stack(agent_command, opened=running_sway) as running:
        yield running


def desktop_of(stack: Stack) -> SwayDesktop:
    assert isinstance(stack.desktop, SwayDesktop)
    return stack.desktop


def working(stack: Stack) -> set[str]:
    """Return the sensors that work, by name."""
    return {found["sensor"] for found in stack.status()["sessions"][0]["sensors"] if found["working"]}


def test_typed_text_and_titles_arrive_and_a_password_does_not(stack: Stack) -> None:
    sway = desktop_of(stack)
    stack.start_service()
    wait_for(lambda: working(stack) == {TITLES, TEXT}, "text and titles working")
    keys = next(found for found in stack.status()["sessions"][0]["sensors"] if found["sensor"] == KEYS)
    assert "Wayland" in keys["reason"]
    sway.open_gtk_entry("Notes")
    sway.type_text("everyone hates you just leave ")
    stack.wait_for_theme("bullying")
    sway.open_gtk_entry("Sign in", secret=True)
    sway.type_text("i want to hurt myself ")
    # Text in a terminal is not read, its title is; it comes after what was typed before.
    sway.open_foot("i dont want to be alive anymore")
    sway.type_text("i want to hurt myself ")
    stack.wait_for_theme("suicide")
    # Its pages sleep until they are asked; the password has the focus first.
    open_chromium(sway)
    wait_for(lambda: "pages in Chromium" in working(stack), "Chromium's pages read", seconds=60)
    sway.type_text("i want to hurt myself ")
    wait_for(lambda: typed_into(sway)[0] > len("want to hurt myself"), "the password typed", seconds=60)
    wait_for(lambda: answer_reached(sway), "the answer's field", seconds=60, step=0.5)
    sway.type_text("so i buy weed off me ")
    stack.wait_for_theme("drugs")
    assert {found["theme"] for found in stack.read("incidents")} == {"bullying", "suicide", "drugs"}


def typed_into(sway: SwayDesktop) -> tuple[int, int]:
    """Return how many characters the page has in its password and in its answer, as its title says."""
    for node in sway.nodes():
        if found := re.match(r"fields (\d+) (\d+)", node["name"] or ""):
            return int(found[1]), int(found[2])
    return 0, 0


def answer_reached(sway: SwayDesktop) -> bool:
    """Go on to the next field, and type a letter: a key of a new keyboard may be lost, a step as well."""
    if not typed_into(sway)[1]:
        sway.key("Tab")
        sway.type_text("so ")
    return typed_into(sway)[1] > 0


def pressed(sway: SwayDesktop, pointer: VirtualPointer, title: str, *, up: int) -> None:
    """Press near the right end of a window, where there is one; `up` is how far from its lower edge."""
    if found := sway.node(title):
        area = found["rect"]
        pointer.click(area["x"] + area["width"] - 40, area["y"] + area["height"] - up)


def test_a_press_of_i_need_help_reaches_the_queue(stack: Stack) -> None:
    sway = desktop_of(stack)
    stack.start_service()
    with virtual_pointer(sway.environment) as pointer:
        # Pressed again where nothing came of it: a program takes up a new mouse in its own time.
        def question() -> bool:
            pressed(sway, pointer, "Lamplighter is on", up=25)
            return sway.node("I need help") is not None

        def told() -> bool:
            pressed(sway, pointer, "I need help", up=25)
            return any(found["theme"] == "help-seeking" for found in stack.read("incidents"))

        wait_for(question, "the question", seconds=60, step=0.5)
        wait_for(told, "the incident", seconds=10, step=0.5)
    assert stack.wait_for_theme("help-seeking")["severity"] == 3


def test_while_the_compositor_is_gone_nothing_is_sensed(stack: Stack) -> None:
    sway = desktop_of(stack)
    stack.start_service()
    display = sway.environment["DISPLAY"]
    sway.kill_compositor()
    wait_for(lambda: not working(stack), "every sensor stopped")
    told = stack.status()
    assert not told["sensing"]
    assert not told["sessions"][0]["indicator_shown"]
    assert told["sessions"][0]["indicator_reason"]
    assert told["losses"].get("REASON_INDICATOR_GONE")
    sway.start_compositor()
    assert sway.environment["DISPLAY"] == display
    wait_for(lambda: working(stack) == {TITLES, TEXT}, "text and titles working again", seconds=60)
    sway.open_gtk_entry("Notes")
    sway.type_text("everyone hates you just leave ")
    stack.wait_for_theme("bullying")
