"""A real mutter, GNOME's compositor, in a window of an X server without a screen: its pixels can be read.

mutter without the shell around it: no panel, no overview, no lock screen.
"""

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lamplighter_agent.backends.linux._xlib import opened
from Xlib import X

from installers.quickstart.virtual_desktop.desktop import Desktop, User, Window, led
from installers.quickstart.waiting import wait_for

SCREEN = "1024x768"
# Says where the session's displays are, and stays: mutter ends with it.
TELL = 'echo "$DISPLAY $WAYLAND_DISPLAY $XAUTHORITY" > "$HOME/displays"; exec sleep infinity'


@dataclass(slots=True, kw_only=True)
class NestedDesktop(Desktop):
    """A Wayland session; `display` and `outside` are the X server whose screen shows it."""

    outside: dict[str, str]
    compositor: subprocess.Popen[bytes] | None = None

    def start_compositor(self) -> None:
        """Start mutter; return when both of its displays are named."""
        told = self.home / "displays"
        told.unlink(missing_ok=True)
        self.compositor = subprocess.Popen(
            ["mutter", "--wayland", "--nested", "--wayland-display=wayland-7", "--", "sh", "-c", TELL],
            env={**self.outside, "MUTTER_DEBUG_DUMMY_MODE_SPECS": SCREEN},
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        wait_for(lambda: told.exists() and told.read_text().endswith("\n"), "mutter's displays")
        names = ("DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY")
        self.environment |= dict(zip(names, told.read_text().split(), strict=True))
        # The tests know no authority but their own.
        self.run("xhost", "+local:")

    def kill_compositor(self) -> None:
        """End mutter at once, as a crash would, and what it started."""
        compositor, self.compositor = self.compositor, None
        if compositor is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(compositor.pid, signal.SIGKILL)
            compositor.wait(10)

    def open_window(self, arguments: Sequence[str], title: str, **more: Any) -> Window:
        """Start a program; its window comes to the front in its own time."""
        opened = Window(id=0, title=title, process=self.start(arguments, **more))
        self.windows.append(opened)
        return opened

    def type_text(self, text: str, *, delay_ms: int = 12) -> None:
        """Type into mutter's window, under the pointer: mutter gives it on to whatever has the focus."""
        self._outside("mousemove", "512", "700", "type", "--delay", str(delay_ms), "--", text)

    def key(self, *keys: str) -> None:
        self._outside("mousemove", "512", "700", "key", "--", *keys)

    def click(self, x: int, y: int) -> None:
        """Press the mouse's first button."""
        self._outside("mousemove", str(x), str(y), "click", "1")

    def _outside(self, *words: str) -> None:
        subprocess.run(["xdotool", *words], env=self.outside, check=True, capture_output=True, timeout=60)


@contextlib.contextmanager
def running_mutter(
    *,
    user: User | None = None,
    kind: type[NestedDesktop] = NestedDesktop,
    more: dict[str, str] | None = None,
) -> Iterator[NestedDesktop]:
    """Run mutter, or what `kind` starts with `more` in its environment, with D-Bus and AT-SPI.

    All is ended when the block ends.
    """
    settings = {"screen": "1280x800x24", "bus": True, "accessibility": True, "window_manager": False}
    with led(settings, user) as (started, home):
        outside: dict[str, str] = started["environment"] | (more or {})
        session = {"XDG_SESSION_TYPE": "wayland", "GDK_BACKEND": "wayland", "QT_QPA_PLATFORM": "wayland"}
        display = opened(outside["DISPLAY"])
        display.change_keyboard_control(auto_repeat_mode=X.AutoRepeatModeOff)
        display.sync()
        desktop = kind(
            environment=outside | session,
            home=home,
            user=user,
            display=display,
            accessibility_bus=started["accessibility_bus"],
            outside=outside,
        )
        try:
            desktop.start_compositor()
            yield desktop
        finally:
            for window in list(desktop.windows):
                desktop.close(window)
            desktop.kill_compositor()
            display.close()
