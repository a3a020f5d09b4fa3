"""The stream to a real server over mutual TLS: what is offered is used at once, what is refused is told."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import grpc
import pytest
from lamplighter_agent.bundles.receiver import BundleFigures, BundleReceiver, ReceiverPorts, moment
from lamplighter_agent.bundles.store import BundleStore, Ready
from lamplighter_agent.clock import Clock, SystemClock
from lamplighter_agent.delivery.backoff import Backoff, BackoffSettings
from lamplighter_agent.errors import DeliveryError, IdentityRevoked, NotEnrolled
from lamplighter_agent.media.memory import MediaMemory
from lamplighter_keywords.media.register import Register
from lamplighter_protos.v1 import bundles_pb2 as pb

from tests.agent.bundles.offers import EXPIRED, School, keys_of
from tests.agent.bundles.watch import Watch, serving
from tests.keywords.signing import SCHOOL, key
from tests.support.certificates import Authority
from tests.support.channels import tls_of

pytestmark = pytest.mark.usefixtures("grpc_let_go")
QUICK = BackoffSettings(base_seconds=0.01, cap_seconds=0.02)


class Device:
    """One device's receiver, and what it told us."""

    def __init__(self, folder: Path, school: School) -> None:
        self.folder = folder
        self.school = school
        self.authority = Authority(SCHOOL, folder / "certificates")
        self.server = self.authority.collector()
        self.taken: list[Ready] = []
        self.contacts = 0
        # Types only: an error's traceback would keep its channel.
        self.failures: list[type[DeliveryError]] = []
        self.changes = asyncio.Event()
        self.refuse_to_connect = False
        self.media = MediaMemory.opened(
            folder / "media", keys_of(folder / "bundles"), identity="AV-1", clock=SystemClock()
        )

    def _connect(self, port: int) -> grpc.aio.Channel:
        if self.refuse_to_connect:
            raise NotEnrolled("certificate: expired")
        files = self.authority.device("AV-1")
        return tls_of(files, f"localhost:{port}").open()

    def _contact(self) -> None:
        self.contacts += 1

    def _failed(self, error: DeliveryError) -> None:
        self.failures.append(type(error))
        self.changes.set()

    @contextlib.asynccontextmanager
    async def running(
        self, port: int, clock: Clock | None = None, backoff: BackoffSettings = QUICK
    ) -> AsyncIterator[BundleReceiver]:
        folder = self.folder / "bundles"
        store = BundleStore(folder, self.school.anchor, keys_of(folder), SystemClock())
        ports = ReceiverPorts(
            connect=lambda: self._connect(port),
            taken=self.taken.append,
            contact=self._contact,
            failed=self._failed,
            changed=self.changes.set,
            media=self.media,
        )
        receiver = BundleReceiver(store, ports, clock=clock or SystemClock(), backoff=Backoff(backoff))
        await receiver.begin()
        task = asyncio.create_task(receiver.run())
        try:
            yield receiver
            assert not task.done(), task.exception()
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


@pytest.fixture
def device(tmp_path: Path) -> Device:
    return Device(tmp_path, School())


async def test_the_first_report_says_that_there_is_nothing_and_the_offer_is_taken(device: Device) -> None:
    watch = Watch()
    async with serving(watch, device.server) as port, device.running(port) as receiver:
        first = await watch.until(lambda report: report.version == 0)
        assert (first.state, first.root_version) == (pb.BUNDLE_STATE_NONE, 1)
        watch.offers.put_nowait(device.school.offer(1))
        await watch.until(lambda report: report.version == 1 and report.state == pb.BUNDLE_STATE_CURRENT)
        assert [ready.bundle.manifest.version for ready in device.taken] == [1]
        assert receiver.figures.state(datetime.now(UTC)) == "current"
        assert device.contacts == 1


