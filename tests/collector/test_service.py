"""The collector as a process: from a delivered detection to the page, through kills and full disks."""

import asyncio
import contextlib
import json
import os
import random
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from lamplighter_collector.people.roles import Role
from lamplighter_protos.v1 import detection_pb2, ingest_pb2

from tests.collector.postgresql import Cluster
from tests.support.certificates import CertificateFiles
from tests.support.collector import Collector, detection, device, loss
from tests.support.signed_in import sign_in

ACCEPTED = ingest_pb2.OUTCOME_ACCEPTED
ROUNDS = 8
pytestmark = pytest.mark.usefixtures("grpc_let_go")


@pytest.fixture
def collector(tmp_path: Path, store_url: str) -> Iterator[Collector]:
    with Collector(tmp_path, store=store_url) as running:
        yield running


async def test_delivered_detection_is_on_the_page_without_its_words(collector: Collector) -> None:
    async with device(collector.ingest, collector.enrol("lap-17")) as lap:
        receipts = await lap.deliver([detection(), loss()])
    assert [receipt.outcome for receipt in receipts] == [ACCEPTED] * 2
    dsl = await asyncio.to_thread(sign_in, collector.web, collector.config, Role.DSL)
    page = await asyncio.to_thread(dsl.request)
    assert page.status == 200
    assert "on lap-17" in page.body
    assert "41 on lap-17" in page.body
    assert "zebra lantern" not in page.body


async def test_stops_cleanly_with_a_device_connected_and_its_log_has_no_words(collector: Collector) -> None:
    async with device(collector.ingest, collector.enrol("lap-17")) as lap:
        await lap.deliver([detection(), b"zebra lantern"])
        assert await asyncio.to_thread(collector.stop) == 0
        with contextlib.suppress(grpc.aio.AioRpcError, asyncio.InvalidStateError):
            await lap.deliver([detection()])
    log = collector.log.read_text(encoding="utf-8")
    assert json.loads(log.splitlines()[-1])["event"] == "stopped"
    assert "zebra" not in log


@pytest.mark.fault
async def test_a_database_that_vanishes_acknowledges_nothing_and_pages_say_so(
    tmp_path: Path, cluster: Cluster
) -> None:
    database = cluster.new_database()
    with Collector(tmp_path, store=cluster.url(database)) as collector:
        laptop = collector.enrol("lap-17")
        dsl = await asyncio.to_thread(sign_in, collector.web, collector.config, Role.DSL)
        async with device(collector.ingest, laptop) as lap:
            await lap.deliver([detection()])
            cluster.drop(database)
            with pytest.raises(grpc.aio.AioRpcError) as failure:
                await lap.deliver([detection()])
        assert failure.value.code() is grpc.StatusCode.UNAVAILABLE
        page = await asyncio.to_thread(dsl.request)
        assert (page.status, "does not answer" in page.body) == (503, True)
        form = {"note": "Rang <home>."}
        page = await asyncio.to_thread(dsl.request, "/incidents/any/decide", method="POST", form=form)
        assert (page.status, "Rang &lt;home&gt;." in page.body) == (503, True)
    log = collector.log.read_text(encoding="utf-8")
    assert "Traceback" not in log
    assert "zebra" not in log


