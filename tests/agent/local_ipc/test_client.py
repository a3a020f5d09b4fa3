import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lamplighter_agent.backends.posix.dialling import dial
from lamplighter_agent.local_ipc import client as module
from lamplighter_agent.local_ipc import framing
from lamplighter_agent.local_ipc.client import LocalClient
from lamplighter_agent.local_ipc.messages import TITLE_LIMIT
from lamplighter_agent.observation import TypedText, WindowTitle
from lamplighter_protos.v1.detection_pb2 import LossNotice
from lamplighter_protos.v1.local_pb2 import (
    DrainRequest,
    HelperMessage,
    ReportStatus,
    SensingPolicy,
    ServiceMessage,
)

from tests.agent.local_ipc.local_pair import SCHOOL, ourselves, running_server
from tests.support.waiting import until

AT = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def typed(text: str) -> TypedText:
    return TypedText(field_id=7, position=40, text=text, pasted=False, application="xterm", observed_at=AT)


async def test_everything_a_helper_says_arrives(tmp_path: Path) -> None:
    policies: list[SensingPolicy] = []
    async with running_server(tmp_path, children=ourselves()) as (path, hub):
        client = LocalClient(organisation=SCHOOL, on_policy=policies.append)
        await client.connect(path, dial)
        client.report(typed("a word"))
        client.report(WindowTitle(title="t" * 3000, application="xterm", observed_at=AT))
        client.report_status(ReportStatus(indicator_shown=True))
        client.report_unseen(LossNotice.REASON_INDICATOR_GONE, 2)
        await until(lambda: len(hub.messages) == 4 and policies)
        first, title, status, unseen = hub.messages
        assert (first.typed.field, first.typed.position, first.typed.text) == (7, 40, "a word")
        assert first.typed.observed_at.ToDatetime(UTC) == AT
        assert len(title.title.title) == TITLE_LIMIT
        assert status.status.indicator_shown
        assert unseen.unseen.count == 2
        assert policies[0].sensing
        client.close()
        await client.closed.wait()


async def test_the_end_of_the_service_is_the_end_of_the_client(tmp_path: Path) -> None:
    client = LocalClient(organisation=SCHOOL, on_policy=lambda _: None)
    async with running_server(tmp_path, children=ourselves()) as (path, hub):
        await client.connect(path, dial)
        await until(lambda: hub.connections)
    await asyncio.wait_for(client.closed.wait(), 5)
    client.report(typed("nobody hears this"))


async def test_a_drain_request_closes(tmp_path: Path) -> None:
    client = LocalClient(organisation=SCHOOL, on_policy=lambda _: None)
    async with running_server(tmp_path, children=ourselves()) as (path, hub):
        await client.connect(path, dial)
        await until(lambda: hub.connections)
        hub.connections[0].send(ServiceMessage(drain=DrainRequest()))
        await asyncio.wait_for(client.closed.wait(), 5)


async def test_it_waits_for_a_service_that_is_still_starting(tmp_path: Path) -> None:
    client = LocalClient(organisation=SCHOOL, on_policy=lambda _: None)
    connecting = asyncio.create_task(client.connect(tmp_path / "s.sock", dial))
    async with running_server(tmp_path, children=ourselves()) as (_, hub):
        await connecting
        await until(lambda: hub.connections)
        client.close()
        await client.closed.wait()


async def test_it_does_not_wait_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CONNECT_SECONDS", 0.2)
    client = LocalClient(organisation=SCHOOL, on_policy=lambda _: None)
    with pytest.raises(FileNotFoundError):
        await client.connect(tmp_path / "s.sock", dial)


@pytest.mark.fault
async def test_what_a_stuck_service_does_not_read_is_counted(tmp_path: Path) -> None:
    reading = asyncio.Event()
    taken = bytearray()

    async def stuck(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reading.wait()
        while data := await reader.read(1 << 16):
            taken.extend(data)
        writer.close()

    server = await asyncio.start_unix_server(stuck, tmp_path / "s.sock", limit=1024)
    client = LocalClient(organisation=SCHOOL, on_policy=lambda _: None)
    await client.connect(tmp_path / "s.sock", dial)
    sent = 4000
    for _ in range(sent):
        client.report(typed("x" * 500))
    reading.set()
    await until(lambda: client.waiting_bytes == 0)
    client.report(typed("last"))
    client.close()
    await client.closed.wait()
    await until(lambda: b"last" in taken)
    server.close()
    await server.wait_closed()
    frames = _frames(bytes(taken))
    dropped = sum(message.unseen.count for message in frames if message.HasField("unseen"))
    assert dropped > 0
    assert dropped + sum(message.HasField("typed") for message in frames) == sent + 1


def _frames(stream: bytes) -> list[HelperMessage]:
    return [HelperMessage.FromString(frame) for frame in framing.Deframer().feed(stream)]
