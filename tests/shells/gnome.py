"""A real GNOME Shell in a window of an X server without a screen, on private buses.

There is no logind and no GDM: two programs on the private system bus stand in for what the shell asks of them
before it has a lock screen.
"""

import contextlib
import json
import os
import subprocess
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus
from lamplighter_agent.backends.linux._dbus import end_of
from lamplighter_agent.backends.linux._listener import X_SOCKETS, listener_on

from installers.quickstart.waiting import wait_for
from tests.support.nested import SCREEN, NestedDesktop, running_mutter
from tests.support.sensed import aside
from tests.support.strip import colours
from tests.support.system_bus import system_bus

SHELL = ("org.gnome.Shell", "/org/gnome/Shell")
LOCK = ("org.gnome.Shell.ScreenShield", "/org/gnome/ScreenSaver")
STAND_INS = ("org.gnome.DisplayManager", "org.freedesktop.login1")


@dataclass(slots=True, kw_only=True)
class GnomeDesktop(NestedDesktop):
    """A session of GNOME Shell, in `--unsafe-mode`: else it could not be told what to do."""

    panel: int = 32

    def start_compositor(self) -> None:
        """Start the shell; return when it has both displays and is on the message bus."""
        wayland = "wayland-7"
        self.compositor = subprocess.Popen(
            ["gnome-shell", "--wayland", "--nested", f"--wayland-display={wayland}", "--unsafe-mode"],
            env={**self.outside, "XDG_SESSION_TYPE": "wayland", "MUTTER_DEBUG_DUMMY_MODE_SPECS": SCREEN},
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        runtime = self.home / "run"
        display = wait_for(self._x_display, "the shell's X display", seconds=60)
        wait_for(lambda: listener_on(str(runtime / wayland)), "its Wayland display")
        authority = next(runtime.glob(".mutter-Xwaylandauth.*"))
        self.environment |= {"DISPLAY": display, "WAYLAND_DISPLAY": wayland, "XAUTHORITY": str(authority)}
        wait_for(lambda: self.evaluate("Main.layoutManager._startingUp") == "false", "the shell", seconds=60)
        # The tests know no authority but their own.
        self.run("xhost", "+local:")
        # A session begins with it.
        self.overview(on=False)

    def evaluate(self, script: str) -> str:
        """Have the shell run a line of its own language; return what it said, as JSON, or "" for an error."""
        answer = self._call(SHELL, "org.gnome.Shell.Eval", script)
        found = answer.removeprefix("(true, '").removesuffix("')\n") if answer.startswith("(true") else ""
        return str(json.loads(found)) if found.startswith('"') else found

    def overview(self, *, on: bool) -> None:
        self.evaluate(f"Main.overview.{'show' if on else 'hide'}()")

    def lock(self, *, on: bool) -> None:
        self._call(LOCK, "org.gnome.ScreenSaver.SetActive", str(on).lower())

    def pixels(self, top: int) -> Counter[tuple[int, int, int]]:
        return colours(self.display, top=top)

    def workspace(self, index: int) -> None:
        self.evaluate(f"global.workspace_manager.get_workspace_by_index({index}).activate(0)")

    def refuses(self, method: str, *words: str) -> bool:
        """Say whether the shell refuses a method that it keeps from programs."""
        self.evaluate("global.context.unsafe_mode = false")
        path = ("org.gnome.Shell.Introspect", "/org/gnome/Shell/Introspect")
        return "AccessDenied" in self._call(path, method, *words)

    def _x_display(self) -> str:
        """Return the display whose socket is the shell's; the second one is for services of its own."""
        assert self.compositor is not None
        names = sorted(X_SOCKETS.glob("X*"), key=lambda path: int(path.name[1:]))
        found = [path.name[1:] for path in names if listener_on(str(path)) == self.compositor.pid]
        return f":{found[0]}" if len(found) > 1 else ""

    def _call(self, target: tuple[str, str], method: str, *words: str) -> str:
        name, path = target
        call = ["gdbus", "call", "--session", "--timeout=10", f"--dest={name}", f"--object-path={path}"]
        done = subprocess.run(
            [*call, f"--method={method}", *words],
            env=self.environment,
            check=False,
            capture_output=True,
            text=True,
            timeout=30,
        )
        return done.stdout + done.stderr


@contextlib.asynccontextmanager
async def running_gnome_shell() -> AsyncIterator[GnomeDesktop]:
    """Run GNOME Shell with D-Bus and AT-SPI; all is ended when the block ends."""
    with tempfile.TemporaryDirectory(prefix="lamplighter-shells-") as folder:
        async with (
            system_bus(Path(folder)) as address,
            _standing_in(address),
            contextlib.AsyncExitStack() as held,
        ):
            more = {"DBUS_SYSTEM_BUS_ADDRESS": address}
            opened = running_mutter(kind=GnomeDesktop, more=more)
            desktop = await aside(opened.__enter__)
            held.push_async_callback(aside, opened.__exit__, None, None, None)
            assert isinstance(desktop, GnomeDesktop)
            yield desktop


@contextlib.asynccontextmanager
async def _standing_in(address: str) -> AsyncIterator[None]:
    """Have somebody who says that there are a display manager and a logind."""
    os.makedirs("/run/systemd/seats", exist_ok=True)  # noqa: PTH103 - what the shell takes for a logind
    bus = await MessageBus(bus_address=address).connect()

    def answer(message: Message) -> Message | bool:
        if message.message_type is not MessageType.METHOD_CALL:
            return False
        match message.member:
            case "Get":
                return Message.new_method_return(message, "v", [Variant("s", "43.0")])
            case "GetAll":
                return Message.new_method_return(message, "a{sv}", [{}])
            case "GetSession":
                return Message.new_method_return(message, "o", ["/org/freedesktop/login1/session/1"])
            case _:
                return Message.new_error(message, "org.freedesktop.DBus.Error.UnknownMethod", "no")

    bus.add_message_handler(answer)
    for name in STAND_INS:
        await bus.request_name(name)
    try:
        yield
    finally:
        bus.disconnect()
        await end_of(bus)