async def test_after_a_restart_the_last_good_one_is_told(device: Device) -> None:
    watch = Watch()
    async with serving(watch, device.server) as port:
        async with device.running(port):
            watch.offers.put_nowait(device.school.offer(4))
            await watch.until(lambda report: report.version == 4)
        watch.reports.clear()
        async with device.running(port):
            await watch.until(lambda report: report.version == 4)
        assert len(device.taken) == 1


async def test_a_refusal_is_told_and_the_next_good_one_clears_it(device: Device) -> None:
    watch = Watch()
    async with serving(watch, device.server) as port, device.running(port) as receiver:
        watch.offers.put_nowait(device.school.offer(1))
        await watch.until(lambda report: report.version == 1)
        bad = device.school.offer(2, "wick")
        bad.parts[0].content = bad.parts[0].content[::-1]
        watch.offers.put_nowait(bad)
        told = await watch.until(lambda report: report.state == pb.BUNDLE_STATE_REFUSED)
        assert (told.version, told.problem) == (1, "bundle-malformed")
        assert receiver.figures.reason == "keywords: not what the manifest says"
        watch.offers.put_nowait(device.school.offer(2, "wick"))
        now = await watch.until(lambda report: report.version == 2)
        assert (now.state, now.problem) == (pb.BUNDLE_STATE_CURRENT, "")
        assert [ready.bundle.manifest.version for ready in device.taken] == [1, 2]


async def test_a_stolen_key_s_bundle_is_told_after_the_rotation(device: Device) -> None:
    watch = Watch()
    async with serving(watch, device.server) as port, device.running(port):
        watch.offers.put_nowait(device.school.offer(1))
        await watch.until(lambda report: report.version == 1)
        stolen = device.school.rotate()
        watch.offers.put_nowait(device.school.offer(9, "wick", signer=stolen))
        told = await watch.until(lambda report: report.state == pb.BUNDLE_STATE_REFUSED)
        assert (told.version, told.root_version, told.problem) == (1, 2, "signature-invalid")


async def test_one_past_its_date_is_used_and_told(device: Device) -> None:
    watch = Watch()
    async with serving(watch, device.server) as port, device.running(port):
        watch.offers.put_nowait(device.school.offer(1, expires=EXPIRED))
        told = await watch.until(lambda report: report.version == 1)
        assert told.state == pb.BUNDLE_STATE_EXPIRED
        assert len(device.taken) == 1


async def test_one_that_runs_out_while_the_stream_is_open_is_told(device: Device) -> None:
    watch = Watch()
    async with serving(watch, device.server) as port, device.running(port):
        soon = datetime.now(UTC) + timedelta(seconds=1)
        watch.offers.put_nowait(device.school.offer(1, expires=int(soon.timestamp() * 1000)))
        await watch.until(lambda report: report.version == 1 and report.state == pb.BUNDLE_STATE_CURRENT)
        await watch.until(lambda report: report.version == 1 and report.state == pb.BUNDLE_STATE_EXPIRED)


async def test_a_stream_that_ends_is_opened_again(device: Device) -> None:
    watch = Watch()
    async with serving(watch, device.server) as port, device.running(port):
        for ending in (None, grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.INTERNAL):
            watch.offers.put_nowait(ending)
        watch.offers.put_nowait(device.school.offer(1))
        await watch.until(lambda report: report.version == 1)
        assert watch.streams == 4
        assert device.contacts == 4


async def test_one_that_is_cut_in_the_middle_of_an_installation_is_still_taken(device: Device) -> None:
    watch = Watch()
    async with serving(watch, device.server) as port, device.running(port):
        watch.offers.put_nowait(device.school.offer(1))
        watch.offers.put_nowait(grpc.StatusCode.UNAVAILABLE)
        await watch.until(lambda report: report.version == 1)
        assert len(device.taken) == 1


@pytest.mark.fault
async def test_whoever_is_not_served_is_told(device: Device) -> None:
    watch = Watch()
    async with serving(watch, device.server) as port, device.running(port):
        watch.offers.put_nowait(grpc.StatusCode.PERMISSION_DENIED)
        await asyncio.wait_for(device.changes.wait(), 20)
        assert device.failures == [IdentityRevoked]


