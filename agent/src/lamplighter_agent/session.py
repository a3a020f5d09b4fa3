"""The session helper: eyes only. It shows the indicator, runs the sensors and says what they see.

The sensors run only while two things hold: the service allows it, and the indicator is really shown. Where
it is gone they have stopped within two seconds (`GONE_SECONDS`), that is reported to be recorded, and the
indicator is started anew; when it is shown again they go on. The helper ends when its connection to the
service ends: without the service there is nobody to see for. It holds no lists, no spool and no key, and
never talks to a network.
"""

import asyncio
from typing import Protocol

from lamplighter_protos.v1 import local_pb2 as pb
from lamplighter_protos.v1.detection_pb2 import LossNotice

from lamplighter_agent.backends.ports import Hardening, IndicatorPort, SensorState
from lamplighter_agent.errors import BackendUnavailable
from lamplighter_agent.local_ipc.client import LocalClient

GONE_SECONDS = 1.3
"""What is promised is two seconds, by when the last sensor has stopped.

Where nobody tells that the indicator is gone it is looked at every half second, and stopping takes a moment.
It is enough to put back what somebody else covered, and see that it stays (`SETTLE_LONG_S` of the strip).
"""
RETRY_SECONDS = 2.0


class Sensing(Protocol):
    """The sensors of this desktop."""

    async def start(self, *, typed: bool, titles: bool) -> None: ...

    async def stop(self) -> None: ...

    def states(self) -> list[SensorState]: ...


class Session:
    """Joins indicator, sensors and service. Everything happens on one loop."""

    def __init__(self, client: LocalClient, indicator: IndicatorPort, hardening: Hardening) -> None:
        self._client = client
        self._indicator = indicator
        self._hardening = hardening
        self._sensing: Sensing | None = None
        self._sensing_now = False
        self._allowed = False
        self._policy = pb.SensingPolicy()
        self._begin_anew = False
        self._starting: asyncio.Task[None] | None = None
        self._shown = False
        self._reason = "not started"
        # True from the moment it is shown until it has been gone for GONE_SECONDS.
        self._trusted = False
        self._gone: asyncio.TimerHandle | None = None
        # Since it was last shown: ends that were recorded, and whether its being gone was.
        self._ends = 0
        self._gone_recorded = False
        self._restart_indicator = True
        self._changed = asyncio.Event()

    def attach(self, sensing: Sensing) -> None:
        """Take the sensors, which need `changed` and so are made after us."""
        self._sensing = sensing

    def changed(self) -> None:
        """Look again: something that counts has changed."""
        self._changed.set()

    def on_policy(self, policy: pb.SensingPolicy) -> None:
        if policy != self._policy:
            # What runs was started for something else.
            self._begin_anew = policy.sensing
            self._policy = policy
            self._break_off()
        self._allowed = policy.sensing
        self.changed()

    def on_indicator(self, shown: bool, reason: str) -> None:  # noqa: FBT001 - IndicatorPort's signature
        """Take the indicator's word on itself."""
        self._shown, self._reason = shown, reason
        if shown:
            self._trusted = True
            self._ends, self._gone_recorded = 0, False
            self._cancel_timer()
        elif self._gone is None and self._trusted:
            self._gone = asyncio.get_running_loop().call_later(GONE_SECONDS, self._is_gone)
        self.changed()

    def _is_gone(self) -> None:
        self._gone = None
        self._trusted = False
        self._break_off()
        self._restart_indicator = True
        if not self._ends:
            self._gone_recorded = True
            self._record_gone()
        self.changed()

    def on_indicator_ended(self) -> None:
        """Record that another program ended the indicator, also where it is back before anything stops.

        One end is one record: not again what was recorded when the sensors stopped.
        """
        self._ends += 1
        if self._gone_recorded:
            self._gone_recorded = False
        else:
            self._record_gone()

    def _record_gone(self) -> None:
        self._client.report_unseen(LossNotice.REASON_INDICATOR_GONE, 1)

    def _cancel_timer(self) -> None:
        if self._gone is not None:
            self._gone.cancel()
            self._gone = None

    async def run(self) -> None:
        """Work until cancelled; then no sensor runs and the indicator is taken down last."""
        try:
            while True:
                self._changed.clear()
                await self._settle()
                self._client.report_status(self.status())
                await self._changed.wait()
        finally:
            self._cancel_timer()
            await self._stop_sensing()
            await self._indicator.stop()

    async def _settle(self) -> None:
        """Make the sensors run exactly when they may."""
        may = self._allowed and self._trusted
        if not may or self._begin_anew:
            self._begin_anew = False
            await self._stop_sensing()
        # After the sensors stopped, before they start: it never says "off" while something is sensed.
        self._indicator.says(on=self._allowed, rests_until=self._policy.rests_until)
        if self._restart_indicator:
            await self._start_indicator()
        if self._allowed and self._trusted and not self._sensing_now and self._sensing is not None:
            self._sensing_now = True
            await self._start_sensing(self._sensing, self._policy)

    async def _start_sensing(self, sensing: Sensing, policy: pb.SensingPolicy) -> None:
        """Start the sensors, until that is done or `_break_off`: a bus that answers nothing takes long."""
        starts = sensing.start(typed=not policy.typed_off, titles=not policy.titles_off)
        starting = self._starting = asyncio.create_task(starts, name="start of the sensors")
        try:
            await asyncio.wait({starting})
        finally:
            self._starting = None
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
        if not starting.cancelled():
            starting.result()

    def _break_off(self) -> None:
        """End a start of the sensors that may not go on: what has begun is stopped by the next `_settle`."""
        if self._starting is not None:
            self._starting.cancel()

    async def _stop_sensing(self) -> None:
        if self._sensing_now and self._sensing is not None:
            self._sensing_now = False
            await self._sensing.stop()

    async def _start_indicator(self) -> None:
        self._restart_indicator = False
        await self._indicator.stop()
        try:
            await self._indicator.start(self.on_indicator)
        except BackendUnavailable as unavailable:
            self._shown, self._reason = False, f"{unavailable.reason}; {unavailable.remedy}"
            asyncio.get_running_loop().call_later(RETRY_SECONDS, self._try_again)

    def _try_again(self) -> None:
        self._restart_indicator = True
        self.changed()

    def status(self) -> pb.ReportStatus:
        """Return what the service is told at each change."""
        states = [] if self._sensing is None else self._sensing.states()
        return pb.ReportStatus(
            indicator_shown=self._shown,
            indicator_reason=self._reason,
            sensors=[
                pb.SensorState(
                    sensor=state.sensor,
                    working=state.working and self._sensing_now,
                    backend=state.backend,
                    reason=state.reason,
                    remedy=state.remedy,
                    seen=state.seen,
                    dropped=state.dropped,
                    quiet_minutes=state.quiet_minutes,
                )
                for state in states
            ],
            hardening=pb.ProcessHardening(
                not_dumpable=self._hardening.not_dumpable,
                no_core=self._hardening.no_core,
                memory_locked=self._hardening.memory_locked,
                reason=self._hardening.reason,
            ),
        )
