"""Tries what the backends of portable media ask of Windows, as far as wine has it; says what came of each."""

import asyncio
import ctypes
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from ctypes import wintypes
from pathlib import Path
from typing import Any

import win32api
import win32gui
import win32security
from lamplighter_agent.backends.scan_child import carried_out
from lamplighter_agent.backends.select_files import disk, scratch
from lamplighter_agent.backends.windows import _letters
from lamplighter_agent.backends.windows._device_tree import DeviceTree
from lamplighter_agent.backends.windows._dll import Library
from lamplighter_agent.backends.windows._registry import DeviceRegistry
from lamplighter_agent.backends.windows._storage import Storage
from lamplighter_agent.backends.windows._streams import has_more_streams
from lamplighter_agent.backends.windows._switches import SystemSwitches
from lamplighter_agent.backends.windows._volumes import Volumes
from lamplighter_agent.backends.windows.device_news import WM_DEVICECHANGE, WindowNews
from lamplighter_agent.backends.windows.devices import SystemDevices
from lamplighter_agent.backends.windows.media import WindowsMedia
from lamplighter_agent.backends.windows.media_policy import CLASSES, RESTRICTIONS, MediaPolicy
from lamplighter_agent.backends.windows.media_scanner import COMMAND
from lamplighter_agent.backends.windows.media_walk import walk
from lamplighter_agent.media.scan.found import File, Folder, Skipped
from lamplighter_agent.media.scan.order import Order
from lamplighter_agent.media.scan.outcome import ScanLimits

from tests.wine.inside.report import Report

NAMES = "\\??"
DEVICE = "\\Device\\LamplighterTry"


def tried(report: Report, name: str, what: Callable[[], Any]) -> None:
    """Say what came of one try: its answer, or why there is none."""
    try:
        report.say(**{name: [True, what()]})
    except Exception as error:  # noqa: BLE001 - wine lacks what it lacks
        report.say(**{name: [False, f"{type(error).__name__}: {error}"[:200]]})


def policy() -> list[Any]:
    registry = DeviceRegistry()
    first, again = MediaPolicy(registry).ensure(), MediaPolicy(registry).ensure()
    MediaPolicy(registry).refuse("USB\\VID_0951&PID_1666\\1")
    listed = registry.names(f"{RESTRICTIONS}\\{CLASSES}")
    return [first, again, listed, registry.read(RESTRICTIONS, CLASSES)]


