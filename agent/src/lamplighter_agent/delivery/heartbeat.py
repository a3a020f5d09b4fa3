"""Says how the device is, over the courier's own connection: `Health.Beat`.

At the start of each connection, every five minutes, and when what the device can see has changed; never
sooner than ten seconds after the last one. The period is spread by a tenth, so that a school's devices that
were switched on together do not stay together. A heartbeat that fails is not sent again: the next one says
more. It never disturbs delivery.
"""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Final

import grpc
import structlog
from lamplighter_protos.v1.health_pb2 import Capability
from lamplighter_protos.v1.health_pb2 import Heartbeat as Message
from lamplighter_protos.v1.health_pb2_grpc import HealthStub

from lamplighter_agent.clock import Clock

_ANSWER_SECONDS: Final = 20.0
_SPREAD: Final = 0.1
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often. Seconds."""

    period: float = 300.0
    soonest: float = 10.0


class Heartbeat:
    """For the life of the service, on its loop. `content` is asked for what to say each time."""

    def __init__(
        self,
        content: Callable[[], Awaitable[Message]],
        *,
        clock: Clock,
        heard: Callable[[], None],
        pace: Pace | None = None,
    ) -> None:
        """Take what it works with; `heard` is told of each answer of the collector."""
        self._content = content
        self._clock = clock
        self._heard = heard
        self._pace = pace or Pace()
        self._said: list[Capability] | None = None
        # How far this device's clock is behind the collector's, by its last answer; None before one.
        self.clock_behind_s: float | None = None
        self._due = asyncio.Event()

    def look(self, capabilities: Sequence[Capability]) -> None:
        """Take note of what the device can see now; where it is news, the next heartbeat is due."""
        if self._said is not None and list(capabilities) != self._said:
            self._due.set()

    async def run(self, channel: grpc.aio.Channel) -> None:
        """Send over this channel until cancelled."""
        while True:
            self._due.clear()
            try:
                await self._send(channel)
            except grpc.aio.AioRpcError as error:
                _log.warning("beat_failed", problem=error.code().name)
            await asyncio.sleep(self._pace.soonest)
            spread = random.uniform(1 - _SPREAD, 1 + _SPREAD)  # noqa: S311 - only spreads the load
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._pace.period * spread - self._pace.soonest):
                    await self._due.wait()

    async def _send(self, channel: grpc.aio.Channel) -> None:
        message = await self._content()
        self._said = list(message.capabilities)
        message.sent_at.FromDatetime(self._clock.now())
        reply = await HealthStub(channel).Beat(message, timeout=_ANSWER_SECONDS)
        if reply.HasField("received_at"):
            # It came at some time between the two.
            received, sent = (one.ToDatetime(tzinfo=UTC) for one in (reply.received_at, message.sent_at))
            waited = max(0.0, (self._clock.now() - sent).total_seconds())
            self.clock_behind_s = round((received - sent).total_seconds() - waited / 2, 1)
        self._heard()