@pytest.mark.fault
async def test_without_a_usable_identity_nothing_is_tried(device: Device) -> None:
    device.refuse_to_connect = True
    async with device.running(1):
        await asyncio.wait_for(device.changes.wait(), 20)
        assert device.failures[0] is NotEnrolled
        assert device.contacts == 0


async def test_a_new_certificate_ends_a_wait_and_makes_an_open_stream_anew(device: Device) -> None:
    watch = Watch()
    device.refuse_to_connect = True
    patient = BackoffSettings(base_seconds=1000, cap_seconds=1000)
    async with serving(watch, device.server) as port, device.running(port, backoff=patient) as receiver:
        await asyncio.wait_for(device.changes.wait(), 20)
        device.refuse_to_connect = False
        receiver.reconnect()
        await watch.until(lambda report: report.version == 0)
        watch.reports.clear()
        receiver.reconnect()
        await watch.until(lambda report: report.version == 0)
        assert watch.streams == 2


@pytest.mark.fault
async def test_a_spoilt_file_is_told(device: Device) -> None:
    watch = Watch()
    (device.folder / "bundles").mkdir()
    (device.folder / "bundles" / "current").write_bytes(b"x")
    async with serving(watch, device.server) as port, device.running(port) as receiver:
        told = await watch.until(lambda report: report.state == pb.BUNDLE_STATE_REFUSED)
        assert (told.version, told.problem) == (0, "bundle-malformed")
        assert receiver.figures.reason == "the file is damaged"


def test_states_by_what_is_known() -> None:
    now = datetime(2026, 11, 21, tzinfo=UTC)
    assert BundleFigures().state(now) == "none"
    assert BundleFigures(expires=now).state(now) == "expired"
    assert BundleFigures(expires=now + timedelta(seconds=1)).state(now) == "current"
    assert BundleFigures(expires=now, problem="bundle-stale").state(now) == "refused"
    assert moment(1 << 53).year == 9999


def register(school: School, version: int) -> bytes:
    return Register(organisation=SCHOOL, version=version, created=1, expires=2).seal(school.signer)


async def test_a_register_of_media_permissions_is_taken_with_or_without_a_bundle(device: Device) -> None:
    watch = Watch()
    async with serving(watch, device.server) as port, device.running(port) as receiver:
        watch.offers.put_nowait(device.school.offer(1))
        await watch.until(lambda report: report.version == 1)
        watch.offers.put_nowait(pb.BundleOffer(media_register=register(device.school, 3)))
        await watch.until(lambda report: report.version == 1 and report.media_register == 3)
        # A root that came with it counts before it, and one that is refused leaves the bundle's state alone.
        device.school.rotate()
        offer = device.school.offer(2)
        offer.media_register = register(device.school, 1)
        watch.offers.put_nowait(offer)
        await watch.until(lambda report: (report.version, report.media_register) == (2, 1))
        watch.offers.put_nowait(pb.BundleOffer(media_register=b"rubbish"))
        watch.offers.put_nowait(pb.BundleOffer(media_register=register(device.school, 2)))
        await watch.until(lambda report: report.media_register == 2)
        assert receiver.figures.problem == ""


async def test_a_refused_bundle_is_still_told_of_after_a_register_alone(device: Device) -> None:
    watch = Watch()
    async with serving(watch, device.server) as port, device.running(port) as receiver:
        watch.offers.put_nowait(device.school.offer(1, signer=key(77)))
        await watch.until(lambda report: report.state == pb.BUNDLE_STATE_REFUSED)
        watch.offers.put_nowait(pb.BundleOffer(media_register=register(device.school, 1)))
        await watch.until(lambda report: report.media_register == 1)
        assert receiver.figures.problem == "signature-invalid"
