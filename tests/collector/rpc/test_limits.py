import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import grpc
import pytest
from lamplighter_agent.delivery import channel
from lamplighter_agent.enrolment import wire
from lamplighter_collector.errors import MessageMalformed, TooManyDetections
from lamplighter_collector.rpc.limits import DETECTIONS, ENROLMENT_OPTIONS, SERVER_OPTIONS, batch_from
from lamplighter_collector.rpc.server import offer, streaming
from lamplighter_protos.v1 import ingest_pb2

PING_INTERVAL = "grpc.http2.min_ping_interval_without_data_ms"
HURRIED = 300
"""So many times faster than in a school: an agent's question each 200 ms instead of each minute."""
PINGS = 10
"""More than gRPC bears of too early ones: the third of them ends the connection."""
SECONDS = 20
Options = Sequence[tuple[str, Any]]


def batch(count: int) -> bytes:
    return ingest_pb2.DeliverBatch(batch=1, detections=[b""] * count).SerializeToString()


def test_the_limit_itself_is_taken() -> None:
    assert len(batch_from(batch(DETECTIONS)).detections) == DETECTIONS


def test_one_more_is_refused_with_its_count() -> None:
    with pytest.raises(TooManyDetections) as refusal:
        batch_from(batch(DETECTIONS + 1))
    assert refusal.value.count == DETECTIONS + 1


def test_what_is_no_batch_is_malformed() -> None:
    with pytest.raises(MessageMalformed):
        batch_from(b"\xff\xff\xff")


def hurried(options: Options) -> list[tuple[str, Any]]:
    """These options, with the pings of both sides and nothing else of them faster."""
    paces = {PING_INTERVAL, "grpc.keepalive_time_ms"}
    return [(name, value // HURRIED if name in paces else value) for name, value in options]


async def echo(_: object, stream: Any) -> None:
    while (said := await stream.read()) is not grpc.aio.EOF:
        await stream.write(said)


@contextlib.asynccontextmanager
async def idle_stream(server_options: Options) -> AsyncIterator[Any]:
    """A stream of an agent that is open and silent, but for the pings of gRPC itself."""
    server = grpc.aio.server(options=server_options)
    offer(server, "Bundles", {"Watch": streaming(echo)})
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        options = hurried(channel.OPTIONS)
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}", options=options) as way:
            call: Any = way.stream_stream("/lamplighter_protos.v1.Bundles/Watch")()
            await call.write(b"opened")
            async with asyncio.timeout(SECONDS):
                assert await call.read() == b"opened"
            yield call
    finally:
        await server.stop(None)


@pytest.mark.usefixtures("grpc_let_go")
async def test_an_idle_stream_outlives_the_pings_of_an_agent() -> None:
    pace = dict(hurried(channel.OPTIONS))["grpc.keepalive_time_ms"]
    # The collector's own pings stay out: only an agent's are counted.
    options = [pair for pair in hurried(SERVER_OPTIONS) if pair[0] != "grpc.keepalive_time_ms"]
    async with idle_stream(options) as call:
        # Nothing is waited for but time: that nothing happens meanwhile is what is shown.
        await asyncio.sleep(PINGS * pace / 1000)
        await call.write(b"still here")
        async with asyncio.timeout(SECONDS):
            assert await call.read() == b"still here"


@pytest.mark.usefixtures("grpc_let_go")
async def test_without_our_setting_the_same_pings_end_the_stream() -> None:
    options = [pair for pair in SERVER_OPTIONS if pair[0] != PING_INTERVAL]
    async with idle_stream(options) as call:
        async with asyncio.timeout(SECONDS):
            assert await call.code() is grpc.StatusCode.UNAVAILABLE
        assert "many pings" in await call.details()


def test_agents_ping_no_oftener_than_half_of_what_is_borne() -> None:
    borne = dict(SERVER_OPTIONS)[PING_INTERVAL]
    assert dict(channel.OPTIONS)["grpc.keepalive_time_ms"] >= 2 * borne


def test_the_installed_grpc_knows_each_option_by_its_name() -> None:
    found = find_spec("grpc._cython.cygrpc")
    assert found is not None
    core = Path(str(found.origin)).read_bytes()
    asked = (*SERVER_OPTIONS, *ENROLMENT_OPTIONS, *channel.OPTIONS, *wire._OPTIONS)
    names = {name for name, _ in asked} | {"grpc.enable_http_proxy"}
    assert [name for name in sorted(names) if name.encode() + b"\0" not in core] == []
    assert b"grpc.http2.min_recv_ping_interval_without_data_ms" not in core
