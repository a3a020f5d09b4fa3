"""Watches how long the collector has been silent; judges nothing itself, `silence` does.

Looked at every few minutes, since a wall clock may be set at any time. Running time is the kernel's, which
no clock setting moves, and is kept on disk as it grows.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from lamplighter_agent.clock import Clock
from lamplighter_agent.enrolment.contact import ContactFile
from lamplighter_agent.enrolment.silence import SILENT_DAYS, Silence, ran, silence

LOOK_SECONDS: Final = 300.0


class Vigil:
    """One task for the life of the service. `changed` is told each change of what holds.

    `running` says the seconds since this device was started, those asleep among them.
    """

    def __init__(
        self,
        file: ContactFile,
        clock: Clock,
        *,
        changed: Callable[[Silence], None],
        running: Callable[[], float],
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        self._file = file
        self._clock = clock
        self._changed = changed
        self._running = running
        self._look_seconds = look_seconds
        self._heard = asyncio.Event()
        self._counted_to = running()
        self.silent_days = SILENT_DAYS
        self.now = self._look()

    def heard(self) -> None:
        """Take note of an answer of the collector."""
        self._file.heard(self._clock.now())
        if self.now is not Silence.HEARD:
            self._heard.set()

    def silent_after(self, days: int) -> None:
        """Take the school's word on how long silence may last."""
        if days != self.silent_days:
            self.silent_days = days
            self._heard.set()

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            # Not asyncio.wait_for: where something is heard as we are cancelled it forgets the cancellation.
            heard = asyncio.create_task(self._heard.wait(), name="heard")
            try:
                await asyncio.wait({heard}, timeout=self._look_seconds)
            finally:
                heard.cancel()
            self._heard.clear()
            found = self._look()
            if found is not self.now:
                self.now = found
                self._changed(found)

    def _look(self) -> Silence:
        now, running = self._clock.now(), self._running()
        contact = ran(self._file.contact, now, running - self._counted_to, silent_days=self.silent_days)
        self._counted_to = running
        self._file.becomes(contact)
        return silence(contact, now, silent_days=self.silent_days)
