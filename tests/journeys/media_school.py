"""A school with one device and sticks: a whole Lamplighter whose service lives in a world for portable media.

Collector, agent, desktop, udevd, UDisks2, polkitd and clamd are all real; only a stick's hardware is not.
"""

import contextlib
import itertools
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from tests.journeys.stack import Stack, running_stack
from tests.support.clamav import Clamd, running_clamd
from tests.support.media_world import Identity, MediaWorld, WorldStick, media_world
from tests.support.waiting import wait_for

# Of each file of tests in a school.
MARKS: Final = (pytest.mark.journey, pytest.mark.media, pytest.mark.machine, pytest.mark.timeout(600))
ESSAY: Final = {"essay.txt": b"about lamps\n"}
# udev, the scan and a busy machine.
SECONDS: Final = 60.0
DRIVE: Final = Identity().interfaces
_numbers = itertools.count()


@dataclass(slots=True)
class School:
    """What runs, and what people do there."""

    stack: Stack
    world: MediaWorld
    clamd: Clamd
    # What UDisks said last.
    said: str = ""

    # --- the technician ---

    def grant(self, serial: str, *more: str, to: str = "", span: str = "2h") -> str:
        """Permit a stick and return the permission's id; it is on the device when this returns."""
        before = self.media()["register"]["version"]
        whom = to or f"person:{self.stack.account.name}"
        arguments = ["--medium", f"usb:0951:1666:{serial}", "--to", whom, "--for", span]
        made = self._media("grant", *arguments, "--reason", "a journey", *(more or ("--read-write",)))
        wait_for(
            lambda: self.media()["register"]["version"] > before,
            "the register on the device",
            seconds=SECONDS,
        )
        return str(made[0]["id"])

    def revoke(self, permission: str) -> None:
        self._media("revoke", permission)

    def unlock_code(self, serial: str) -> str:
        (told,) = self._media("unlock-code", "AV-0042", "--serial", serial)
        return str(told["code"])

    def requests(self, serial: str) -> list[dict[str, Any]]:
        """What was asked for a stick and nobody has answered."""
        return [one for one in self._media("requests") if one["medium"].endswith(f":{serial}")]

    def receipts(self, serial: str) -> list[dict[str, Any]]:
        """What the collector has of a stick, the oldest first."""
        found = [one for one in self._media("receipts") if one["medium"].endswith(f":{serial}")]
        return found[::-1]

    def wait_for_receipt(self, serial: str, verdict: str, *, count: int = 1) -> dict[str, Any]:
        def arrived() -> dict[str, Any] | None:
            found = self.receipts(serial)
            return found[-1] if len(found) >= count and found[-1]["verdict"] == verdict else None

        return wait_for(arrived, f"receipt {verdict}", seconds=SECONDS, step=0.3)

    def _media(self, *verb: str) -> list[dict[str, Any]]:
        command = [sys.executable, "-m", "lamplighter_collector", "media", *verb]
        command += ["--config", str(self.stack.collector.config), "--json"]
        done = subprocess.run(command, capture_output=True, check=False, text=True)
        assert done.returncode == 0, (verb, done.stderr)
        found: list[dict[str, Any]] = json.loads(done.stdout)
        return found

    # --- the device ---

    def media(self) -> dict[str, Any]:
        told: dict[str, Any] = self.stack.status().get("media", {})
        return told

    def wait_for(self, step: str, reason: str, *, seconds: float = SECONDS) -> None:
        """Return once this is decided of the one stick that is in."""

        def decided() -> bool:
            inside = self.media().get("media", [])
            return [(one["step"], one["reason"]) for one in inside] == [(step, reason)]

        try:
            wait_for(decided, f"{step} {reason}", seconds=seconds, step=0.05)
        except AssertionError as error:
            raise AssertionError(f"{error}: {self.media()}") from error

    def start(self) -> None:
        """Start the service, and return once it enforces."""
        self.stack.begin_service(within=self.world.command())
        self.stack.wait_until_watching()
        wait_for(lambda: self.media().get("enforced"), "enforcement", seconds=SECONDS)

    # --- the person ---

    def mount(self, stick: WorldStick, *options: str) -> str:
        """Mount it as a file manager does for them; return where, or "" where that is refused."""
        extra = ("--options", ",".join(options)) if options else ()
        self.said = said = self.does("udisksctl", "mount", "--no-user-interaction", "-b", stick.node, *extra)
        return said.split(" at ")[1].strip().rstrip(".") if said.startswith("Mounted ") else ""

    def mounted(self, stick: WorldStick) -> str:
        """Mount what is released; return where.

        Tried again for a while, for what is not the gate's: another run of the tests on this machine may have
        a udevd of its own, and daemons of one network namespace are heard by each other's UDisks. That one
        does not know this stick, so UDisks takes it for a disk of the system until ours has spoken, and asks
        polkit for another right. And polkit may wait in vain for its own helper (`MediaWorld.mount_as`).
        """
        try:
            return wait_for(lambda: self.mount(stick), "mounted", seconds=SECONDS, step=0.3)
        except AssertionError as error:
            raise AssertionError(f"{error}: {self.said}") from error

    def unmount(self, stick: WorldStick) -> None:
        self.does("udisksctl", "unmount", "--no-user-interaction", "-b", stick.node)

    def does(self, *arguments: str) -> str:
        """Run something as the person; return what it said."""
        return self.world.run(*self._become, *arguments)

    @property
    def _become(self) -> tuple[str, ...]:
        account = self.stack.account
        return ("setpriv", f"--reuid={account.uid}", f"--regid={account.gid}", "--clear-groups", "--")

    @contextlib.contextmanager
    def keeping(self, place: str, *, as_root: bool) -> Iterator[subprocess.Popen[bytes]]:
        """Have a folder open in a program, of the person's or of the system's."""
        waits = ("sh", "-c", f"cd {place} && echo ready && exec sleep 600")
        become = () if as_root else self._become
        with self.world.start(*become, *waits, stdout=subprocess.PIPE) as running:
            assert running.stdout is not None
            assert running.stdout.readline() == b"ready\n"
            try:
                yield running
            finally:
                running.kill()

    def make(
        self, serial: str, files: Mapping[str, bytes] = ESSAY, *, interfaces: str = DRIVE, **about: Any
    ) -> WorldStick:
        identity = Identity(serial=serial, interfaces=interfaces)
        return self.world.make_stick(f"stick-{next(_numbers)}", files=files, identity=identity, **about)

    @contextlib.contextmanager
    def stick(self, serial: str, files: Mapping[str, bytes] = ESSAY, **about: Any) -> Iterator[WorldStick]:
        """Put a stick in, and take it out at the end."""
        made = self.make(serial, files, **about)
        with self.inside(made):
            yield made

    @contextlib.contextmanager
    def inside(self, made: WorldStick) -> Iterator[WorldStick]:
        self.world.put_in(made)
        try:
            yield made
        finally:
            self.world.take_out(made)
            wait_for(lambda: not self.media().get("media"), "the stick's removal", seconds=SECONDS)


@contextlib.contextmanager
def media_school(command: Path) -> Iterator[School]:
    """Run all of it, with the service watching and enforcing."""
    with ExitStack() as opened:
        clamd = opened.enter_context(running_clamd())
        stack = opened.enter_context(running_stack(command))
        folder = stack.folder / "world"
        folder.mkdir()
        world = opened.enter_context(media_world(folder))
        world.run("sh", "-c", f"mkdir /run/clamav && ln -s {clamd.socket} /run/clamav/clamd.ctl", check=True)
        school = School(stack, world, clamd)
        school.start()
        yield school
        # Before the world goes, in which it lives.
        if stack.service is not None and stack.service.poll() is None:
            stack.stop_service()
