"""A device's heartbeats to a real collector: kept, shown without words, bounded, and for its own school."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from lamplighter_collector.devices.identity import DeviceName
from lamplighter_collector.errors import MessageMalformed
from lamplighter_collector.rpc.health import BEAT_BYTES, BEATS_IN_FIVE_MINUTES, CAPABILITIES, beat_from
from lamplighter_protos.v1 import health_pb2 as pb

from tests.support.certificates import CertificateFiles
from tests.support.collector import ORGANISATION, Collector, credentials
from tests.support.enrolling import OPTIONS

pytestmark = pytest.mark.usefixtures("grpc_let_go")
LAPTOP = DeviceName(organisation=ORGANISATION, device="AV-1", identity="x")
TYPING = pb.Capability(sensor="typing", backend="x11-keys", working=True)


@pytest.fixture
def collector(tmp_path: Path) -> Iterator[Collector]:
    with Collector(tmp_path) as running:
        yield running


def heartbeat(**changes: Any) -> pb.Heartbeat:
    sent = Timestamp()
    sent.GetCurrentTime()
    fields: dict[str, Any] = {
        "organisation": ORGANISATION,
        "sent_at": sent,
        "agent_version": "0.5.0",
        "platform": "linux",
        "capabilities": [TYPING],
        "counts": {"observed": 9},
        "battery_percent": -1,
    }
    return pb.Heartbeat(**fields | changes)


async def say(collector: Collector, files: CertificateFiles, *beats: bytes) -> list[grpc.StatusCode]:
    """The codes of the answers."""
    codes = []
    async with grpc.aio.secure_channel(collector.ingest, credentials(files), options=OPTIONS) as channel:
        beat: Any = channel.unary_unary("/lamplighter_protos.v1.Health/Beat")
        for raw in beats:
            call = beat(raw)
            codes.append(await call.code())
            if codes[-1] is grpc.StatusCode.OK:
                assert pb.HeartbeatReply.FromString(await call).organisation == ORGANISATION
    return codes


async def test_the_last_heartbeat_is_what_technicians_see(collector: Collector) -> None:
    files = collector.enrol("AV-1")
    first = heartbeat(sessions=1).SerializeToString()
    late = Timestamp()
    late.FromMilliseconds(heartbeat().sent_at.ToMilliseconds() - 3_600_000)
    second = heartbeat(sessions=2, sensing=True, sent_at=late).SerializeToString()
    assert await say(collector, files, first, second) == [grpc.StatusCode.OK] * 2
    (row,) = await asyncio.to_thread(collector.report, "devices")
    health = row["health"]
    assert (health["sessions"], health["sensing"], health["counts"]) == (2, True, {"observed": 9})
    assert health["capabilities"][0]["backend"] == "x11-keys"
    assert 3_590_000 < health["clock_behind_ms"] < 3_700_000
    assert health["heard"] == row["seen"]
    told = await asyncio.to_thread(collector.run, "devices", "show", "AV-1")
    assert "typing (x11-keys): works" in told


@pytest.mark.fault
async def test_a_flood_a_lie_and_a_stranger_are_refused(collector: Collector) -> None:
    files = collector.enrol("AV-1")
    good = heartbeat().SerializeToString()
    codes = await say(collector, files, b"\xff\xff", *[good] * BEATS_IN_FIVE_MINUTES)
    assert codes[0] is grpc.StatusCode.INVALID_ARGUMENT
    assert codes[-2:] == [grpc.StatusCode.OK, grpc.StatusCode.RESOURCE_EXHAUSTED]
    revoke = ("devices", "revoke", "AV-1", "--why", "stolen")
    await asyncio.to_thread(collector.run, *revoke)
    assert await say(collector, files, good) == [grpc.StatusCode.PERMISSION_DENIED]


@pytest.mark.fault
@pytest.mark.parametrize(
    "raw",
    [
        b"\xff\xff",
        bytes(BEAT_BYTES + 1),
        heartbeat(organisation="Elsewhere").SerializeToString(),
        heartbeat(sent_at=None).SerializeToString(),
        heartbeat(sent_at=Timestamp(seconds=1 << 50)).SerializeToString(),
        heartbeat(agent_version="a\nword").SerializeToString(),
        heartbeat(capabilities=[TYPING] * (CAPABILITIES + 1)).SerializeToString(),
        heartbeat(capabilities=[pb.Capability(sensor="typing", reason="a\nline")]).SerializeToString(),
        heartbeat(capabilities=[pb.Capability(sensor="typing", reason="a" * 401)]).SerializeToString(),
        heartbeat(capabilities=[pb.Capability(sensor="<b>")]).SerializeToString(),
        heartbeat(capabilities=[pb.Capability(sensor="typing", seen=2**64 - 1)]).SerializeToString(),
        heartbeat(counts={"a word of": 1, "a line\n": 1}).SerializeToString(),
        heartbeat(counts={"observed": 1 << 63}).SerializeToString(),
        heartbeat(spool_bytes=1 << 63).SerializeToString(),
        heartbeat(battery_percent=101).SerializeToString(),
        heartbeat(battery_percent=-2).SerializeToString(),
    ],
)
def test_what_no_agent_of_ours_says_is_malformed(raw: bytes) -> None:
    with pytest.raises(MessageMalformed):
        beat_from(raw, LAPTOP)


def test_a_heartbeat_is_read() -> None:
    read = beat_from(heartbeat(helper_restarts=3, suspended_seconds=60).SerializeToString(), LAPTOP)
    assert (read.helper_restarts, read.suspended_seconds, read.battery_percent) == (3, 60, -1)
    assert (read.capabilities[0].sensor, read.counts) == ("typing", {"observed": 9})
