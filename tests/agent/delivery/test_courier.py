"""The courier against a real server over mutual TLS: nothing lost, nothing twice, nothing polled."""

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast

import grpc
import pytest
from lamplighter_agent.clock import SystemClock
from lamplighter_agent.delivery import courier as tuning
from lamplighter_agent.delivery.backoff import Backoff, BackoffSettings
from lamplighter_agent.delivery.courier import Courier
from lamplighter_agent.health import DeliveryState, Health
from lamplighter_agent.spool.lease import Lease
from lamplighter_agent.spool.losses import Reason
from lamplighter_agent.spool.worker import SpoolWorker
from structlog.testing import capture_logs

from tests.agent.delivery.ingest import Ingest, serving
from tests.agent.spool.making import appended, detection, losses, opened
from tests.support.certificates import Authority, CertificateFiles
from tests.support.channels import tls_of

QUICK = BackoffSettings(base_seconds=0.01, cap_seconds=0.02)


class School:
    """An authority, a collector's and a device's certificates, and the device's spool."""

    def __init__(self, folder: Path) -> None:
        self.authority = Authority("Marrowby Vale School", folder / "certificates")
        self.server = self.authority.collector()
        self.device = self.authority.device("laptop-017")
        self.spool_folder = folder / "spool"
        self.spool = opened(self.spool_folder, SystemClock())
        self.worker = SpoolWorker(self.spool)
        self.health = Health(SystemClock())
        self.ingest = Ingest()
        self.refusals: list[str] = []

    @contextlib.asynccontextmanager
    async def courier(
        self, port: int, files: CertificateFiles | None = None, *, first: list[grpc.aio.Channel] | None = None
    ) -> AsyncIterator[Courier]:
        """Run a courier to the collector on `port`, once the channels in `first` are used up."""
        tls = tls_of(files or self.device, f"localhost:{port}")
        backoff = Backoff(QUICK)

        def connect() -> grpc.aio.Channel:
            return first.pop() if first else tls.open()

        courier = Courier(
            self.worker,
            connect,
            clock=SystemClock(),
            backoff=backoff,
            health=self.health,
            refused=self.refusals.append,
        )
        task = asyncio.create_task(courier.run())
        try:
            yield courier
            assert not task.done(), task.exception()
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for a state of ours that nobody signals."""
        async with asyncio.timeout(20):
            while not condition():  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    async def settled(self) -> None:
        await self.until(lambda: self.spool.figures().live_records == 0)


@pytest.fixture
async def school(tmp_path: Path) -> AsyncIterator[School]:
    made = School(tmp_path)
    yield made
    await made.worker.close()
    # A handler that aborted lies in a reference cycle of grpc.aio, and keeps its thread with it.
    gc.collect()


async def test_a_detection_arrives_and_leaves_the_spool(school: School) -> None:
    async with serving(school.ingest, school.server) as port, school.courier(port):
        record_id = await school.worker.append(detection())
        assert record_id is not None
        await school.ingest.has([record_id])
        await school.settled()
        assert school.health.figures().counts["delivered"] == 1


async def test_a_backlog_goes_in_batches_over_one_stream(school: School) -> None:
    ids = appended(school.spool, 730)
    async with serving(school.ingest, school.server) as port, school.courier(port):
        await school.ingest.has(ids)
        late = await school.worker.append(detection())
        assert late is not None
        await school.ingest.has([late])
        await school.settled()
    assert school.ingest.streams == 1
    assert max(school.ingest.batches) == 100
    assert len(school.ingest.deliveries) == 731


async def test_a_lost_answer_after_the_commit_is_sent_again_and_known(school: School) -> None:
    school.ingest.lose_answers = 1
    ids = appended(school.spool, 3)
    async with serving(school.ingest, school.server) as port, school.courier(port):
        await school.settled()
    assert set(school.ingest.stored) == set(ids)
    assert len(school.ingest.deliveries) == 6
    assert school.health.figures().counts["duplicate"] == 3


async def test_a_batch_answered_in_part_is_finished_later(school: School) -> None:
    school.ingest.answer_half = 1
    ids = appended(school.spool, 10)
    async with serving(school.ingest, school.server) as port, school.courier(port):
        await school.settled()
    assert set(school.ingest.stored) == set(ids)
    assert len(school.ingest.deliveries) == 15


async def test_a_refused_record_costs_itself_and_is_counted(school: School) -> None:
    ids = appended(school.spool, 5)
    school.ingest.refused[ids[2]] = "no theme"
    async with serving(school.ingest, school.server) as port, school.courier(port):
        await school.ingest.until(lambda: len(school.ingest.stored) == 5)
        await school.settled()
    assert set(ids) - {ids[2]} < set(school.ingest.stored)
    told = losses(list(school.ingest.stored.values()))
    assert told == {Reason.REASON_REFUSED_BY_COLLECTOR: 1}
    assert school.spool.figures().set_aside == 1


async def test_a_record_that_breaks_its_whole_batch_is_singled_out(school: School) -> None:
    ids = appended(school.spool, 30)
    school.ingest.poison = {ids[17]}
    async with serving(school.ingest, school.server) as port, school.courier(port):
        await school.ingest.has(set(ids) - {ids[17]})
        await school.settled()
    assert ids[17] not in school.ingest.stored
    assert school.spool.figures().set_aside == 1


async def test_a_batch_over_the_collectors_limit_is_sent_in_smaller_ones(school: School) -> None:
    ids = appended(school.spool, 60)
    async with serving(school.ingest, school.server, message_bytes=4096) as port, school.courier(port):
        await school.ingest.has(ids)


async def test_a_stream_cut_in_the_middle_loses_nothing(school: School) -> None:
    ids = appended(school.spool, 350)
    async with serving(school.ingest, school.server) as port, school.courier(port):
        await school.ingest.until(lambda: len(school.ingest.stored) >= 100)
        school.ingest.lose_answers = 2
        await school.settled()
    assert set(school.ingest.stored) == set(ids)


async def test_a_collector_that_comes_late_gets_everything(school: School) -> None:
    ids = appended(school.spool, 3)
    async with serving(Ingest(), school.server) as port:
        pass
    async with school.courier(port):
        await school.until(lambda: school.health.figures().delivery is DeliveryState.WAITING)
        async with serving(school.ingest, school.server, port=port):
            await school.ingest.has(ids)
            await school.settled()


async def test_a_collector_that_restarts_gets_the_rest(school: School) -> None:
    async with serving(school.ingest, school.server) as port, school.courier(port):
        await school.ingest.has(appended(school.spool, 1))
        school.worker.changed.set()
        await school.settled()
    async with school.courier(port):
        more = await school.worker.append(detection())
        assert more is not None
        async with serving(school.ingest, school.server, port=port):
            await school.ingest.has([more])


async def test_a_busy_collector_is_given_the_time_it_asked_for(school: School) -> None:
    school.ingest.be_busy = 3
    ids = appended(school.spool, 1)
    async with serving(school.ingest, school.server) as port, school.courier(port):
        await school.ingest.has(ids)
    assert school.ingest.streams == 4


async def test_a_collector_that_hangs_up_at_once_is_not_called_in_a_loop(school: School) -> None:
    school.ingest.end_at_once = 1
    ids = appended(school.spool, 1)
    async with serving(school.ingest, school.server) as port, school.courier(port):
        await school.ingest.has(ids)
        await school.settled()
    assert school.ingest.streams == 2


async def test_nothing_reaches_the_collector_of_another_authority(school: School, tmp_path: Path) -> None:
    stranger = Authority("Somebody Else", tmp_path / "stranger")
    appended(school.spool, 1)
    async with serving(school.ingest, stranger.collector()) as port, school.courier(port):
        await school.until(lambda: school.health.figures().delivery is DeliveryState.WAITING)
    assert not school.ingest.streams
    assert school.spool.figures().live_records == 1


async def test_a_device_of_another_authority_delivers_nothing(school: School, tmp_path: Path) -> None:
    stranger = Authority("Somebody Else", tmp_path / "stranger").device("laptop-666")
    appended(school.spool, 1)
    async with (
        serving(school.ingest, school.server) as port,
        school.courier(port, replace(stranger, ca=school.authority.ca)),
    ):
        await school.until(lambda: school.health.figures().delivery is DeliveryState.WAITING)
    assert not school.ingest.streams


async def test_an_expired_certificate_is_named_and_a_renewed_one_is_taken_up(school: School) -> None:
    expired = school.authority.expired_device("laptop-017")
    ids = appended(school.spool, 1)
    async with serving(school.ingest, school.server) as port, school.courier(port, expired):
        await school.until(lambda: school.health.figures().delivery is DeliveryState.NO_IDENTITY)
        assert "expired" in school.health.figures().delivery_problem
        assert not school.ingest.streams
        expired.key.write_bytes(school.device.key.read_bytes())
        expired.certificate.write_bytes(school.device.certificate.read_bytes())
        await school.ingest.has(ids)


async def test_repeats_are_delivered_when_their_bucket_is_over(tmp_path: Path) -> None:
    school = School(tmp_path)
    school.worker = SpoolWorker(
        spool := opened(tmp_path / "other", SystemClock(), bucket=timedelta(seconds=1))
    )
    school.spool = spool
    # The bucket ends half a second to one and a half from now, whatever the clock shows.
    observed = SystemClock().now() + timedelta(seconds=0.5)
    try:
        # Before somebody asks for them: once its count is taken a bucket is closed.
        for _ in range(4):
            await school.worker.append(detection("gb-0001", observed_at=observed))
        async with serving(school.ingest, school.server) as port, school.courier(port):
            await school.ingest.until(lambda: len(school.ingest.stored) == 2)
        assert sum(one.repeats for one in school.ingest.stored.values()) == 3
    finally:
        await school.worker.close()


async def test_cancelling_gives_back_what_was_leased(school: School) -> None:
    appended(school.spool, 500)
    async with serving(school.ingest, school.server) as port, school.courier(port):
        await school.ingest.until(lambda: len(school.ingest.stored) >= 100)
    # A commit may still be on its thread: it runs before this look does.
    await school.worker.figures()
    left = {record.id for record in school.spool.lease(1000).records}
    assert len(left | set(school.ingest.stored)) == 500
    assert len(left) == school.spool.figures().live_records


async def test_an_idle_courier_does_nothing(school: School) -> None:
    async with serving(school.ingest, school.server) as port, school.courier(port):
        await school.worker.append(detection())
        await school.settled()
        asked = 0
        lease = school.spool.lease

        def counted(*args: int) -> object:
            nonlocal asked
            asked += 1
            return lease(*args)

        school.spool.lease = counted  # type: ignore[method-assign,assignment]
        await asyncio.sleep(0.5)
        assert asked <= 1


class EndingCall:
    """A stream that ends in order while the first batch is on its way: grpc.aio then fails the write."""

    def __init__(self) -> None:
        self.ending = asyncio.Event()

    async def read(self) -> object:
        await self.ending.wait()
        return grpc.aio.EOF

    async def write(self, _batch: object) -> None:
        raise asyncio.InvalidStateError("RPC already finished.")

    def cancel(self) -> bool:
        return False


class EndingChannel:
    """A connection with nothing but that stream."""

    def __init__(self, call: EndingCall) -> None:
        self._call = call

    def get_state(self, try_to_connect: bool = False) -> grpc.ChannelConnectivity:  # noqa: FBT001, FBT002
        return grpc.ChannelConnectivity.READY

    def stream_stream(self, *_about: object, **_options: object) -> Callable[[], EndingCall]:
        return lambda: self._call

    async def close(self) -> None:
        """Nothing is open."""


class EndingWorker(SpoolWorker):
    """Lets the stream end in the very turn in which a lease is there."""

    ending: asyncio.Event | None = None

    async def lease(self, limit: int, max_bytes: int) -> Lease:
        lease = await super().lease(limit, max_bytes)
        if self.ending is not None:
            self.ending.set()
            self.ending = None
            await asyncio.sleep(0)
        return lease


@pytest.mark.fault
async def test_a_stream_that_ends_while_a_batch_is_written_is_opened_again(school: School) -> None:
    call = EndingCall()
    worker = EndingWorker(school.spool)
    worker.ending = call.ending
    school.worker = worker
    channels = [cast("grpc.aio.Channel", EndingChannel(call))]
    ids = appended(school.spool, 3)
    async with serving(school.ingest, school.server) as port, school.courier(port, first=channels):
        await school.ingest.has(ids)
        await school.settled()
    assert channels == []
    assert school.health.figures().counts["duplicate"] == 0


async def test_the_stream_is_open_with_nothing_to_send(school: School) -> None:
    async with serving(school.ingest, school.server) as port, school.courier(port):
        await school.ingest.until(lambda: school.ingest.streams == 1)
        await school.until(lambda: school.health.figures().delivery is DeliveryState.CONNECTED)
        assert not school.ingest.deliveries


async def test_a_new_certificate_has_the_stream_made_anew_and_nothing_is_lost(school: School) -> None:
    async with serving(school.ingest, school.server) as port, school.courier(port) as courier:
        ids = []
        for number in range(5):
            ids += appended(school.spool, 50)
            school.worker.changed.set()
            await school.ingest.until(lambda: bool(school.ingest.deliveries))
            courier.reconnect()
            await school.ingest.until(lambda wanted=number + 2: school.ingest.streams >= wanted)  # type: ignore[misc]
        await school.ingest.has(ids)
        await school.settled()
    assert set(school.ingest.stored) == set(ids)


async def test_a_new_certificate_ends_a_wait_after_a_failure(school: School) -> None:
    expired = school.authority.expired_device("laptop-017")
    async with serving(school.ingest, school.server) as port, school.courier(port, expired) as courier:
        await school.until(lambda: school.health.figures().delivery is DeliveryState.NO_IDENTITY)
        expired.certificate.write_bytes(school.device.certificate.read_bytes())
        expired.key.write_bytes(school.device.key.read_bytes())
        courier.reconnect()
        await school.until(lambda: school.health.figures().delivery is DeliveryState.CONNECTED)


@pytest.mark.parametrize(
    ("reason", "ends"),
    [("device-revoked", True), ("device-retired", True), ("identity-replaced", False), ("anything", False)],
)
async def test_only_two_reasons_end_the_device(school: School, reason: str, *, ends: bool) -> None:
    async with serving(school.ingest, school.server) as port, school.courier(port):
        await school.ingest.until(lambda: school.ingest.streams == 1)
        school.ingest.reason = reason
        await school.worker.append(detection())
        await school.until(lambda: school.health.figures().delivery is DeliveryState.NO_IDENTITY)
    assert set(school.refusals) == ({reason} if ends else set())
    # Nothing is let go of by the courier: to erase is the service's.
    assert school.spool.figures().live_records == 1


async def test_what_goes_beside_delivery_lives_with_each_connection_and_may_fail(school: School) -> None:
    seen: list[bool] = []

    async def beside(_channel: grpc.aio.Channel) -> None:
        seen.append(True)
        if len(seen) == 1:
            raise ValueError

    async with serving(school.ingest, school.server) as port, school.courier(port) as courier:
        courier.beside = beside
        (first,) = appended(school.spool, 1)
        await school.ingest.has([first])
        courier.reconnect()
        await school.until(lambda: len(seen) == 2)
        late = await school.worker.append(detection())
        assert late is not None
        await school.ingest.has([late])


async def test_what_failed_beside_delivery_is_told_at_once_and_begins_again_on_the_same_connection(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tuning, "BESIDE_AGAIN_SECONDS", 0.01)
    channels: list[grpc.aio.Channel] = []

    async def beside(channel: grpc.aio.Channel) -> None:
        channels.append(channel)
        if len(channels) == 1:
            raise ValueError("a text of a person")
        await asyncio.Event().wait()

    with capture_logs() as told:
        async with serving(school.ingest, school.server) as port, school.courier(port) as courier:
            courier.beside = beside
            (first,) = appended(school.spool, 1)
            await school.ingest.has([first])
            await school.until(lambda: len(channels) == 2)
            assert [one["problem"] for one in told if one["event"] == "beside_failed"] == ["ValueError"]
            assert channels[0] is channels[1]
    channels.clear()
