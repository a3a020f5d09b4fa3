"""Streams of real devices, and of strangers, to a real collector."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import grpc
import pytest
from lamplighter_collector.rpc.limits import DETECTIONS, MESSAGE_BYTES
from lamplighter_protos.v1 import ingest_pb2

from tests.support.certificates import Authority, CertificateFiles
from tests.support.collector import ORGANISATION, Collector, detection, device, loss
from tests.support.enrolling import OPTIONS
from tests.support.forged import forged

ACCEPTED, DUPLICATE = ingest_pb2.OUTCOME_ACCEPTED, ingest_pb2.OUTCOME_DUPLICATE
REFUSED = ingest_pb2.OUTCOME_REFUSED
pytestmark = pytest.mark.usefixtures("grpc_let_go")


@pytest.fixture(scope="module")
def collector(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collector]:
    with Collector(tmp_path_factory.mktemp("collector")) as running:
        yield running


@pytest.fixture(scope="module")
def laptop(collector: Collector) -> CertificateFiles:
    return collector.enrol("lap-17")


async def refused_with(collector: Collector, files: CertificateFiles, raw: bytes) -> grpc.StatusCode:
    async with device(collector.ingest, files) as lap:
        with pytest.raises(grpc.aio.AioRpcError) as failure:
            await lap.send(raw)
    code = failure.value.code()
    assert isinstance(code, grpc.StatusCode)
    return code


def a_batch(*items: bytes) -> bytes:
    return ingest_pb2.DeliverBatch(
        batch=1, detections=items or [detection().SerializeToString()]
    ).SerializeToString()


async def test_poison_costs_itself_and_its_mates_are_stored(
    collector: Collector, laptop: CertificateFiles
) -> None:
    sound = detection()
    poison = (b"\xff", detection(user="a\0b").SerializeToString(), detection(id=b"").SerializeToString())
    async with device(collector.ingest, laptop) as lap:
        receipts = await lap.deliver([sound, *poison, loss(), sound])
        assert [receipt.outcome for receipt in receipts] == [
            ACCEPTED,
            REFUSED,
            REFUSED,
            REFUSED,
            ACCEPTED,
            DUPLICATE,
        ]
        assert [receipt.index for receipt in receipts] == list(range(6))
        assert all(receipt.reason for receipt in receipts if receipt.outcome == REFUSED)
        assert [receipt.outcome for receipt in await lap.deliver([sound])] == [DUPLICATE]


async def test_an_empty_batch_is_answered(collector: Collector, laptop: CertificateFiles) -> None:
    async with device(collector.ingest, laptop) as lap:
        assert await lap.deliver([]) == []


async def test_too_many_detections_end_the_stream(collector: Collector, laptop: CertificateFiles) -> None:
    code = await refused_with(collector, laptop, a_batch(*[b""] * (DETECTIONS + 1)))
    assert code is grpc.StatusCode.INVALID_ARGUMENT


async def test_a_message_too_large_ends_the_stream(collector: Collector, laptop: CertificateFiles) -> None:
    code = await refused_with(collector, laptop, a_batch(bytes(MESSAGE_BYTES)))
    assert code is grpc.StatusCode.RESOURCE_EXHAUSTED


async def test_bytes_that_are_no_batch_end_the_stream(collector: Collector, laptop: CertificateFiles) -> None:
    assert await refused_with(collector, laptop, b"\xff\xff\xff") is grpc.StatusCode.INVALID_ARGUMENT


@pytest.mark.fault
async def test_a_device_of_another_organisation_is_refused(collector: Collector) -> None:
    files = forged(collector, "lap-99", organisation="Elsewhere")
    async with device(collector.ingest, files) as lap:
        # It sends nothing: what is written just as a stream ends hides its status.
        assert (await lap.ended()).code() is grpc.StatusCode.PERMISSION_DENIED


@pytest.mark.fault
async def test_strangers_never_get_beyond_the_handshake(collector: Collector, tmp_path: Path) -> None:
    foreign = Authority(ORGANISATION, tmp_path)
    mine = foreign.device("lap-17")
    stranger = replace(mine, ca=forged(collector, "lap-17").ca)
    for files in (stranger, forged(collector, "lap-17", days=(-2, -1))):
        assert await refused_with(collector, files, a_batch()) is grpc.StatusCode.UNAVAILABLE


@pytest.mark.fault
@pytest.mark.parametrize("secured", [True, False])
async def test_nobody_without_a_certificate_is_served(collector: Collector, *, secured: bool) -> None:
    root = grpc.ssl_channel_credentials(collector.stranger().authority)
    channel = (
        grpc.aio.secure_channel(collector.ingest, root, options=OPTIONS)
        if secured
        else grpc.aio.insecure_channel(collector.ingest, options=OPTIONS)
    )
    async with channel:
        call: Any = channel.stream_stream("/lamplighter_protos.v1.Ingest/Deliver")()
        with pytest.raises(grpc.aio.AioRpcError) as failure:
            await call.read()
    assert failure.value.code() is grpc.StatusCode.UNAVAILABLE
