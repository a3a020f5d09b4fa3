"""`lamplighter-agent status --json` names what is really missing on this device, and what to do about it."""

import ctypes.util
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.stack import Stack, running_stack
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.journey, pytest.mark.root]

TITLES, TEXT, KEYS = "window titles", "text of fields", "keys in terminals"
ACCESSIBILITY_BUS = "/usr/share/dbus-1/services/org.a11y.Bus.service"


def sensors(stack: Stack) -> dict[str, dict[str, Any]]:
    """Return the sensors that the command line names, by name."""
    command = [str(stack.command), "status", "--json", "--config", str(stack.folder / "agent.toml")]
    said = json.loads(
        subprocess.run(command, capture_output=True, check=True, env={"LANG": "C.UTF-8"}).stdout
    )
    return {sensor["sensor"]: sensor for sensor in said["sessions"][0]["sensors"]}


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
