"""`lamplighter-agent status --json` names what is really missing on this device, and what to do about it."""

import ctypes.util
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.stack import Stack, running_stack
from tests.support.toolkits import open_chromium
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.journey, pytest.mark.root]

TITLES, TEXT, KEYS = "window titles", "text of fields", "keys in terminals"
PAGES = "pages in Chromium"
ACCESSIBILITY_BUS = "/usr/share/dbus-1/services/org.a11y.Bus.service"


def sensors(stack: Stack) -> dict[str, dict[str, Any]]:
    """Return the sensors that `status` names, by name."""
    return {sensor["sensor"]: sensor for sensor in asked(stack, "status")["sessions"][0]["sensors"]}


def asked(stack: Stack, verb: str) -> Any:
    """Return what a verb of the command line says."""
    command = [str(stack.command), verb, "--json", "--config", str(stack.folder / "agent.toml")]
    done = subprocess.run(command, capture_output=True, check=True, env={"LANG": "C.UTF-8"})
    return json.loads(done.stdout)


def said(stack: Stack, missing: str | None, reason: str = "", remedy: str = "") -> bool:
    """Tell whether `status` says just this: one sensor missing, why, and what to do; the others work."""
    found = sensors(stack)
    wrong = found.pop(missing) if missing else None
    named = wrong is None or (
        not wrong["working"] and reason in wrong["reason"] and remedy in wrong["remedy"]
    )
    return named and all(sensor["working"] for sensor in found.values())


def wait_until_said(stack: Stack, missing: str | None, reason: str = "", remedy: str = "") -> None:
    stack.start_service()
    wait_for(lambda: said(stack, missing, reason, remedy), f"{missing} named by status", step=0.2)


def test_all_three_work(stack: Stack) -> None:
    wait_until_said(stack, None)
    assert set(sensors(stack)) == {TITLES, TEXT, KEYS}


def test_without_libxkbcommon(stack: Stack) -> None:
    found = ctypes.util.find_library("xkbcommon-x11")
    assert found is not None
    (library,) = {path.resolve() for path in Path("/usr/lib").glob(f"*/{found}")}
    stack.hide = [os.fspath(library)]
    wait_until_said(stack, KEYS, "libxkbcommon", "libxkbcommon")


def test_without_d_bus(agent_command: Path) -> None:
    with running_stack(agent_command, bus=False, accessibility=False) as stack:
        wait_until_said(stack, TEXT, "D-Bus", "at-spi2-core")


def test_without_at_spi(agent_command: Path) -> None:
    with running_stack(agent_command, accessibility=False, hide=[ACCESSIBILITY_BUS]) as stack:
        wait_until_said(stack, TEXT, "accessibility bus", "at-spi2-core")


def test_a_chromium_that_tells_nothing_of_its_pages(stack: Stack) -> None:
    # It decides at its own start whether to join the accessibility bus: this one is there before us.
    open_chromium(stack.desktop)
    stack.start_service()
    wait_for(lambda: PAGES in sensors(stack), "a line of its own", step=0.2)
    assert said(stack, PAGES, "only titles are read", "/etc/chromium.d")
    (capability,) = [one for one in asked(stack, "capabilities") if one["name"] == PAGES]
    assert not capability["works"]
    stack.desktop.key("Tab")
    stack.desktop.type_text("everyone hates you just leave ")
    stack.desktop.open_gtk_entry("Notes")
    stack.desktop.type_text("i dont want to be alive anymore ")
    stack.wait_for_theme("suicide")
    assert {found["theme"] for found in stack.read("incidents")} == {"suicide"}
