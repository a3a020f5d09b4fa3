"""A laptop for the agent's package: a clean Debian with a desktop, and the school's collector.

The collector runs outside. It shares with the laptop only its network, a loopback that nothing leads out of.
"""

import contextlib
import json
import os
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from installers.quickstart.children import Children, children
from installers.quickstart.enrolment import token
from installers.quickstart.processes import COLLECTOR, Collector, Setting, start_collector
from tests.support.chroot import Chroot
from tests.support.strip import counted, reads
from tests.support.waiting import wait_for

SETTING: Final = Setting(organisation="Alder Vale School", asset_tag="AV-0042")
PROGRAM: Final = "/usr/bin/lamplighter-agent"
PUPIL: Final = "pupil"
_RUNTIME: Final = "/run/pupil"
_BUS: Final = f"unix:path={_RUNTIME}/bus"
_SESSION: Final = {"DISPLAY": ":0", "XDG_RUNTIME_DIR": _RUNTIME, "DBUS_SESSION_BUS_ADDRESS": _BUS}
_WIDTH: Final = 1280
_STRIP_ROWS: Final = 24


@dataclass(slots=True, kw_only=True)
class Laptop:
    """What a test does with it as its technician and its pupil."""

    debian: Chroot
    collector: Collector
    started: Children

    def install(self, package: Path) -> None:
        """Install as a technician does, and say which session is to be watched: nothing tells it there."""
        self.debian.run("dpkg", "--install", self.debian.put(package))
        settings = {name.lower(): value for name, value in _SESSION.items()} | {"user": PUPIL}
        with (self.debian.root / "etc/lamplighter/agent.toml").open("a", encoding="utf-8") as file:
            file.write("\n[desktop]\n")
            file.writelines(f"{name} = {json.dumps(value)}\n" for name, value in settings.items())

    def leave_enrolment(self) -> None:
        """Leave there what the service enrols with by itself."""
        issued = token(self.collector.config, asset_tag=SETTING.asset_tag, attester="Ada Quill")
        told = {name: issued[name] for name in ("collector", "pin", "token")} | {
            "asset_tag": SETTING.asset_tag
        }
        place = self.waiting_enrolment
        place.touch(mode=0o600)
        place.write_text("".join(f"{name} = {json.dumps(value)}\n" for name, value in told.items()))

    @property
    def waiting_enrolment(self) -> Path:
        return self.debian.root / "etc/lamplighter/enrolment.toml"

    def status(self) -> dict[str, Any]:
        """Return what the service last wrote of itself; empty where it has not."""
        try:
            file = self.debian.root / "var/lib/lamplighter/status.json"
            found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return found

    def tell_collector(self, *words: str) -> str:
        """Run a verb of the collector's command line."""
        command = [*COLLECTOR, *words, "--config", str(self.collector.config)]
        return subprocess.run(command, capture_output=True, check=True, text=True).stdout

    def themes(self) -> set[str]:
        """Return the themes in the collector's queue."""
        return {one["theme"] for one in json.loads(self.tell_collector("incidents", "--open", "--json"))}

    def shows_strip(self) -> bool:
        """Say whether the strip can be read on the glass: the X server keeps the screen in a file."""
        screen = (self.debian.root / _RUNTIME[1:] / "Xvfb_screen0").read_bytes()
        # An X window dump: its header tells its own length, and how many colours come before the pixels.
        begin = struct.unpack_from(">I", screen)[0] + 12 * struct.unpack_from(">I", screen, 19 * 4)[0]
        return reads(counted(screen[begin : begin + 4 * _WIDTH * _STRIP_ROWS]))

    # --- the pupil ---

    def as_pupil(self, *command: str) -> list[str]:
        """Return a command of the pupil's session."""
        become = ["setpriv", f"--reuid={PUPIL}", f"--regid={PUPIL}", "--init-groups"]
        session = [f"{name}={value}" for name, value in _SESSION.items()]
        return [*become, "env", f"HOME=/home/{PUPIL}", "GSETTINGS_BACKEND=memory", *session, *command]

    def does(self, *command: str) -> str:
        """Run a program in the pupil's session to its end; return what it printed."""
        return self.debian.run(*self.as_pupil(*command)).stdout

    def open(self, *command: str) -> None:
        """Start a program in the pupil's session, for as long as the laptop is there."""
        self.started.start(
            Path(command[0]).name, self.debian.command(*self.as_pupil(*command)), environment=dict(os.environ)
        )

    def focus(self, title: str) -> None:
        """Wait for a window and give it the focus."""
        self.does("xdotool", "search", "--sync", "--onlyvisible", "--name", title, "windowactivate", "--sync")

    def await_accessible(self) -> None:
        """Return when a program is on the accessibility bus: only then it learns who listens to its text."""
        ask = ["dbus-send", "--print-reply", "--dest=org.a11y.Bus"]
        bus = self.does(*ask, "/org/a11y/bus", "org.a11y.Bus.GetAddress").split('"')[1]
        ask = ["dbus-send", f"--bus={bus}", "--print-reply", "--dest=org.a11y.atspi.Registry"]
        ask += ["/org/a11y/atspi/accessible/root", "org.a11y.atspi.Accessible.GetChildren"]
        wait_for(lambda: 'string ":' in self.does(*ask), "a program that can be read", step=0.1)

    def start_desktop(self) -> None:
        """Sign the pupil in: X server, session bus, window manager."""
        self.debian.run("useradd", "--create-home", "--shell", "/bin/bash", PUPIL)
        self.debian.run("install", "-d", f"--owner={PUPIL}", "--mode=700", _RUNTIME)
        screen = ["-screen", "0", f"{_WIDTH}x800x24", "-fbdir", _RUNTIME]
        # It would begin anew whenever its last client leaves.
        self.open("Xvfb", ":0", "-nolisten", "tcp", "-ac", "-noreset", *screen)
        self.open("dbus-daemon", "--session", "--nofork", "--nopidfile", f"--address={_BUS}")
        wait_for((self.debian.root / _RUNTIME[1:] / "bus").exists, "the session's bus")
        self._await_answer("xdotool", "getdisplaygeometry")
        self.open("openbox")
        self._await_answer("xdotool", "get_desktop")

    def _await_answer(self, *question: str) -> None:
        asked = self.as_pupil(*question)
        wait_for(lambda: not self.debian.run(*asked, check=False).returncode, question[-1], step=0.1)


@contextlib.contextmanager
def laptop() -> Iterator[Laptop]:
    """Have a laptop with a pupil signed in and nothing of ours on it, beside a collector that runs."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="laptop-", dir="/var/tmp")))
        (folder / "collector").mkdir()
        (folder / "logs").mkdir()
        debian = stack.enter_context(Chroot())
        started = stack.enter_context(children(folder / "logs"))
        program = debian.beside(sys.executable, "-m", "lamplighter_collector")
        collector = start_collector(started, folder / "collector", SETTING, program=program)
        made = Laptop(debian=debian, collector=collector, started=started)
        made.start_desktop()
        yield made
