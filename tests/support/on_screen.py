"""On-screen keyboards of Debian, tapped key by key with a pointer, as on a tablet."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from installers.quickstart.virtual_desktop.desktop import Desktop
from installers.quickstart.waiting import wait_for
from tests.support.sway import SCREEN, SwayDesktop
from tests.support.virtual_pointer import virtual_pointer

ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
ONBOARD_AT, ONBOARD_SIZE = (20, 500), (760, 240)
WVKBD_HEIGHT = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of keys: the middle of its first letter, and how far apart its letters are, in pixels."""

    letters: str
    x: float
    y: float
    step: float


class OnScreenKeyboard:
    """A keyboard on the screen; it never has the focus."""

    def __init__(self, rows: list[Row], click: Callable[[int, int], None]) -> None:
        self._keys = {
            letter: (round(row.x + row.step * index), round(row.y))
            for row in rows
            for index, letter in enumerate(row.letters)
        }
        self._click = click

    def tap(self, text: str) -> None:
        """Tap small letters, spaces and tabs."""
        for letter in text:
            self._click(*self._keys[letter])


@contextmanager
def onboard(desktop: Desktop) -> Iterator[OnScreenKeyboard]:
    """Run onboard on an X display, in its layout Small."""
    (x, y), (width, height) = ONBOARD_AT, ONBOARD_SIZE
    place = [f"--size={width}x{height}", "-x", str(x), "-y", str(y)]
    process = desktop.start(["onboard", "--layout=Small", *place], stdout=subprocess.DEVNULL)
    try:
        wait_for(lambda: desktop._window_titled("Onboard"), "onboard", seconds=30)
        # As it draws them at this place and size.
        rows = [
            Row(letters=letters, x=first, y=534 + 57 * at, step=61.1)
            for at, (letters, first) in enumerate(zip(ROWS, (117, 132, 155), strict=True))
        ]
        rows += [Row(letters=" ", x=400, y=705, step=0), Row(letters="\t", x=60, y=591, step=0)]

        def click(x: int, y: int) -> None:
            desktop.run("xdotool", "mousemove", str(x), str(y), "click", "1")

        yield OnScreenKeyboard(rows, click)
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def wvkbd(sway: SwayDesktop) -> Iterator[OnScreenKeyboard]:
    """Run wvkbd below everything else on sway's screen, with a pointer to tap it."""
    with virtual_pointer(sway.environment) as pointer, _keyboard(sway):
        before = _room(sway)
        process = sway.start(["wvkbd-mobintl", "-L", str(WVKBD_HEIGHT)], stdout=subprocess.DEVNULL)
        try:
            wait_for(lambda: _room(sway) < before, "wvkbd to take its place", seconds=30)
            width, height = SCREEN
            top, row = height - WVKBD_HEIGHT, WVKBD_HEIGHT / 6
            # How many keys wide a row is, and how many stand before its first letter.
            shapes = ((10.5, 0.5), (10.5, 1.0), (10.0, 1.5))
            rows = [
                Row(letters=letters, x=(first + 0.5) * width / wide, y=top + row * at, step=width / wide)
                for letters, (wide, first), at in zip(ROWS, shapes, (2.5, 3.5, 4.5), strict=True)
            ]
            rows.append(Row(letters=" ", x=width / 2, y=top + row * 5.5, step=0))
            rows.append(Row(letters="\t", x=width / 4, y=top + row / 2, step=0))
            # Between two keys: it learns where the pointer is only by moves, not by its coming.
            pointer.click(round(width / 40), round(top + row * 2.5))
            yield OnScreenKeyboard(rows, pointer.click)
        finally:
            process.terminate()
            process.wait(10)


@contextmanager
def _keyboard(sway: SwayDesktop) -> Iterator[None]:
    """Keep a keyboard that types nothing: each that comes to a sway without one makes wvkbd tap once more."""
    held = sway.start(["wtype", "-s", "3600000"])
    try:
        yield
    finally:
        held.terminate()
        held.wait(10)


def _room(sway: SwayDesktop) -> int:
    """Return how much height windows have on sway's screen."""
    # The scratchpad is as large as the screen.
    shown = [node for node in sway.nodes() if node["type"] == "workspace" and node["name"] != "__i3_scratch"]
    return int(shown[0]["rect"]["height"])