def letter() -> list[Any]:
    """Give a letter, and have another process give one and be killed; return what is there when."""
    own = _letters.give(NAMES, DEVICE, 0)
    seen = [own.letter, target(own.letter)]
    own.close()
    seen.append(target(own.letter))
    other = subprocess.Popen(
        [sys.executable, __file__, "letter"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdout is not None
    given = other.stdout.readline().decode().strip()
    seen += [given, target(given)]
    other.kill()
    other.wait()
    return [*seen, target(given)]


def target(letter: str) -> str:
    """Return what a letter stands for by the kernel's word; "" where there is none."""
    number, text = wintypes.DWORD, wintypes.LPWSTR
    ask = Library("kernel32").function("QueryDosDeviceW", number, wintypes.LPCWSTR, text, number)
    room = ctypes.create_unicode_buffer(1024)
    return room.value if ask(f"{letter}:", room, 1024) else ""


def volumes() -> list[Any]:
    storage = Storage()
    found = Volumes(storage)
    names = found.names()
    own = next(name for name in names if "C:\\" in found.paths_of(name))
    return [found.mounted_at("C:\\") == own, found.mounted_at("C:\\windows"), found.about(own)[0] != ""]


def gone() -> list[Any]:
    """Ask for what is not there: each has to say so."""
    found, said = Volumes(Storage()), []
    name = "\\\\?\\Volume{00000000-0000-0000-0000-00000000abcd}\\"
    for what in (found.paths_of, found.lock):
        try:
            what(name)
            said.append("nothing")
        except OSError as error:
            said.append(type(error).__name__)
    return said


def chosen() -> list[Any]:
    """Return what the service takes here."""
    from lamplighter_agent.backends import select_device

    made = (select_device.media_watch(), select_device.media_guard(), select_device.media_scanner())
    return [type(one).__name__ for one in made]


def sign_in() -> list[Any]:
    """Return what kind of thing Windows names a sign-in by."""
    token = win32security.OpenProcessToken(win32api.GetCurrentProcess(), win32security.TOKEN_QUERY)
    told = win32security.GetTokenInformation(token, win32security.TokenStatistics)
    return [type(told["AuthenticationId"]).__name__]


def walked() -> list[Any]:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "a").mkdir()
        (Path(folder) / "a" / "essay.txt").write_bytes(b"hello")
        found = list(walk(folder, ScanLimits(), has_more_streams))
        for one in found:
            if isinstance(one, File):
                os.close(one.descriptor)
        kinds = [type(one).__name__ for one in found]
        paths = [one.path.decode() for one in found if not isinstance(one, Skipped)]
        return [kinds, paths, [one.size for one in found if isinstance(one, File)], Folder.__name__]


def nameless() -> list[Any]:
    room = Path(tempfile.gettempdir())
    before = set(room.iterdir())
    descriptor = scratch.nameless()
    os.write(descriptor, b"twelve")
    read = disk.read_at(descriptor, 6, 0).decode()
    os.close(descriptor)
    return [read, len(set(room.iterdir()) - before)]


async def scanned(folder: str) -> list[Any]:
    order = Order(parent=os.getpid(), folder=folder, clamd="", answers_within_s=0.0)
    outcome = await carried_out(COMMAND, order, lambda _files, _size: None)
    return [outcome.reason.value, outcome.verdict.value, outcome.files]


async def news() -> list[Any]:
    heard = asyncio.Event()
    loop = asyncio.get_running_loop()
    told = WindowNews()

    def wake() -> None:
        loop.call_soon_threadsafe(heard.set)

    await told.start(wake)
    await asyncio.to_thread(win32gui.SendMessage, told.window, WM_DEVICECHANGE, 0x8000, 0)
    async with asyncio.timeout(10):
        await heard.wait()
    await told.stop()
    return [told.window]


async def watched() -> list[Any]:
    storage = Storage()
    devices = SystemDevices(storage, DeviceTree(), Volumes(storage), lambda _: False)
    watch = WindowsMedia(devices, WindowNews())
    found: list[object] = []
    await watch.start(found.append, lambda _: None)
    await watch.stop()
    return [len(found)]


async def tried_later(report: Report, name: str, what: Any) -> None:
    try:
        report.say(**{name: [True, await what]})
    except Exception as error:  # noqa: BLE001 - wine lacks what it lacks
        report.say(**{name: [False, f"{type(error).__name__}: {error}"[:200]]})


async def main(report: Report) -> None:
    for name, what in (
        ("policy", policy),
        ("letter", letter),
        ("volumes", volumes),
        ("gone", gone),
        ("sign_in", sign_in),
        ("chosen", chosen),
        ("walked", walked),
        ("nameless", nameless),
        ("automount", lambda: SystemSwitches(Storage(), DeviceTree()).automount_is_off()),
    ):
        tried(report, name, what)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "essay.txt").write_bytes(b"hello")
        await tried_later(report, "scanned", scanned(folder))
    await tried_later(report, "news", news())
    await tried_later(report, "watched", watched())
    report.say(ended=True)


if __name__ == "__main__":
    if sys.argv[1] == "letter":
        kept = _letters.give(NAMES, DEVICE, 0)
        sys.stdout.write(kept.letter + "\n")
        sys.stdout.flush()
        sys.stdin.read()
    else:
        asyncio.run(main(Report(sys.argv[1])))
