"""Text tapped on a tablet's on-screen keyboard: a listed word is found, a password is not."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from installers.quickstart.virtual_desktop.desktop import Desktop, Window, running_desktop
from tests.journeys.stack import Stack, running_stack
from tests.support.on_screen import OnScreenKeyboard, onboard, wvkbd
from tests.support.sway import SwayDesktop, running_sway
from tests.support.toolkits import TOOLKITS
from tests.support.waiting import wait_for

pytestmark = pytest.mark.journey

Opens = Callable[[Any], AbstractContextManager[OnScreenKeyboard]]


@pytest.fixture(params=[(running_desktop, onboard), (running_sway, wvkbd)], ids=["onboard", "wvkbd"])
def tablet(request: pytest.FixtureRequest, agent_command: Path) -> Iterator[tuple[Stack, OnScreenKeyboard]]:
    opened, opens = request.param
    with running_stack(agent_command, opened=opened) as stack, opens(stack.desktop) as keyboard:
        stack.start_service()
        yield stack, keyboard


def test_tapped_words_are_found_and_a_tapped_password_is_not(tablet: tuple[Stack, OnScreenKeyboard]) -> None:
    stack, keyboard = tablet
    window = TOOLKITS["GTK 3"](stack.desktop)
    keyboard.tap("hurt myself ")
    wait_for(lambda: shown(stack.desktop, window) == "fields 12 0", "the password taken", seconds=60)
    keyboard.tap("\teveryone hates you ")
    wait_for(lambda: shown(stack.desktop, window) == "fields 12 19", "the answer taken", seconds=60)
    stack.wait_for_theme("bullying")
    assert {found["theme"] for found in stack.read("incidents")} == {"bullying"}


def shown(desktop: Desktop, window: Window) -> str:
    """Return the title that a window has now."""
    if isinstance(desktop, SwayDesktop):
        return next(str(node["name"]) for node in desktop.nodes() if node["id"] == window.id)
    named = desktop.display.create_resource_object("window", window.id)
    return bytes(desktop._property(named, "_NET_WM_NAME") or b"").decode()
