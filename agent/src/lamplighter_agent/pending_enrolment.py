"""Has a device that is not enrolled enrol by itself, with what a technician left for it to enrol with.

The service looks for that every few seconds, on such a device alone, and starts a program that tries
(`pending_command.py`). Without a network it is tried again at growing distances; what only a person can help
against (a wrong pin, a used token) is not tried again before something else lies there. Nothing is sensed
meanwhile, and why not is said in plain words.
"""

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import structlog

from lamplighter_agent.backends.pending_port import PendingPlace
from lamplighter_agent.delivery.backoff import Backoff, BackoffSettings
from lamplighter_agent.enrolment.pending import Outcome, Tried, tried_in

_log = structlog.get_logger(__name__)
LOOK_SECONDS: Final = 10.0
# A room of laptops that are imaged at once asks over some seconds; one that is away costs next to nothing.
_PACE: Final = BackoffSettings(base_seconds=5.0, cap_seconds=300.0)
# The handshake and the call have limits of their own, below this.
_TRIES_FOR_SECONDS: Final = 120.0
_NO_ANSWER: Final = Tried(outcome=Outcome.LATER, problem="the program that enrols gave no answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingPorts:
    """Who is told what."""

    # Why this device is not enrolled has changed; empty while nothing is left to enrol with.
    waiting: Callable[[str], None]
    enrolled: Callable[[], None]


def command_for(config: Path) -> list[str]:
    """Return the command line of one try."""
    return [sys.executable, "-I", "-m", "lamplighter_agent", "enrol-left", "--config", str(config)]


class PendingEnrolment:
    """For the life of a service on a device that is not enrolled."""

    def __init__(
        self,
        place: PendingPlace,
        command: Sequence[str],
        ports: PendingPorts,
        *,
        backoff: Backoff | None = None,
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        self._place = place
        self._command = command
        self._ports = ports
        self._backoff = backoff or Backoff(_PACE)
        self._look_seconds = look_seconds
        self._last: Tried | None = None
        self._tries = 0

    def describe(self) -> dict[str, Any] | None:
        """Return what `status` says; None while nothing is left to enrol with."""
        if self._last is None:
            return None
        about = {"outcome": self._last.outcome.value, "problem": self._last.problem, "tries": self._tries}
        return about | {"where": self._place.where}

    async def run(self) -> None:
        """Look and try until this device is enrolled, or until cancelled."""
        while True:
            mark = await self._something()
            self._last = tried = await self._tried()
            self._tries += 1
            if tried.outcome is Outcome.ENROLLED:
                if tried.problem:
                    _log.warning("enrolment_left_behind", problem=tried.problem)
                _log.info("enrolled_by_itself", tries=self._tries)
                self._ports.enrolled()
                return
            self._tell(tried)
            await self._until_other(mark, self._backoff.next() if tried.outcome is Outcome.LATER else None)

    async def tidy(self) -> None:
        """On a device that is enrolled: remove what it was enrolled with, where that is left; once."""
        if self._place.mark() is not None:
            tried = await self._tried()
            _log.warning("enrolment_was_left", outcome=tried.outcome.value, problem=tried.problem)

    async def _something(self) -> object:
        """Return the mark of what was left, once something is."""
        while (mark := self._place.mark()) is None:
            if self._last is not None:
                self._last, self._tries = None, 0
                self._ports.waiting("")
            await asyncio.sleep(self._look_seconds)
        return mark

    async def _until_other(self, mark: object, seconds: float | None) -> None:
        """Return when something else lies there, or after `seconds`, where that is told."""
        while seconds is None or seconds > 0:
            pause = self._look_seconds if seconds is None else min(seconds, self._look_seconds)
            await asyncio.sleep(pause)
            if self._place.mark() != mark:
                self._backoff.reset()
                return
            seconds = None if seconds is None else seconds - pause

    def _tell(self, tried: Tried) -> None:
        again = "; it tries again by itself" if tried.outcome is Outcome.LATER else ""
        _log.warning(
            "enrolment_failed", outcome=tried.outcome.value, problem=tried.problem, tries=self._tries
        )
        self._ports.waiting(f"not enrolled yet: {tried.problem}{again}" if tried.problem else "")

    async def _tried(self) -> Tried:
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                # What we have open is not inherited anyway, and so a Mac spawns.
                close_fds=False,
            )
        except OSError:
            return _NO_ANSWER
        assert process.stdout is not None
        try:
            async with asyncio.timeout(_TRIES_FOR_SECONDS):
                line = await process.stdout.readline()
        except (TimeoutError, ValueError):
            line = b""
        finally:
            await _ended(process)
        return tried_in(line) or _NO_ANSWER


async def _ended(process: asyncio.subprocess.Process) -> None:
    """Have it ended, whatever it does. Once it has answered it has nothing left to do."""
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    await asyncio.shield(asyncio.create_task(process.wait(), name="end of a try to enrol"))
