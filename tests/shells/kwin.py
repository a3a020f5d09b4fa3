"""A real KWin, KDE Plasma's compositor, without plasmashell: in a window of an X server, or without a screen.

In a window it draws without OpenGL, where it has no overview; without a screen it has one, but takes no keys,
and what is on its screen is asked of KWin itself.
"""

import asyncio
import contextlib
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass

from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus
from lamplighter_agent.backends.linux._listener import X_SOCKETS, listener_on

from installers.quickstart.waiting import wait_for
from tests.support.nested import NestedDesktop, running_mutter
from tests.support.sensed import aside
from tests.support.strip import colours

Colours = Counter[tuple[int, int, int]]
WIDTH, HEIGHT, STRIP = 1024, 768, 24
SCREENSHOT = ("org.kde.KWin", "/org/kde/KWin/ScreenShot2", "org.kde.KWin.ScreenShot2")


@dataclass(slots=True, kw_only=True)
class KWinDesktop(NestedDesktop):
    """A session of KWin, under the wrapper that starts it on a desktop, too."""

    panel: int = 0

    def start_compositor(self) -> None:
        """Start it; return when both displays are there."""
        # A copy has no capabilities, with which it would not start where they can't be given.
        folder = self.home / "bin"
        folder.mkdir(exist_ok=True)
        shutil.copyfile("/usr/bin/kwin_wayland", folder / "kwin_wayland")
        (folder / "kwin_wayland").chmod(0o755)
        size = ["--width", str(WIDTH), "--height", str(HEIGHT)]
        self.compositor = subprocess.Popen(
            ["kwin_wayland_wrapper", "--xwayland", *self.mode(), *size],
            env={**self.outside, "PATH": f"{folder}:{self.outside['PATH']}", **self.drawing()},
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        runtime = self.home / "run"
        display = wait_for(self._x_display, "KWin's X display", seconds=60)
        wayland = wait_for(lambda: next(runtime.glob("wayland-?"), None), "its Wayland display").name
        authority = wait_for(lambda: next(runtime.glob("xauth_*"), None), "its X authority")
        self.environment |= {"DISPLAY": display, "WAYLAND_DISPLAY": wayland, "XAUTHORITY": str(authority)}
        # The tests know no authority but their own.
        self.run("xhost", "+local:")

    def mode(self) -> list[str]:
        return ["--x11-display", self.outside["DISPLAY"]]

    def drawing(self) -> dict[str, str]:
        return {"KWIN_COMPOSE": "Q"}

    def shortcut(self, name: str) -> None:
        """Do what a key combination of KWin's does."""
        to = ["--dest=org.kde.kglobalaccel", "--object-path=/component/kwin"]
        method = "--method=org.kde.kglobalaccel.Component.invokeShortcut"
        self.run("gdbus", "call", "--session", "--timeout=10", *to, method, name)

    def workspace(self, index: int) -> None:
        """Go to the first desktop, or to another one, made where there is none."""
        if index:
            path = "/VirtualDesktopManager"
            create = ["org.kde.KWin.VirtualDesktopManager.createDesktop", "1", "other"]
            to = ["--dest=org.kde.KWin", f"--object-path={path}", f"--method={create[0]}", *create[1:]]
            self.run("gdbus", "call", "--session", "--timeout=10", *to)
        self.shortcut(f"Switch to Desktop {index + 1}")

    def lock(self, *, on: bool) -> None:
        """Lock it; nobody can unlock it but who knows the password."""
        assert on
        to = ["--dest=org.freedesktop.ScreenSaver", "--object-path=/ScreenSaver"]
        method = "--method=org.freedesktop.ScreenSaver.Lock"
        subprocess.run(
            ["gdbus", "call", "--session", "--timeout=3", *to, method],
            env=self.environment,
            check=False,
            capture_output=True,
            timeout=30,
        )

    def pixels(self, top: int) -> Colours:
        return colours(self.display, top=top)

    def _x_display(self) -> str:
        assert self.compositor is not None
        names = sorted(X_SOCKETS.glob("X*"), key=lambda path: int(path.name[1:]))
        found = [path.name[1:] for path in names if listener_on(str(path)) == self.compositor.pid]
        return f":{found[0]}" if found else ""


@dataclass(slots=True, kw_only=True)
class UnseenKWin(KWinDesktop):
    """One without a screen, which draws by OpenGL and has an overview."""

    def mode(self) -> list[str]:
        return ["--virtual"]

    def drawing(self) -> dict[str, str]:
        # For the test alone: on a desktop programs may not take pictures of the screen.
        return {"KWIN_COMPOSE": "O2", "KWIN_SCREENSHOT_NO_PERMISSION_CHECKS": "1"}

    def pixels(self, top: int) -> Colours:
        data = asyncio.run(self._picture(top))
        return Counter((data[at + 2], data[at + 1], data[at]) for at in range(0, len(data), 4))

    async def _picture(self, top: int) -> bytes:
        reader, writer = os.pipe()
        try:
            bus = await MessageBus(
                bus_address=self.environment["DBUS_SESSION_BUS_ADDRESS"], negotiate_unix_fd=True
            ).connect()
            asked = Message(
                destination=SCREENSHOT[0],
                path=SCREENSHOT[1],
                interface=SCREENSHOT[2],
                member="CaptureArea",
                signature="iiuua{sv}h",
                body=[0, top, WIDTH, STRIP, {}, 0],
                unix_fds=[writer],
            )
            # The picture of a strip is larger than what a pipe holds.
            reading = asyncio.get_running_loop().run_in_executor(None, _read, reader)
            reply = await bus.call(asked)
            assert reply is not None
            os.close(writer)
            writer = -1
            data = await reading
            assert reply.message_type is MessageType.METHOD_RETURN, "no picture"
            bus.disconnect()
            return data
        finally:
            if writer >= 0:
                os.close(writer)
            os.close(reader)


def _read(descriptor: int) -> bytes:
    data = b""
    while piece := os.read(descriptor, 1 << 16):
        data += piece
    return data


@contextlib.asynccontextmanager
async def running_kwin(kind: type[KWinDesktop]) -> AsyncIterator[KWinDesktop]:
    """Run KWin with D-Bus and AT-SPI; all is ended when the block ends."""
    opened = running_mutter(kind=kind, more={"XDG_CURRENT_DESKTOP": "KDE"})
    desktop = await aside(opened.__enter__)
    assert isinstance(desktop, KWinDesktop)
    try:
        yield desktop
    finally:
        await aside(opened.__exit__, None, None, None)
