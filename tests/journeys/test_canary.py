"""Secrets typed everywhere a pupil could type one are found nowhere that Lamplighter writes.

Each secret carries a listed sentence between two random words: had it been read, it would have matched and
its words would lie in the evidence. Each toolkit has a control in the same run: a listed sentence in an
ordinary field is found. Each store that is searched shows a planted control.
"""

import http.client
import os
import secrets
import string
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from lamplighter_collector.config import load
from lamplighter_collector.db.schema import metadata
from lamplighter_collector.keys.fields import sealed_fields
from lamplighter_collector.keys.sealing import Seals
from lamplighter_collector.keys.services import open_ring
from sqlalchemy import create_engine, literal, select

from tests.journeys.search import captured_loopback, command_lines, contains, files_below
from tests.journeys.stack import Stack
from tests.journeys.terminals import shell_of, wait_for_tty
from tests.support.listed import Listed, listed
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.canary, pytest.mark.root, pytest.mark.timeout(400)]

PAGE = """<!doctype html><title>Sign in {number}</title>
<input id=first type={kind} autofocus aria-label=Answer>"""


def word() -> str:
    return "zq" + "".join(secrets.choice(string.ascii_lowercase) for _ in range(12))


class Canary:
    """Types secrets and controls, remembers both, and says what was found."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.secrets: list[str] = []
        self.seen_commands = b""
        self.controls: list[Listed] = []
        self._sentences: Iterator[Listed] = iter(listed())

    def secret(self, *, then: str | None = "Return") -> None:
        """Type a secret with a listed sentence inside, then a key."""
        before, after = word(), word()
        self.secrets += [before, after]
        self.stack.desktop.type_text(f"{before} {next(self._sentences).sentence} {after}")
        if then:
            self.stack.desktop.key(then)
        self.seen_commands += command_lines()

    def ordinary(self) -> None:
        """Type words that no list knows into an ordinary field."""
        unknown = word()
        self.secrets.append(unknown)
        self.stack.desktop.type_text(f"{unknown} is my favourite place ")

    def control(self) -> None:
        """Type a listed sentence into an ordinary field and wait until the collector has it."""
        known = next(self._sentences)
        self.controls.append(known)
        self.stack.desktop.type_text(known.sentence + " ")
        wait_for(
            lambda: any(found["term"] == known.term for found in self.stack.read("detections")),
            f"the control {known.term}",
            seconds=60,
            step=0.2,
        )


@pytest.fixture
def canary(stack: Stack, tmp_path: Path) -> Iterator[Canary]:
    capture = tmp_path / "loopback.pcap"
    with captured_loopback(capture):
        stack.start_service()
        running = Canary(stack)
        yield running
        marker = word()
        stores = planted(stack, marker, running.seen_commands)
    stores["loopback traffic"] = capture.read_bytes()
    for name, content in stores.items():
        assert contains(content, marker), f"the search of {name} does not work"
        found = [number for number, secret in enumerate(running.secrets) if contains(content, secret)]
        assert not found, f"{len(found)} of {len(running.secrets)} secrets in {name}: {found}"
    # The collector keeps words sealed: as it lies there not even a control is found, but which term it was.
    database = b"".join(files_below(stack.folder / "collector").values())
    assert all(contains(database, control.term) for control in running.controls)
    assert not [word for word in (*running.secrets, *known_words(running)) if contains(database, word)]
    # Opened with its keys, the controls are there and still no secret.
    words = opened(stack)
    assert all(contains(words, word) for word in known_words(running))
    assert not [secret for secret in running.secrets if contains(words, secret)]


def known_words(canary: Canary) -> list[str]:
    return [control.words for control in canary.controls]


def opened(stack: Stack) -> bytes:
    """Return everything that is sealed in the collector's store, opened with its keys."""
    config = load(stack.collector.config)
    engine, ring = create_engine(config.store_url), open_ring(config)
    seals, found = Seals(ring, config.organisation), []
    with engine.connect() as connection:
        for field in sealed_fields(metadata):
            subject = literal("") if field.subject is None else field.subject
            for whose, sealed in connection.execute(
                select(subject, field.column).where(field.column.is_not(None))
            ):
                seals.fetch({whose})
                found.append(seals.open(whose, field.name, sealed))
    ring.close()
    engine.dispose()
    return "\n".join(found).encode()


def planted(stack: Stack, marker: str, seen_commands: bytes) -> dict[str, bytes]:
    """Write a marker into every kind of store, and return what each holds then."""
    folders = {
        "the spool": stack.state / "spool",
        "the agent's state": stack.state,
        "the agent's runtime folder": stack.folder / "agent-run",
        "logs": stack.folder / "logs",
    }
    for folder in folders.values():
        (folder / "control").write_text(marker)
    stores = {name: b"\n".join(files_below(folder).values()) for name, folder in folders.items()}
    parts = urlsplit(stack.collector.web)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
    connection.request("GET", f"/?control={marker}")
    connection.getresponse().read()
    connection.close()
    with subprocess.Popen(["sleep", "30"], env={"CONTROL": marker}) as holder:
        shown = Path(f"/proc/{holder.pid}/environ")
        wait_for(lambda: marker.encode() in shown.read_bytes(), "the control's environment")
        stores["command lines and environments"] = seen_commands + command_lines()
        holder.kill()
    return stores


