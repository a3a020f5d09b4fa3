"""Real devices on a real collector: who may begin a stream, and who is cut out of one."""

import asyncio
import time
import uuid
from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from lamplighter_protos.v1 import ingest_pb2

from tests.support.certificates import CertificateFiles
from tests.support.collector import Collector, detection, device, reason_of
from tests.support.enrolling import kept
from tests.support.forged import forged, server_only

BOUND_SECONDS = 2.0
DENIED, UNKNOWN = grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.UNAUTHENTICATED
pytestmark = pytest.mark.usefixtures("grpc_let_go")


@pytest.fixture(scope="module")
def collector(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collector]:
    with Collector(tmp_path_factory.mktemp("collector")) as running:
        yield running


class Streamer:
    """A device that delivers without rest until it is refused."""

    def __init__(self) -> None:
        self.acknowledged: set[str] = set()
        self.cut_at = 0.0

    async def run(self, collector: Collector, files: CertificateFiles) -> grpc.aio.AioRpcError:
        async with device(collector.ingest, files) as lap:
            while True:
                items = [detection() for _ in range(5)]
                try:
                    await lap.deliver(items)
                except grpc.aio.AioRpcError as error:
                    self.cut_at = time.time()
                    return error
                self.acknowledged.update(item.id.hex() for item in items)

    async def busy(self) -> None:
        async with asyncio.timeout(20):
            while len(self.acknowledged) < 50:  # noqa: ASYNC110
                await asyncio.sleep(0.002)


async def attempt(collector: Collector, files: CertificateFiles) -> grpc.aio.AioRpcError:
    """Begin a stream that must be refused.

    Nothing is sent: a write that meets the refusal is an internal error of gRPC's client, not the reason.
    """
    async with device(collector.ingest, files) as lap:
        return await asyncio.wait_for(lap.ended(), 20)


async def deliver_anyway(collector: Collector, files: CertificateFiles) -> None:
    """Begin a stream and send, whatever comes."""
    async with device(collector.ingest, files) as lap:
        with pytest.raises(grpc.aio.AioRpcError):
            await lap.deliver([detection()])


def stored_of(collector: Collector, tag: str) -> set[str]:
    return {row["id"] for row in collector.report("detections") if row["device"] == tag}


def ended_at(collector: Collector, tag: str) -> float:
    """When the end was written, by the clock of this machine, before its commit."""
    (row,) = [row for row in collector.rows("devices", "device", "ended_at") if row[0] == tag]
    return float(row[1]) / 1000


@pytest.mark.fault
@pytest.mark.parametrize(("verb", "reason"), [("revoke", "device-revoked"), ("retire", "device-retired")])
async def test_a_device_that_ends_is_cut_while_it_streams(
    collector: Collector, verb: str, reason: str
) -> None:
    busy, idle, other = (f"{name}-{verb}" for name in ("busy", "idle", "other"))
    files = {name: collector.enrol(name) for name in (busy, idle, other)}
    streamer, unharmed = Streamer(), Streamer()
    run = asyncio.create_task(streamer.run(collector, files[busy]))
    keep = asyncio.create_task(unharmed.run(collector, files[other]))
    async with device(collector.ingest, files[idle]) as quiet:
        await quiet.deliver([detection()])
        await asyncio.gather(streamer.busy(), unharmed.busy())
        for name in (busy, idle):
            await asyncio.to_thread(collector.run, "devices", verb, name, "--why", "lost")
        cut = await asyncio.wait_for(run, 20)
        ending = await asyncio.wait_for(quiet.ended(), 20)
        idle_at = time.time()
    for name, at in ((busy, streamer.cut_at), (idle, idle_at)):
        took = at - ended_at(collector, name)
        assert took < BOUND_SECONDS, f"{name}: {took:.3f} s from the end in the register to the cut stream"
    for error in (cut, ending, await attempt(collector, files[busy])):
        assert (error.code(), reason_of(error)) == (DENIED, reason)
    # One batch may have been stored whose receipts the cut overtook; nothing was after the commit.
    stored = stored_of(collector, busy)
    assert streamer.acknowledged <= stored
    assert len(stored - streamer.acknowledged) <= 5
    await deliver_anyway(collector, files[busy])
    assert stored_of(collector, busy) == stored
    assert not keep.done()
    keep.cancel()
    await asyncio.gather(keep, return_exceptions=True)


async def test_an_identity_that_was_replaced_is_cut_and_refused(collector: Collector) -> None:
    collector.enrol("lap-again").key.parent.rename(collector.folder / "old")
    old = kept(collector.folder, "old")
    async with device(collector.ingest, old) as lap:
        await lap.deliver([detection()])
        new = await asyncio.to_thread(collector.enrol, "lap-again")
        ending = await asyncio.wait_for(lap.ended(), 20)
    for error in (ending, await attempt(collector, old)):
        assert (error.code(), reason_of(error)) == (UNKNOWN, "identity-replaced")
    async with device(collector.ingest, new) as lap:
        (receipt,) = await lap.deliver([detection()])
        assert receipt.outcome == ingest_pb2.OUTCOME_ACCEPTED


@pytest.mark.parametrize(("verb", "reason"), [("revoke", "device-revoked"), ("retire", "device-retired")])
async def test_who_ended_hears_it_when_the_asset_tag_is_anothers(
    collector: Collector, verb: str, reason: str
) -> None:
    tag = f"lap-{verb}d-and-used-again"
    collector.enrol(tag).key.parent.rename(collector.folder / f"old-{verb}")
    old = kept(collector.folder, f"old-{verb}")
    await asyncio.to_thread(collector.run, "devices", verb, tag, "--why", "stolen")
    token = await asyncio.to_thread(collector.token, asset_tags=tag)
    await asyncio.to_thread(collector.stranger().enrol, token["token"], tag)
    # Sends nothing: a write that meets the refusal would be an internal error of gRPC's client.
    async with device(collector.ingest, old) as lap:
        error = await asyncio.wait_for(lap.ended(), 20)
    assert (error.code(), reason_of(error)) == (DENIED, reason)


@pytest.mark.fault
@pytest.mark.parametrize("identity", [None, str(uuid.UUID(int=7))])
async def test_a_certificate_that_the_register_does_not_know_is_refused(
    collector: Collector, identity: str | None
) -> None:
    error = await attempt(collector, forged(collector, "lap-unheard-of", identity=identity))
    assert (error.code(), reason_of(error)) == (UNKNOWN, "identity-replaced")


@pytest.mark.fault
@pytest.mark.parametrize(
    "odd",
    [
        {"days": (-3, -2)},
        {"days": (2, 3)},
    ],
    ids=["expired", "not yet valid"],
)
async def test_a_certificate_out_of_its_time_never_gets_beyond_the_handshake(
    collector: Collector, odd: dict[str, Any]
) -> None:
    error = await attempt(collector, forged(collector, "lap-17", **odd))
    assert error.code() is grpc.StatusCode.UNAVAILABLE


@pytest.mark.fault
async def test_a_certificate_for_servers_is_no_device(collector: Collector) -> None:
    error = await attempt(collector, server_only(collector, "lap-17"))
    assert error.code() is grpc.StatusCode.UNAVAILABLE