class Load:
    """A device that delivers without rest, one batch after the other, with a fifth of replays."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        self.sent: dict[bytes, detection_pb2.Detection] = {}
        self.acknowledged: set[bytes] = set()

    async def run(self, collector: Collector, files: CertificateFiles) -> None:
        """Until the collector is gone."""
        with contextlib.suppress(grpc.aio.AioRpcError, asyncio.InvalidStateError):
            async with device(collector.ingest, files) as lap:
                while True:
                    await self._deliver(lap)

    async def _deliver(self, lap: object) -> None:
        batch = [self._next() for _ in range(self._dice.randrange(1, 20))]
        self.sent.update((item.id, item) for item in batch)
        receipts = await lap.deliver(batch)  # type: ignore[attr-defined]
        answered = {ingest_pb2.OUTCOME_ACCEPTED, ingest_pb2.OUTCOME_DUPLICATE}
        assert {receipt.outcome for receipt in receipts} <= answered
        self.acknowledged.update(item.id for item in batch)

    def _next(self) -> detection_pb2.Detection:
        if self.sent and self._dice.random() < 0.2:
            return self._dice.choice(list(self.sent.values()))
        return detection(
            severity=self._dice.randrange(1, 6),
            user=f"pupil{self._dice.randrange(200)}",
            repeats=self._dice.randrange(3),
        )


@pytest.mark.kill
async def test_kill_9_under_load_loses_and_doubles_nothing(tmp_path: Path, store_url: str) -> None:
    collector = Collector(tmp_path, store=store_url)
    names = ("lap-1", "lap-2", "lap-3")
    with collector:
        files = {name: collector.enrol(name) for name in names}
    loads = {name: Load(seed) for seed, name in enumerate(names)}
    dice = random.Random(4)
    for _ in range(ROUNDS):
        await asyncio.to_thread(collector.start)
        running = [asyncio.create_task(load.run(collector, files[name])) for name, load in loads.items()]
        before = sum(len(load.acknowledged) for load in loads.values())
        wanted = before + dice.randrange(20, 400)
        async with asyncio.timeout(60):
            while sum(len(load.acknowledged) for load in loads.values()) < wanted:  # noqa: ASYNC110
                await asyncio.sleep(0.002)
        await asyncio.to_thread(collector.kill)
        await asyncio.gather(*running)
    await asyncio.to_thread(collector.start)
    try:
        check(collector, loads)
    finally:
        collector.stop()


def check(collector: Collector, loads: dict[str, Load]) -> None:
    """Acknowledged is stored, each id once, counted exactly, and everything that is sealed can be opened."""
    stored = collector.report("detections")
    keys = Counter((row["device"], row["id"]) for row in stored)
    assert set(keys.values()) == {1}
    for name, load in loads.items():
        mine = {bytes.fromhex(id_) for device_, id_ in keys if device_ == name}
        assert load.acknowledged <= mine <= set(load.sent)
    incidents = collector.report("incidents")
    listed = [row for row in stored if row["severity"] >= 2]
    assert sum(row["sightings"] for row in incidents) == len(listed)
    assert sum(row["count"] for row in incidents) == sum(row["weight"] for row in listed)
    proofs = {row["what"]: row for row in collector.report("keys prove")}
    assert proofs["detections.evidence"]["sound"] == len(listed)
    assert not any(row["broken"] or row["erased"] for row in proofs.values())


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=5m", "tmpfs", str(disk)], check=True)
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.fault
@pytest.mark.machine
async def test_a_full_disk_acknowledges_nothing_says_so_and_recovers(
    tmp_path: Path, small_disk: Path
) -> None:
    ballast = small_disk / "ballast"
    with Collector(tmp_path, store=f"sqlite:///{small_disk / 'store.sqlite3'}") as collector:
        laptop = collector.enrol("lap-17")
        async with device(collector.ingest, laptop) as lap:
            await lap.deliver([detection()])
        dsl = await asyncio.to_thread(sign_in, collector.web, collector.config, Role.DSL)
        fill(ballast)
        crowd = [detection(user=f"pupil{number}") for number in range(900)]
        async with device(collector.ingest, laptop) as lap:
            with pytest.raises(grpc.aio.AioRpcError) as failure:
                await lap.deliver(crowd)
        assert failure.value.code() is grpc.StatusCode.UNAVAILABLE
        assert "lamplighter-retry-after-seconds" in dict(failure.value.trailing_metadata())
        assert "can't be stored" in (await asyncio.to_thread(dsl.request)).body
        ballast.unlink()
        async with device(collector.ingest, laptop) as lap:
            receipts = await lap.deliver(crowd)
        assert {receipt.outcome for receipt in receipts} == {ACCEPTED}
        assert "can't be stored" not in (await asyncio.to_thread(dsl.request)).body
        assert len(collector.report("detections")) == 901


def fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            os.write(file.fileno(), bytes(4096))
