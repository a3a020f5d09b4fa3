"""A real desktop for demo and tests: X server, window manager, D-Bus, AT-SPI, and real windows to type into.

Everything runs in a private temporary home and runtime folder, on a display number that the X server
chooses, and ends with the context manager (`running_desktop`), by whichever way the test ends. With
`user` all of it runs as that uid and gid (the test must be root); the temporary folders are then theirs.
Nothing here sleeps: each step waits for the real state, with a deadline.
"""

import contextlib
import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from Xlib import X
from Xlib.display import Display
from Xlib.error import ConnectionClosedError, XError, xerror_class

from installers.quickstart.waiting import wait_for

HERE = Path(__file__).parent
SCREEN = "1280x800x24"
STATUS_GET = "org.freedesktop.DBus.Properties.Get"


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Who a desktop belongs to."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A window that a test opened; it had the focus when it was returned."""

    id: int
    title: str
    process: subprocess.Popen[bytes]


@dataclass(slots=True, kw_only=True)
class Desktop:
    """A running desktop; `environment` is what a program on it gets."""

    environment: dict[str, str]
    home: Path
    user: User | None
    display: Any
    accessibility_bus: str | None
    windows: list[Window] = field(default_factory=list)

    @property
    def display_name(self) -> str:
        return self.environment["DISPLAY"]

    def start(self, arguments: Sequence[str], **more: Any) -> subprocess.Popen[bytes]:
        """Start a program on this desktop as its user; the caller ends it."""
        options: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        environment = {**self.environment, **more.pop("env", {})}
        return subprocess.Popen(
            list(arguments), env=environment, cwd=self.home, **(options | identity(self.user) | more)
        )

    def run(self, *arguments: str) -> str:
        """Run a program on this desktop to its end; return what it printed."""
        done = self._run(arguments)
        if done.returncode == -signal.SIGSEGV and arguments[0] == "xdotool" and arguments[1] != "type":
            # xdotool falls over, rarely and before it did anything, when the keyboard map changes under it.
            done = self._run(arguments)
        done.check_returncode()
        return str(done.stdout, "utf-8")

    def _run(self, arguments: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            arguments,
            env=self.environment,
            cwd=self.home,
            check=False,
            capture_output=True,
            timeout=60,
            **identity(self.user),
        )

    def open_window(self, arguments: Sequence[str], title: str, **more: Any) -> Window:
        """Start a program and return its window once it is there, titled, active and focused."""
        process = self.start(arguments, **more)
        try:
            window = wait_for(lambda: self._window_titled(title), f"window {title}", seconds=30)
        except BaseException:
            _end(process)
            raise
        opened = Window(id=window, title=title, process=process)
        self.windows.append(opened)
        self.focus(opened)
        return opened

    def open_gtk_entry(self, title: str, *, secret: bool = False, answer: Path | None = None) -> Window:
        """Open zenity's text entry (GTK 3), or with `secret` its password entry.

        At Return it writes what it really received to `answer`, and ends.
        """
        kind = ["--password"] if secret else ["--entry", "--text=Your answer"]
        with Path(answer or os.devnull).open("wb") as stdout:
            window = self.open_window(["zenity", *kind, f"--title={title}"], title, stdout=stdout)
        self._await_accessible(window)
        return window

    def open_qt_field(self, title: str, *, secret: bool = False, python: str = sys.executable) -> Window:
        """Open a window with two Qt line edits; the first has the focus and is a password with `secret`."""
        # A copy in this desktop's home: its user may not be able to read the checkout.
        script = self.home / "qt_field.py"
        shutil.copy(HERE / script.name, script)
        script.chmod(0o644)
        command = [python, str(script), title, *(["password"] if secret else [])]
        window = self.open_window(command, title)
        if "true" in self._ask_bus(
            "org.a11y.Bus", "/org/a11y/bus", STATUS_GET, "org.a11y.Status", "IsEnabled"
        ):
            self._await_accessible(window)
        return window

    def open_xterm(self, title: str, command: Sequence[str] = ("bash", "--norc", "--noprofile")) -> Window:
        """Open an xterm that runs `command`; its title stays as given."""
        fixed = ["-xrm", "xterm*allowTitleOps: false", "-T", title]
        return self.open_window(["xterm", *fixed, "-e", *command], title)

    def focus(self, window: Window) -> None:
        """Activate a window; return when the window manager and the X server both say it has the focus."""
        self.run("xdotool", "windowactivate", str(window.id))
        wait_for(lambda: self.active_window() == window.id, f"{window.title} active")
        wait_for(lambda: self._has_focus(window.id), f"{window.title} focused")

    def close(self, window: Window) -> None:
        """End a window's program and reap it."""
        _end(window.process)
        if window in self.windows:
            self.windows.remove(window)

    def type_text(self, text: str, *, delay_ms: int = 12) -> None:
        """Type into whatever has the focus; return when the last key is sent."""
        self.run("xdotool", "type", "--delay", str(delay_ms), "--", text)

    def key(self, *keys: str) -> None:
        """Press keys by their X names, for example `Return` or `ctrl+u`."""
        self.run("xdotool", "key", "--", *keys)

    def set_layout(self, layout: str, *options: str) -> None:
        """Switch the keyboard layout at run time, as `setxkbmap` does."""
        self.run("setxkbmap", layout, *options)

    def active_window(self) -> int:
        value = self._property(self.display.screen().root, "_NET_ACTIVE_WINDOW")
        return int(value[0]) if value is not None and len(value) else 0

    def _await_accessible(self, window: Window) -> None:
        """Return when the program has joined the accessibility bus and answers there.

        A program that has just started does not report text before: it learns only then who listens.
        """
        if self.accessibility_bus is None:
            return
        bus, root = f"--bus={self.accessibility_bus}", "/org/a11y/atspi/accessible/root"

        def look() -> bool:
            children = self._ask_bus(
                "org.a11y.atspi.Registry", root, "org.a11y.atspi.Accessible.GetChildren", bus=bus
            )
            for name in re.findall(r'string "(:[\d.]+)"', children):
                pid = self._ask_bus(
                    "org.freedesktop.DBus",
                    "/",
                    "org.freedesktop.DBus.GetConnectionUnixProcessID",
                    name,
                    bus=bus,
                )
                if pid.split()[-1:] == [str(window.process.pid)]:
                    return "uint32" in self._ask_bus(name, root, "org.a11y.atspi.Accessible.GetRole", bus=bus)
            return False

        wait_for(look, f"{window.title} on the accessibility bus")

    def _ask_bus(self, to: str, path: str, method: str, *words: str, bus: str = "--session") -> str:
        """Call a method over D-Bus; return the printed answer, empty for an error or without a bus."""
        if self.accessibility_bus is None:
            return ""
        command = ["dbus-send", bus, "--print-reply", f"--dest={to}", path, method]
        done = subprocess.run(
            [*command, *(f"string:{word}" for word in words)],
            env=self.environment,
            check=False,
            capture_output=True,
            timeout=60,
            **identity(self.user),
        )
        return str(done.stdout, "utf-8")

    def _window_titled(self, title: str) -> int | None:
        listed = self._property(self.display.screen().root, "_NET_CLIENT_LIST")
        for number in listed if listed is not None else ():
            window = self.display.create_resource_object("window", number)
            name = self._property(window, "_NET_WM_NAME") or self._property(window, "WM_NAME")
            if name is not None and bytes(name).decode(errors="replace") == title:
                return int(number)
        return None

    def _has_focus(self, window: int) -> bool:
        focused = self.display.get_input_focus().focus
        with contextlib.suppress(XError):
            while not isinstance(focused, int):
                if focused.id == window:
                    return True
                focused = focused.query_tree().parent or 0
        return False

    def _property(self, window: Any, name: str) -> Any:
        try:
            found = window.get_full_property(self.display.intern_atom(name), X.AnyPropertyType)
        except XError:
            return None
        return None if found is None else found.value


