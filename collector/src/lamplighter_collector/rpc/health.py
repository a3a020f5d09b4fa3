"""``Health.Beat``: a device says every few minutes how it is; the last word of each is kept.

What it says is bounded here before it becomes anything: numbers that a store can hold, short texts of one
line. Raw bytes reach this handler, as in `deliver`, and authentication is here.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from google.protobuf.message import DecodeError
from google.protobuf.timestamp_pb2 import Timestamp
from lamplighter_keywords.bundles.bundle import LARGEST_NUMBER
from lamplighter_protos.v1 import health_pb2

from lamplighter_collector.db.transact import Transact
from lamplighter_collector.devices import beats
from lamplighter_collector.devices.beats import Beat, Capability
from lamplighter_collector.devices.identity import DeviceName
from lamplighter_collector.errors import MessageMalformed
from lamplighter_collector.rpc.admission import Admission, Stream
from lamplighter_collector.rpc.allowance import Allowance
from lamplighter_collector.rpc.server import Handler, unary
from lamplighter_collector.rpc.status_map import guarded

BEATS_IN_FIVE_MINUTES: Final = 30
BEAT_BYTES: Final = 32 << 10
CAPABILITIES: Final = 32
_COUNTS: Final = 64
_NAME: Final = re.compile(r"[A-Za-z0-9 .,_()+/-]{0,64}")
_LONGEST_SENTENCE: Final = 400
_NUMBERS: Final = ("spool_records", "spool_bytes", "sessions", "helper_restarts", "suspended_seconds")


class Health:
    """The handler of one collector, shared by all devices."""

    def __init__(
        self,
        admission: Admission,
        transact: Transact,
        now: Callable[[], datetime],
    ) -> None:
        self._admission = admission
        self._transact = transact
        self._now = now
        self._allowance = Allowance(BEATS_IN_FIVE_MINUTES, 300)

    def methods(self) -> Mapping[str, Handler]:
        return {"Beat": unary(self.beat)}

    async def beat(self, raw: bytes, stream: Stream) -> bytes:
        """Keep one heartbeat, or answer with the status of what went wrong."""
        async with guarded(stream, "beat"), self._admission.entered(stream) as origin:
            return await self._keep(raw, origin)

    async def _keep(self, raw: bytes, origin: DeviceName) -> bytes:
        self._allowance.take(origin.device)
        beat = beat_from(raw, origin)
        now = int(self._now().timestamp() * 1000)
        await self._transact(lambda store: beats.record(store, origin, beat, now))
        received = Timestamp()
        received.FromMilliseconds(now)
        reply = health_pb2.HeartbeatReply(organisation=origin.organisation, received_at=received)
        return reply.SerializeToString()


def beat_from(raw: bytes, origin: DeviceName) -> Beat:
    """What a device said.

    Raises:
        MessageMalformed: it is too long, can't be decoded, is another school's, or is no heartbeat of ours.
    """
    if len(raw) > BEAT_BYTES:
        raise MessageMalformed
    try:
        said = health_pb2.Heartbeat.FromString(raw)
        sent_at = said.sent_at.ToMilliseconds()
        said.sent_at.ToDatetime()
    except (DecodeError, ValueError, OverflowError):
        raise MessageMalformed from None
    many = len(said.capabilities) > CAPABILITIES or len(said.counts) > _COUNTS
    if many or said.organisation != origin.organisation or not said.HasField("sent_at"):
        raise MessageMalformed
    texts = (said.agent_version, said.platform, said.list_version, said.policy_version)
    numbers = [getattr(said, name) for name in _NUMBERS] + list(said.counts.values())
    named = all(map(_NAME.fullmatch, (*texts, *said.counts)))
    if not named or max(numbers) > LARGEST_NUMBER or not -1 <= said.battery_percent <= 100:
        raise MessageMalformed
    return Beat(
        sent_at=sent_at,
        agent_version=said.agent_version,
        platform=said.platform,
        list_version=said.list_version,
        policy_version=said.policy_version,
        capabilities=tuple(_capability(one) for one in said.capabilities),
        counts=dict(said.counts),
        spool_records=said.spool_records,
        spool_bytes=said.spool_bytes,
        battery_percent=said.battery_percent,
        on_battery=said.on_battery,
        sessions=said.sessions,
        sensing=said.sensing,
        resting=said.resting,
        helper_restarts=said.helper_restarts,
        suspended_seconds=said.suspended_seconds,
    )


def _capability(said: health_pb2.Capability) -> Capability:
    sentences = (said.reason, said.remedy)
    named = _NAME.fullmatch(said.sensor) and _NAME.fullmatch(said.backend)
    if not named or not all(len(one) <= _LONGEST_SENTENCE and one.isprintable() for one in sentences):
        raise MessageMalformed
    if max(said.seen, said.dropped) > LARGEST_NUMBER:
        raise MessageMalformed
    return Capability(
        sensor=said.sensor,
        backend=said.backend,
        working=said.working,
        reason=said.reason,
        remedy=said.remedy,
        seen=said.seen,
        dropped=said.dropped,
        quiet_minutes=said.quiet_minutes if said.HasField("quiet_minutes") else None,
    )
