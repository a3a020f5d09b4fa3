"""What is chosen, and that `status` tells what is missing, each by really taking it away."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from lamplighter_agent.backends.ports import SensorState
from lamplighter_agent.backends.select import desktop_indicator
from lamplighter_agent.backends.sign import Sign
from lamplighter_agent.errors import BackendUnavailable
from lamplighter_agent.sensing.open import open_desktop

from installers.quickstart.virtual_desktop.desktop import Desktop, hiding, running_desktop
from tests.support.sensed import sensing

TITLES, TEXT, KEYS = "window titles", "text of fields", "keys in terminals"
# Prints the states of the desktop that the environment names.
STATES = """
import asyncio, dataclasses, json, os
from lamplighter_agent.sensing.open import open_desktop
async def main():
    sensing = open_desktop(os.environ, sink=lambda _: None, unseen=lambda *_: None)
    await sensing.start()
    print(json.dumps([dataclasses.asdict(state) for state in sensing.states()]))
    await sensing.stop()
asyncio.run(main())
"""


async def states(environment: dict[str, str]) -> dict[str, SensorState]:
    async with sensing(environment) as sensed:
        assert sensed.sensing is not None
        return {state.sensor: state for state in sensed.sensing.states()}


async def test_everything_works_on_a_desktop(desktop: Desktop) -> None:
    found = await states(desktop.environment)
    assert {name: state.working for name, state in found.items()} == {TITLES: True, TEXT: True, KEYS: True}
    assert found[KEYS].backend == "XRecord and libxkbcommon"


async def test_without_a_display_everything_else_is_said(desktop: Desktop) -> None:
    found = await states({**desktop.environment, "DISPLAY": ""})
    for name in (TITLES, KEYS):
        assert not found[name].working
        assert "display" in found[name].reason
        assert found[name].remedy
    assert found[TEXT].working


@pytest.mark.parametrize("address", ["", "unix:path=/nowhere/bus"])
async def test_without_d_bus_titles_and_keys_go_on(desktop: Desktop, address: str) -> None:
    found = await states({**desktop.environment, "DBUS_SESSION_BUS_ADDRESS": address})
    assert "D-Bus" in found[TEXT].reason
    assert "at-spi2-core" in found[TEXT].remedy
    assert found[TITLES].working
    assert found[KEYS].working


async def test_without_a_window_manager_titles_say_so() -> None:
    with running_desktop(bus=False, window_manager=False) as bare:
        found = await states(bare.environment)
    assert "window manager" in found[TITLES].reason
    assert found[KEYS].working


def hidden(desktop: Desktop, *paths: str) -> dict[str, SensorState]:
    """Return the states of a process for which some files are not there."""
    done = subprocess.run(
        hiding(paths, [sys.executable, "-c", STATES]),
        env={**os.environ, **desktop.environment, "PYTHONPATH": ":".join(sys.path)},
        check=True,
        capture_output=True,
        timeout=60,
    )
    return {state["sensor"]: SensorState(**state) for state in json.loads(done.stdout)}


def library(name: str) -> str:
    listed = subprocess.run(["/sbin/ldconfig", "-p"], check=True, capture_output=True, text=True).stdout
    return next(line.split("=> ")[1] for line in listed.splitlines() if line.strip().startswith(name))


def test_without_libxkbcommon_the_fallback_is_labelled(desktop: Desktop) -> None:
    found = hidden(desktop, str(Path(library("libxkbcommon-x11.so.0")).resolve()))
    assert found[KEYS].working
    assert found[KEYS].backend == "pynput (fallback)"
    assert "AltGr" in found[KEYS].reason
    assert found[KEYS].remedy


def test_without_libxkbcommon_and_pynput_the_library_is_named(desktop: Desktop) -> None:
    # Not imported: pynput opens a display when it is.
    pynput = importlib.util.find_spec("pynput")
    assert pynput is not None
    assert pynput.origin is not None
    lib = str(Path(library("libxkbcommon-x11.so.0")).resolve())
    found = hidden(desktop, lib, str(Path(pynput.origin).resolve()))
    assert not found[KEYS].working
    assert found[KEYS].reason
    assert "libxkbcommon" in found[KEYS].remedy
    assert found[TITLES].working


async def test_without_at_spi_its_bus_is_named() -> None:
    service = "/usr/share/dbus-1/services/org.a11y.Bus.service"
    with running_desktop(accessibility=False, hide=[service]) as desktop:
        found = await states(desktop.environment)
    assert not found[TEXT].working
    assert "accessibility bus" in found[TEXT].reason
    assert "at-spi2-core" in found[TEXT].remedy
    assert found[TITLES].working
    assert found[KEYS].working


async def test_another_wayland_desktop_is_not_sensed_by_guess(desktop: Desktop) -> None:
    """An X11 strip of XWayland would count as shown where nobody sees it."""
    told = {**desktop.environment, "WAYLAND_DISPLAY": "wayland-0"}
    indicator = desktop_indicator(told, Sign(organisation="Alder Vale School"))
    with pytest.raises(BackendUnavailable, match="Wayland"):
        await indicator.start(lambda _shown, _reason: None)
    await indicator.stop()
    found = await states(told)
    assert {name for name, state in found.items() if state.working} == {TITLES, TEXT}
    assert "AT-SPI" in found[TITLES].backend
    assert "Wayland" in found[KEYS].reason


def test_nothing_is_opened_by_choosing() -> None:
    sensing = open_desktop({"DISPLAY": ":4711"}, sink=lambda _: None, unseen=lambda *_: None)
    assert {state.reason for state in sensing.states()} == {"not started"}
