"""The real service, run by wine's service manager; a real collector enrols it and gets a typed word."""

import contextlib
import json
import os
import signal
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lamplighter_agent.backends.windows.strip_rule import HELP_WIDTH
from lamplighter_agent.notice.languages import language_of

from installers.windows.interpreter import windows_path
from tests.support.collector import Collector
from tests.support.listed import Listed, listed
from tests.support.outcome import Outcome, beyond, proven
from tests.wine.dialogs import set_opener
from tests.wine.prefix import Program, Wine

NAME = "Lamplighter"
# Wine's manager never learns of an end that it did not ask for: the service comes back under another name.
AGAIN = "LamplighterAgain"
ASSET_TAG = "LB-0412"
# Wine speaks the language of who starts it, which is English here.
WORDS = language_of("en")
MODULE = ("-m", "lamplighter_agent")
# Everything is slow there: the lists alone take long to be read.
PATIENCE_S = 180.0
BACK_S = 5.0


@dataclass(slots=True, kw_only=True)
class Device:
    """One device under wine, with its collector outside."""

    wine: Wine
    folder: Path
    collector: Collector
    name: str = NAME

    @property
    def state(self) -> Path:
        return self.folder / "state"

    @property
    def config(self) -> Path:
        return self.folder / "agent.toml"

    def status(self) -> dict[str, Any]:
        """Return what the service last wrote of itself; empty where it has not."""
        with contextlib.suppress(OSError, ValueError):
            found: dict[str, Any] = json.loads((self.state / "status.json").read_text(encoding="utf-8"))
            return found
        return {}

    def session(self) -> dict[str, Any]:
        return next(iter(self.status().get("sessions", [])), {})

    def until(self, what: str, look: Any) -> None:
        self.wine.patiently(look, what, seconds=PATIENCE_S)

    def verb(self, *words: str) -> str:
        """Run a verb of the command line."""
        return self.wine.python(*MODULE, *words, "--config", windows_path(self.config))

    def terms(self) -> list[str]:
        return [found["term"] for found in self.collector.report("detections") if found["term"]]

    def processes(self, verb: str) -> list[int]:
        """Return the processes of a verb in this wine, as this machine knows them."""
        wanted, here = f"lamplighter_agent {verb}", self.wine.folder.name
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                if wanted in command.replace('"', "") and here in command:
                    found.append(int(entry.name))
        return found


def check_whole(wine: Wine) -> list[Outcome]:
    """Install the service, enrol, type, kill either process, stop."""
    with _device(wine) as device, wine.inside("form.py") as form:
        sentences = iter(listed())
        _started(device)
        found = [*_enrolled(device), *_typed(device, form, next(sentences))]
        found += _helped(device)
        found += [_one_only(device), _sealed(device), _rights(device), _helper_killed(device)]
        found.append(_service_killed(device, form, next(sentences)))
        found.append(_stopped(device))
    return found


@contextlib.contextmanager
def _device(wine: Wine) -> Iterator[Device]:
    with tempfile.TemporaryDirectory(prefix="lamplighter-whole-") as folder:
        collector = Collector(Path(folder) / "school", organisation="Larkhill Bridge School")
        collector.folder.mkdir()
        device = Device(wine=wine, folder=Path(folder), collector=collector)
        state = windows_path(device.folder) + "\\state"
        device.config.write_text(f"[paths]\nstate = '{state}'\n", encoding="utf-8")
        with collector:
            collector.run("bundles", "publish")
            try:
                device.until("the manager to know the service", lambda: _made(device))
                yield device
            finally:
                wine.run("wine", "sc", "stop", device.name)


def _made(device: Device) -> bool:
    wine = device.wine
    command = wine.command_line(*MODULE, "service", "--config", windows_path(device.config))
    wine.run("wine", "sc", "create", device.name, "binPath=", command)
    return "STOPPED" in wine.run("wine", "sc", "query", device.name)


def _started(device: Device) -> None:
    # That of one that was killed stays, as its own word until somebody looks whether it runs.
    (device.state / "status.json").unlink(missing_ok=True)

    def begun() -> bool:
        if "RUNNING" not in device.wine.run("wine", "sc", "query", device.name):
            device.wine.run("wine", "sc", "start", device.name)
        return bool(device.status())

    device.until("the service's own word", begun)


def _enrolled(device: Device) -> list[Outcome]:
    not_before = not device.status()["enrolled"] and not device.status()["sensing"]
    told = device.collector.token()
    token = device.folder / "token"
    token.write_text(told["token"], encoding="utf-8")
    words = ["--collector", told["collector"], "--pin", told["pin"], "--asset-tag", ASSET_TAG]
    device.verb("enrol", *words, "--token-file", windows_path(token))
    device.until("the identity", (device.state / "identity").exists)
    device.wine.to_front(WORDS.notice.title, seconds=PATIENCE_S)
    asked_first = not device.status()["sensing"]
    device.wine.desktop.key("Return")
    device.until("sensing", lambda: device.status().get("sensing"))
    return [
        proven(
            "service: nothing is sensed before the person agreed to the notice, and then it is",
            holds=asked_first,
            otherwise="it sensed while the notice was asked",
        ),
        proven(
            "service: enrols with a real collector, and takes it up while it runs",
            holds=not_before and device.status()["enrolled"],
            otherwise="it sensed before, or is not enrolled after",
        ),
        proven(
            "service: starts a helper in the session, takes lists and policy of the collector",
            holds=device.session()["helper"] == "running" and device.status()["lists"]["terms"] > 0,
            otherwise=device.session()["helper"],
        ),
    ]


