"""A scanner of portable media whose outcomes a test decides."""

import asyncio
from collections.abc import Callable

from lamplighter_agent.backends.media_ports import Volume
from lamplighter_agent.backends.ports import SensorState
from lamplighter_agent.media.scan.outcome import Reason, ScanLimits, ScanOutcome

CLEAN = ScanOutcome(reason=Reason.CLEAN, files=3, bytes=70, digest="ab" * 32, engine="ClamAV 1.4.6")


class FakeScanner:
    """Fills `MediaScanner`. While `go_on` is cleared no scan ends; `outcomes` are taken in turn."""

    name = "fake"

    def __init__(self, *outcomes: ScanOutcome) -> None:
        self.outcomes = list(outcomes) or [CLEAN]
        self.scanned: list[tuple[Volume, ScanLimits | None, str]] = []
        # By which limits it was asked how it is.
        self.asked: list[ScanLimits | None] = []
        self.prepared = 0
        self.go_on = asyncio.Event()
        self.go_on.set()

    def prepare(self) -> None:
        self.prepared += 1

    async def scan(
        self,
        volume: Volume,
        progress: Callable[[int, int], None],
        *,
        limits: ScanLimits | None = None,
        known: str = "",
    ) -> ScanOutcome:
        self.scanned.append((volume, limits, known))
        outcome = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        progress(outcome.files // 2, outcome.bytes // 2)
        await self.go_on.wait()
        return outcome

    async def state(self, limits: ScanLimits | None = None) -> SensorState:
        self.asked.append(limits)
        return SensorState(sensor="scan of portable media", working=True, backend=self.name)