@pytest.mark.parametrize("toolkit", ["gtk", "qt"])
def test_password_fields_of_toolkits(canary: Canary, toolkit: str, qt_python: str) -> None:
    desktop = canary.stack.desktop
    qt: Callable[..., object] = partial(desktop.open_qt_field, python=qt_python)
    opener = desktop.open_gtk_entry if toolkit == "gtk" else qt
    opener("Password", secret=True)
    canary.secret(then=None)
    opener("Notes")
    canary.ordinary()
    canary.control()


def test_terminals(canary: Canary) -> None:
    desktop = canary.stack.desktop
    window = desktop.open_xterm("Terminal")
    shell = shell_of(window.process.pid)
    wait_for_tty(shell, name="bash", canonical=False, echo=False)
    canary.ordinary()
    canary.control()
    desktop.key("ctrl+c")

    def command(line: str) -> None:
        desktop.type_text(line)
        desktop.key("Return")

    command("read -s answer")
    wait_for_tty(shell, name="bash", canonical=True, echo=False)
    canary.secret()

    command("read -sn 400 answer")
    wait_for_tty(shell, name="bash", canonical=False, echo=False)
    canary.secret(then=None)
    desktop.key("ctrl+c")

    command("/usr/bin/python3 -c 'import getpass; getpass.getpass()'")
    wait_for_tty(shell, name="python3", canonical=True, echo=False)
    canary.secret()

    command("vim -u NONE")
    wait_for_tty(shell, name="vim", canonical=False, echo=False)
    desktop.type_text(":X")
    desktop.key("Return")
    canary.secret()
    canary.secret()
    # The two keys differ, so vim asks again until it is told to stop.
    desktop.key("ctrl+c", "Escape")
    command(":q!")
    wait_for_tty(shell, name="bash", canonical=False, echo=False)

    command("tmux -f /dev/null")
    wait_for_tty(shell, name="tmux", canonical=False, echo=False)
    canary.secret()
    desktop.key("ctrl+d")
    wait_for_tty(shell, name="bash", canonical=False, echo=False)
    # A line of which any part was typed into something secret is dropped whole: begin another.
    desktop.key("Return")
    canary.control()


@pytest.mark.machine
def test_sudo_that_shows_stars(canary: Canary) -> None:
    rule = Path("/etc/sudoers.d/lamplighter-test")
    rule.write_text("Defaults pwfeedback\n")
    rule.chmod(0o440)
    try:
        window = canary.stack.desktop.open_xterm("Terminal")
        shell = shell_of(window.process.pid)
        wait_for_tty(shell, name="bash", canonical=False, echo=False)
        canary.control()
        canary.stack.desktop.key("ctrl+c")
        canary.stack.desktop.type_text("sudo true")
        canary.stack.desktop.key("Return")
        wait_for(lambda: "sudo" in " ".join(names_of_tty(shell)), "sudo asking")
        wait_for_tty(shell, name="sudo", canonical=False, echo=False)
        canary.secret()
        canary.stack.desktop.key("ctrl+c")
    finally:
        rule.unlink()


def names_of_tty(shell: int) -> list[str]:
    """Return the names of the shell's children."""
    listed_children = Path(f"/proc/{shell}/task/{shell}/children").read_text().split()
    return [Path(f"/proc/{pid}/comm").read_text().strip() for pid in listed_children]


def test_chromium_password_field(canary: Canary, tmp_path: Path) -> None:
    desktop = canary.stack.desktop
    pages = {}
    for number, kind in enumerate(("password", "text")):
        pages[kind] = desktop.home / f"{kind}.html"
        pages[kind].write_text(PAGE.format(number=number, kind=kind))
    flags = [
        "--force-renderer-accessibility",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--password-store=basic",
        f"--user-data-dir={desktop.home / 'chromium'}",
    ]
    window = desktop.open_window(
        ["chromium", *flags, f"--app=file://{pages['password']}"], "Sign in 0", stdout=subprocess.DEVNULL
    )
    canary.secret(then=None)
    desktop.close(window)
    desktop.open_window(
        ["chromium", *flags, f"--app=file://{pages['text']}"], "Sign in 1", stdout=subprocess.DEVNULL
    )
    canary.ordinary()
    canary.control()


@pytest.mark.machine
def test_abort_leaves_no_core(stack: Stack, tmp_path: Path) -> None:
    pattern = Path("/proc/sys/kernel/core_pattern")
    before = pattern.read_text()
    cores = Path("/var/tmp/lamplighter-cores")
    cores.mkdir(mode=0o777, exist_ok=True)
    cores.chmod(0o777)
    pattern.write_text(f"{cores}/core.%p")
    try:
        stack.start_service()
        assert stack.service is not None
        helper, service = stack.helper_pid(), stack.service.pid
        os.kill(helper, 6)
        os.kill(service, 6)
        stack.service.wait(20)
        wait_for(lambda: not Path(f"/proc/{helper}").exists(), "the helper gone")
        assert not list(cores.iterdir())

        marker = word()
        holder = "import os, resource, sys; resource.setrlimit(resource.RLIMIT_CORE, (-1, -1)); os.abort()"
        subprocess.run(["/usr/bin/python3", "-c", holder, marker], check=False)
        (core,) = cores.iterdir()
        assert contains(core.read_bytes(), marker)
    finally:
        pattern.write_text(before)
        for left in cores.iterdir():
            left.unlink()
        cores.rmdir()