def _type(device: Device, form: Program, text: str) -> None:
    """Type into the plain field, which has the focus only once the secret one had it."""
    device.wine.to_front("A form")
    for field in ("secret", "plain"):
        form.tell(field)

        def focused(wanted: str = field) -> bool:
            form.tell("say")
            return form.values("focus")[-1:] == [wanted]

        form.until(focused, f"the focus on {field}")
    # A first key may be lost, and is counted.
    device.wine.desktop.type_text(f"so {text} ", delay_ms=80)


def _typed(device: Device, form: Program, one: Listed) -> list[Outcome]:
    _type(device, form, one.sentence)
    device.until("the word at the collector", lambda: one.term in device.terms())
    return [
        proven(
            "service: a word typed in a window is matched, stored, delivered: an incident at the collector",
            holds=bool(device.collector.report("incidents")),
            otherwise="no incident",
        )
    ]


def _helped(device: Device) -> list[Outcome]:
    """Press the help button of the strip, say yes, and then the rest of the strip."""
    seen = device.wine.report_of("opened.py")
    set_opener(device.wine, seen)
    width = device.wine.desktop.display.screen().width_in_pixels
    device.wine.desktop.run("xdotool", "mousemove", str(width - HELP_WIDTH // 2), "13", "click", "1")
    for _ in ("asked", "told"):
        device.wine.to_front(WORDS.help.title, seconds=PATIENCE_S)
        device.wine.desktop.key("Return")
        device.until("the end of the dialog", lambda: not device.wine.shows(WORDS.help.title))
    device.until("the press at the collector", lambda: "help-button" in " ".join(device.terms()))
    device.wine.desktop.run("xdotool", "mousemove", "40", "13", "click", "1")
    device.until("the page", lambda: "opened" in seen.read_text(encoding="utf-8"))
    return [
        proven("help button of the strip: asked, and an incident at the collector", holds=True, otherwise=""),
        proven("strip: a click opens the page of what is checked", holds=True, otherwise=""),
    ]


def _one_only(device: Device) -> Outcome:
    said = device.verb("service")
    return proven(
        "service: a second one on the same folder refuses to start",
        holds="another service uses it" in said,
        otherwise="it said something else",
    )


def _sealed(device: Device) -> Outcome:
    key = (device.state / "keys" / "device.key").stat().st_size
    return proven(
        "service: the device's key is sealed by DPAPI",
        holds=device.status()["spool"]["key"] == "DPAPI" and key > 32,
        otherwise="it lies open",
    )


def _rights(device: Device) -> Outcome:
    """Wine keeps no access lists of its own; kept apart, so that one that does says so."""
    mode = (device.state / "identity" / "key.pem").stat().st_mode & 0o077
    return beyond(
        "service: what it stores inherits the state folder's rights",
        shown=not mode,
        lacking="wine makes a file by the machine's own mode",
    )


def _helper_killed(device: Device) -> Outcome:
    (first,) = device.processes("session")
    began = time.monotonic()
    os.kill(first, signal.SIGKILL)
    device.until("another helper", lambda: any(one != first for one in device.processes("session")))
    seconds = time.monotonic() - began
    device.until("its sign", lambda: device.status().get("sensing") and device.session()["restarts"])
    return proven(
        "service: a helper that was killed is replaced within 5 s, and it senses again",
        holds=seconds < BACK_S,
        otherwise=f"{seconds:.1f} s",
    )


def _service_killed(device: Device, form: Program, one: Listed) -> Outcome:
    device.collector.stop()
    before = device.status()["spool"]["records"]
    _type(device, form, one.sentence)
    device.until("the word in the spool", lambda: device.status()["spool"]["records"] > before)
    (service,) = device.processes("service")
    os.kill(service, signal.SIGKILL)
    device.until("the helper's end", lambda: not device.processes("session"))
    device.collector.start()
    device.name = AGAIN
    device.until("the manager to know the service again", lambda: _made(device))
    _started(device)
    device.until("what it had kept", lambda: one.term in device.terms())
    return proven(
        "service: killed, its helper ends with it; started again it delivers what it had kept",
        holds=device.terms().count(one.term) == 1,
        otherwise=f"it came {device.terms().count(one.term)} times",
    )


def _stopped(device: Device) -> Outcome:
    device.until("sensing again", lambda: device.status().get("sensing"))
    device.until("the manager's word that it stopped", lambda: _ended(device))
    left = len(device.processes("session")) + len(device.processes("service"))
    return proven(
        "service: stopped by the manager it takes its helper and its status with it",
        holds=not left and not device.status(),
        otherwise=f"{left} processes are left",
    )


def _ended(device: Device) -> bool:
    device.wine.run("wine", "sc", "stop", device.name)
    return "STOPPED" in device.wine.run("wine", "sc", "query", device.name)
