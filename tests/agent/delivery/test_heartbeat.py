"""Heartbeats over a real connection: at once, on news, not in a flood, and never in delivery's way."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import grpc
import pytest
from lamplighter_agent.clock import SystemClock
from lamplighter_agent.delivery.channel import ready
from lamplighter_agent.delivery.heartbeat import Heartbeat, Pace
from lamplighter_protos.v1.health_pb2 import Capability, HeartbeatReply
from lamplighter_protos.v1.health_pb2 import Heartbeat as Message

from tests.support.waiting import until

pytestmark = pytest.mark.usefixtures("grpc_let_go")
Call = grpc.aio.ServicerContext[Message, HeartbeatReply]
SEEN = Capability(sensor="typing", working=True)
UNSEEN = Capability(sensor="typing", working=False)
QUICK = Pace(period=0.1, soonest=0.01)
PATIENT = Pace(period=60, soonest=0.01)


class Collector:
    """Answers heartbeats, after refusing the first few."""

    def __init__(self, refuse: int = 0) -> None:
        self.beats: list[Message] = []
        self.refuse = refuse
        # How far the device's clock is behind; None where nothing is said of time.
        self.ahead: timedelta | None = None
        self._came = asyncio.Condition()

    async def beat(
        self, message: Message, context: grpc.aio.ServicerContext[Message, HeartbeatReply]
    ) -> HeartbeatReply:
        async with self._came:
            self.beats.append(message)
            self._came.notify_all()
        if self.refuse:
            self.refuse -= 1
            await context.abort(grpc.StatusCode.UNAVAILABLE, "busy")
        reply = HeartbeatReply(organisation=message.organisation)
        if self.ahead is not None:
            reply.received_at.FromDatetime(SystemClock().now() + self.ahead)
        return reply

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(20), self._came:
            await self._came.wait_for(condition)


class Device:
    """What a heartbeat is asked for and tells."""

    def __init__(self, pace: Pace) -> None:
        self.capabilities = [SEEN]
        self.heard = 0
        self.heartbeat = Heartbeat(self._content, clock=SystemClock(), heard=self._heard, pace=pace)

    async def _content(self) -> Message:
        return Message(organisation="A School", capabilities=self.capabilities)

    def _heard(self) -> None:
        self.heard += 1


@contextlib.asynccontextmanager
async def beating(device: Device, collector: Collector) -> AsyncIterator["asyncio.Task[None]"]:
    server = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
    handler = grpc.unary_unary_rpc_method_handler(
        collector.beat,
        request_deserializer=Message.FromString,
        response_serializer=HeartbeatReply.SerializeToString,
    )
    service = grpc.method_handlers_generic_handler("lamplighter_protos.v1.Health", {"Beat": handler})
    server.add_generic_rpc_handlers((service,))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    channel = grpc.aio.insecure_channel(f"127.0.0.1:{port}")
    await ready(channel)
    task = asyncio.create_task(device.heartbeat.run(channel))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await channel.close()
        await server.stop(grace=None)


async def test_the_first_comes_at_once_and_the_next_on_news() -> None:
    device, collector = Device(PATIENT), Collector()
    async with beating(device, collector):
        await collector.until(lambda: len(collector.beats) == 1)
        device.heartbeat.look([SEEN])
        device.capabilities = [UNSEEN]
        device.heartbeat.look([UNSEEN])
        await collector.until(lambda: len(collector.beats) == 2)
    first, second = collector.beats
    assert (list(first.capabilities), list(second.capabilities)) == ([SEEN], [UNSEEN])
    assert abs((SystemClock().now() - first.sent_at.ToDatetime(SystemClock().now().tzinfo)).seconds) < 20
    assert device.heard >= 1


async def test_it_comes_again_and_again_also_after_a_refusal() -> None:
    device, collector = Device(QUICK), Collector(refuse=2)
    async with beating(device, collector) as task:
        await collector.until(lambda: len(collector.beats) >= 4)
        assert not task.done()
    assert device.heard < len(collector.beats)


async def test_news_before_the_first_one_is_said_by_it() -> None:
    device, collector = Device(PATIENT), Collector()
    device.heartbeat.look([UNSEEN])
    async with beating(device, collector):
        await collector.until(lambda: len(collector.beats) == 1)
    assert len(collector.beats) == 1


async def test_the_collector_s_answer_says_how_far_the_clock_is_off() -> None:
    device, collector = Device(PATIENT), Collector()
    collector.ahead = timedelta(hours=3)
    async with beating(device, collector):
        await until(lambda: device.heard)
    assert device.heartbeat.clock_behind_s is not None
    assert abs(device.heartbeat.clock_behind_s - 3 * 3600) < 20
