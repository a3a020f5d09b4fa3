"""A real sway without a screen, as an ordinary user: it refuses to be root's."""

import contextlib
import json
import os
import pwd
import signal
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from installers.quickstart.virtual_desktop.desktop import Desktop, User, Window, led
from installers.quickstart.waiting import wait_for

SCREEN = (1280, 800)
CONFIG = f"""
xwayland force
output HEADLESS-1 resolution {SCREEN[0]}x{SCREEN[1]}
seat * fallback true
exec echo "$DISPLAY" > "$HOME/display"
"""


# Shows each title that a file brings, as a program in a terminal does.
RETITLED = (
    "bash",
    "--norc",
    "-c",
    r"""file="$HOME/title-$PPID"; until [ -e "$file" ]; do sleep 0.05; done
    printf "\033]0;%s\007" "$(cat "$file")"; read -r""",
)


@dataclass(slots=True, kw_only=True)
class SwayDesktop(Desktop):
    """A desktop whose compositor can be ended and started again at the same address."""

    compositor: subprocess.Popen[bytes] | None = None

    def start_compositor(self) -> None:
        """Start sway; return when it answers and has named XWayland's display."""
        config, display = self.home / "sway.conf", self.home / "display"
        config.write_text(CONFIG, encoding="utf-8")
        display.unlink(missing_ok=True)
        for left in (self.home / "run").glob("sway.sock"):
            left.unlink()
        headless = {"WLR_BACKENDS": "headless", "WLR_LIBINPUT_NO_DEVICES": "1", "WLR_RENDERER": "pixman"}
        with _taken_below(self.environment.get("DISPLAY", "")):
            self.compositor = self.start(
                ["sway", "-c", str(config)], env=headless, stdout=subprocess.DEVNULL, start_new_session=True
            )
            wait_for(lambda: display.exists() and display.read_text().strip(), "sway's display")
        self.environment["DISPLAY"] = display.read_text().strip()
        # The tests are root's where the session is a pupil's.
        self.run("xhost", "+local:")

    def kill_compositor(self) -> None:
        """End sway at once, as a crash would, and what it started."""
        assert self.compositor is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.compositor.pid, signal.SIGKILL)
        self.compositor.wait(10)
        self.compositor = None

    def tell(self, words: str) -> None:
        """Have sway carry out a command."""
        self.run("swaymsg", "--", words)

    def nodes(self) -> list[dict[str, Any]]:
        """Return every node of sway's tree."""
        found = [json.loads(self.run("swaymsg", "-t", "get_tree", "-r"))]
        for node in found:
            found += node["nodes"] + node["floating_nodes"]
        return found

    def node(self, title: str) -> dict[str, Any] | None:
        """Return the window of that title, if there is one."""
        return next((node for node in self.nodes() if node["name"] == title and node.get("pid")), None)

    def open_window(self, arguments: Sequence[str], title: str, **more: Any) -> Window:
        """Start a program and return its window once sway gives it the keyboard."""
        process = self.start(arguments, **more)
        node: dict[str, Any] = wait_for(
            lambda: (found := self.node(title)) and found["focused"] and found, f"window {title}", seconds=30
        )
        opened = Window(id=node["id"], title=title, process=process)
        self.windows.append(opened)
        return opened

    def open_foot(self, title: str) -> Window:
        """Open a terminal, of Wayland's own."""
        return self.open_window(["foot", "-T", title, *RETITLED], title)

    def retitle(self, window: Window, title: str) -> None:
        """Have a terminal that `open_foot` opened show another title."""
        (self.home / f"title-{window.process.pid}").write_text(title, encoding="utf-8")
        wait_for(lambda: self.node(title), f"the title {title}")

    def focus(self, window: Window) -> None:
        self.tell(f"[con_id={window.id}] focus")

    def type_text(self, text: str, *, delay_ms: int = 12) -> None:
        """Type by the virtual keyboard protocol, as an on-screen keyboard does."""
        # The first key of a keyboard that has just come may be lost: a pause, and a space that may be.
        self.run("wtype", "-s", "200", "-d", str(delay_ms), f" {text}")

    def key(self, *keys: str) -> None:
        for key in keys:
            self.run("wtype", "-k", key)


@contextlib.contextmanager
def _taken_below(display: str) -> Iterator[None]:
    """Hold the display numbers below one that XWayland had, for it takes the first that is free."""
    with contextlib.ExitStack() as held:
        for number in range(int(display.removeprefix(":") or 0)):
            lock = Path(f"/tmp/.X{number}-lock")
            with contextlib.suppress(FileExistsError):
                lock.touch(exist_ok=False)
                held.callback(lock.unlink)
                lock.write_text(f"{os.getpid():>10}\n", encoding="ascii")
        yield


@contextlib.contextmanager
def running_sway(*, user: User | None = None) -> Iterator[SwayDesktop]:
    """Run sway with D-Bus and AT-SPI; all is ended when the block ends."""
    settings = {"screen": "", "bus": True, "accessibility": True, "window_manager": False}
    with led(settings, user) as (started, home):
        environment: dict[str, str] = started["environment"]
        environment |= {"SWAYSOCK": f"{home}/run/sway.sock", "WAYLAND_DISPLAY": "wayland-1"}
        environment |= {"XDG_SESSION_TYPE": "wayland", "GDK_BACKEND": "wayland"}
        desktop = SwayDesktop(
            environment=environment,
            home=home,
            user=user,
            display=None,
            accessibility_bus=started["accessibility_bus"],
        )
        try:
            desktop.start_compositor()
            yield desktop
        finally:
            for window in list(desktop.windows):
                desktop.close(window)
            if desktop.compositor is not None:
                desktop.kill_compositor()


def ordinary_user() -> User | None:
    """Return who runs sway where the tests are root's."""
    if os.getuid() != 0:
        return None
    entry = pwd.getpwnam("nobody")
    return User(uid=entry.pw_uid, gid=entry.pw_gid)