def hiding(paths: Sequence[str], command: Sequence[str]) -> list[str]:
    """Return a command that runs without some files, which its own mount namespace covers."""
    if not paths:
        return list(command)
    mounts = " && ".join(f"mount --bind /dev/null {path}" for path in paths)
    map_root = [] if os.getuid() == 0 else ["--map-root-user"]
    return ["unshare", "--mount", *map_root, "sh", "-c", f'{mounts} && exec "$@"', "sh", *command]


def identity(user: User | None) -> dict[str, Any]:
    """Return what `Popen` needs to run a program as that user."""
    if user is None or user.uid == os.getuid():
        return {}
    return {"user": user.uid, "group": user.gid, "extra_groups": []}


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=3)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(timeout=5)


def _environment(home: Path) -> dict[str, str]:
    runtime = home / "run"
    runtime.mkdir(mode=0o700)
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(runtime),
        "XDG_SESSION_TYPE": "x11",
        "TMPDIR": str(home),
        "LANG": "C.UTF-8",
        "SHELL": "/bin/bash",
        "GSETTINGS_BACKEND": "memory",
        "LIBGL_ALWAYS_SOFTWARE": "1",
        "HISTFILE": "/dev/null",
    }


@contextlib.contextmanager
def running_desktop(
    *,
    user: User | None = None,
    bus: bool = True,
    accessibility: bool = True,
    window_manager: bool = True,
    hide: Sequence[str] = (),
    screen: str = SCREEN,
) -> Iterator[Desktop]:
    """Run a desktop, `hide` some files from it; its processes are ended and reaped when the block ends."""
    settings = {
        "screen": screen,
        "bus": bus,
        "accessibility": accessibility,
        "window_manager": window_manager,
    }
    with led(settings, user, hide) as (started, home):
        desktop = _opened(started, home, user)
        try:
            yield desktop
        finally:
            for window in list(desktop.windows):
                desktop.close(window)
            # A signal in the middle of a request leaves a connection that can't be closed in order.
            with contextlib.suppress(XError, ConnectionClosedError):
                desktop.display.close()


@contextlib.contextmanager
def led(
    settings: dict[str, Any], user: User | None, hide: Sequence[str] = ()
) -> Iterator[tuple[dict[str, Any], Path]]:
    """Run what `leader.py` starts; yields what it said and the desktop's home."""
    home = Path(tempfile.mkdtemp(prefix="lamplighter-desktop-", dir="/tmp"))
    environment = _environment(home)
    if user is not None:
        for folder in (home, home / "run"):
            os.chown(folder, user.uid, user.gid)
    settings = {**settings, "environment": environment, "identity": identity(user)}
    leader = subprocess.Popen(
        hiding(hide, [sys.executable, str(HERE / "leader.py"), json.dumps(settings)]),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        yield _told(leader), home
    finally:
        assert leader.stdin is not None
        leader.stdin.close()
        leader.wait(timeout=30)
        if leader.stdout is not None:
            leader.stdout.close()
        shutil.rmtree(home, ignore_errors=True)


def _told(leader: subprocess.Popen[bytes]) -> dict[str, Any]:
    assert leader.stdout is not None
    ready, _, _ = select.select([leader.stdout], [], [], 60)
    line = leader.stdout.readline() if ready else b""
    if not line:
        raise RuntimeError("the virtual desktop did not start")
    started: dict[str, Any] = json.loads(line)
    return started


def _opened(started: dict[str, Any], home: Path, user: User | None) -> Desktop:
    display = Display(started["environment"]["DISPLAY"])
    # python-xlib's RandR extension puts classes that can't be made in the place of BadRequest and BadValue.
    display.display.error_classes.update(xerror_class)
    # On a busy machine a key may be held long enough to repeat: nobody asked for that.
    display.change_keyboard_control(auto_repeat_mode=X.AutoRepeatModeOff)
    display.sync()
    return Desktop(
        environment=started["environment"],
        home=home,
        user=user,
        display=display,
        accessibility_bus=started["accessibility_bus"],
    )
