"""A device's stream of bundles to a real collector: pushed at once, refused ones reported, strangers cut."""

import asyncio
import contextlib
import json
import sqlite3
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import grpc
import pytest
from lamplighter_collector.bundles.reports import Report
from lamplighter_collector.errors import MessageMalformed
from lamplighter_collector.rpc.bundles import REPORT_BYTES, REPORTS_IN_FIVE_MINUTES, report_from
from lamplighter_keywords.bundles.bundle import LARGEST_NUMBER, follow_roots, read_bundle, read_manifest
from lamplighter_keywords.media.register import read_register
from lamplighter_keywords.media.unlock import hour_of, opens
from lamplighter_protos.v1 import bundles_pb2 as pb

from tests.support.certificates import CertificateFiles
from tests.support.collector import ORGANISATION, Collector, credentials
from tests.support.enrolling import OPTIONS

pytestmark = pytest.mark.usefixtures("grpc_let_go")
SECONDS = 20
STICK = "usb:0951:1666:60A44C3FAC35"


@pytest.fixture
def collector(tmp_path: Path) -> Iterator[Collector]:
    with Collector(tmp_path) as running:
        yield running


class Watching:
    """One open stream."""

    def __init__(self, call: Any) -> None:
        self._call = call

    async def say(self, version: int, root: int = 1, **about: Any) -> None:
        report = pb.BundleReport(
            version=version, root_version=root, **{"state": pb.BUNDLE_STATE_CURRENT, **about}
        )
        await self.send(report.SerializeToString())

    async def send(self, raw: bytes) -> None:
        await self._call.write(raw)

    async def offer(self) -> pb.BundleOffer:
        """The next offer of a bundle; what is told of media is passed over."""
        while not ((found := await self._next()).manifest or found.roots):
            pass
        return found

    async def media(self, *, register: bool = True) -> pb.BundleOffer:
        """The next offer with a register of media permissions, or with an unlock secret."""
        while True:
            found = await self._next()
            if found.media_register if register else found.unlock_secret:
                return found

    async def _next(self) -> pb.BundleOffer:
        answer = await asyncio.wait_for(self._call.read(), SECONDS)
        if answer is grpc.aio.EOF:
            raise AssertionError(await self._call.code())
        return pb.BundleOffer.FromString(answer)

    async def let_in(self) -> None:
        await asyncio.wait_for(self._call.initial_metadata(), SECONDS)

    async def code(self) -> grpc.StatusCode:
        """How the stream ended; what is unread comes before that."""
        async with asyncio.timeout(SECONDS):
            with contextlib.suppress(grpc.aio.AioRpcError):
                while await self._call.read() is not grpc.aio.EOF:
                    pass
            code: grpc.StatusCode = await self._call.code()
        return code


@contextlib.asynccontextmanager
async def watching(collector: Collector, files: CertificateFiles) -> AsyncIterator[Watching]:
    async with grpc.aio.secure_channel(collector.ingest, credentials(files), options=OPTIONS) as channel:
        call: Any = channel.stream_stream("/lamplighter_protos.v1.Bundles/Watch")()
        try:
            yield Watching(call)
        finally:
            call.cancel()


async def verb(collector: Collector, *arguments: str) -> Any:
    return json.loads(await asyncio.to_thread(collector.run, *arguments))


async def devices(collector: Collector) -> dict[str, Any]:
    return {row["device"]: row for row in await asyncio.to_thread(collector.report, "devices list")}


async def until_state(collector: Collector, device: str, state: str) -> dict[str, Any]:
    async with asyncio.timeout(SECONDS):
        while (row := (await devices(collector))[device])["bundle_state"] != state:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    return dict(row)


async def test_a_new_device_gets_the_first_bundle_and_can_verify_it(collector: Collector) -> None:
    strange = collector.stranger()
    reply = strange.enrol(collector.token()["token"], "AV-1")
    (root,) = follow_roots(list(reply.roots), organisation=ORGANISATION, trusted=None)
    async with watching(collector, collector.enrol("AV-2")) as watch:
        await watch.let_in()
        await watch.say(0, state=pb.BUNDLE_STATE_NONE)
        offer = await watch.offer()
    assert not offer.roots
    manifest = read_manifest(offer.manifest, root)
    bundle = read_bundle(manifest, root, {part.name: part.content for part in offer.parts})
    assert manifest.version == 1
    assert bundle.pack.lists


async def test_what_another_process_publishes_is_pushed_at_once(collector: Collector) -> None:
    async with watching(collector, collector.enrol("AV-1")) as watch:
        await watch.say(1)
        assert await verb(collector, "bundles", "publish") == {"version": 2}
        published = asyncio.get_running_loop().time()
        assert (await watch.offer()).manifest
        assert asyncio.get_running_loop().time() - published < 2
        await watch.say(2)
        root = await verb(collector, "bundles", "rotate-root")
        assert root["root"] == 2
        offer = await watch.offer()
        assert len(offer.roots) == 1


async def test_a_device_that_says_something_else_all_the_time_is_told_to_wait(collector: Collector) -> None:
    files = collector.enrol("AV-1")
    async with watching(collector, files) as watch:
        with contextlib.suppress(grpc.RpcError, asyncio.InvalidStateError):
            for number in range(REPORTS_IN_FIVE_MINUTES + 1):
                await watch.say(1, state=pb.BUNDLE_STATE_REFUSED, problem=f"reason-{number}")
        assert await watch.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    # A new stream is no new allowance.
    async with watching(collector, files) as watch:
        await watch.say(1)
        assert await watch.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


async def test_what_a_device_says_is_known_and_a_refusal_is_not_offered_twice(collector: Collector) -> None:
    async with watching(collector, collector.enrol("AV-1")) as watch:
        await watch.say(0, state=pb.BUNDLE_STATE_NONE)
        await watch.offer()
        await watch.say(0, state=pb.BUNDLE_STATE_REFUSED, problem="signature-invalid", refused_version=1)
        row = await until_state(collector, "AV-1", "refused")
        assert (row["bundle"], row["bundle_problem"]) == (0, "signature-invalid")
        await verb(collector, "bundles", "publish")
        # The next thing that comes is the new version.
        offer = await watch.offer()
        assert json.loads(collector.run("bundles", "show", "--json"))["version"] == 2
        await watch.say(2)
        await until_state(collector, "AV-1", "current")
        assert offer.manifest


async def test_what_was_changed_in_the_store_is_handed_out_for_the_device_to_judge(tmp_path: Path) -> None:
    with Collector(tmp_path) as collector:
        files = collector.enrol("AV-1")
        collector.stop()
        with contextlib.closing(sqlite3.connect(tmp_path / "collector.sqlite3")) as store:
            store.execute("UPDATE bundles SET policy = CAST('{}' AS BLOB)")
            store.commit()
        collector.start()
        async with watching(collector, files) as watch:
            await watch.say(0, state=pb.BUNDLE_STATE_NONE)
            offer = await watch.offer()
        assert [part.content for part in offer.parts if part.name == "policy"] == [b"{}"]


@pytest.mark.fault
async def test_a_device_that_is_revoked_is_cut(collector: Collector) -> None:
    async with watching(collector, collector.enrol("AV-1")) as watch:
        await watch.say(1)
        await watch.let_in()
        await asyncio.to_thread(collector.run, "devices", "revoke", "AV-1", "--why", "stolen")
        assert await watch.code() is grpc.StatusCode.PERMISSION_DENIED
    async with watching(collector, collector.enrol("AV-2")) as watch:
        await watch.say(1)
        await watch.let_in()


@pytest.mark.fault
@pytest.mark.parametrize(
    "raw",
    [
        b"\xff\xff",
        bytes(REPORT_BYTES + 1),
        pb.BundleReport(version=1).SerializeToString(),
        pb.BundleReport(version=1 << 63, state=pb.BUNDLE_STATE_CURRENT).SerializeToString(),
        pb.BundleReport(root_version=LARGEST_NUMBER + 1, state=pb.BUNDLE_STATE_NONE).SerializeToString(),
        pb.BundleReport(state=pb.BUNDLE_STATE_REFUSED, problem="a word\n").SerializeToString(),
        pb.BundleReport(state=pb.BUNDLE_STATE_REFUSED, problem="a" * 65).SerializeToString(),
        b"\x20\x63",
    ],
)
def test_a_report_that_says_what_no_device_can_know_is_malformed(raw: bytes) -> None:
    with pytest.raises(MessageMalformed):
        report_from(raw)


@pytest.mark.fault
async def test_a_malformed_report_ends_the_stream_and_is_an_alarm(collector: Collector) -> None:
    async with watching(collector, collector.enrol("AV-1")) as watch:
        await watch.send(b"\xff\xff")
        assert await watch.code() is grpc.StatusCode.INVALID_ARGUMENT
    row = await until_state(collector, "AV-1", "unknown")
    assert row["bundle_problem"] == "report-malformed"


@pytest.mark.fault
@pytest.mark.parametrize("lie", [LARGEST_NUMBER, LARGEST_NUMBER - 1])
async def test_one_device_s_lie_about_its_version_is_its_own_alarm(collector: Collector, lie: int) -> None:
    liar, honest = collector.enrol("AV-1"), collector.enrol("AV-2")
    async with watching(collector, liar) as lying, watching(collector, honest) as watch:
        await lying.say(lie)
        row = await until_state(collector, "AV-1", "unknown")
        assert (row["bundle"], row["bundle_problem"]) == (lie, "version-unknown")
        # It gets what there is all the same.
        assert (await lying.offer()).manifest
        await watch.say(1)
        await until_state(collector, "AV-2", "current")
        for version in (2, 3):
            assert await verb(collector, "bundles", "publish") == {"version": version}
            assert (await watch.offer()).manifest
            await watch.say(version)
        assert (await devices(collector))["AV-2"]["bundle_state"] == "current"


async def test_a_permission_reaches_a_connected_device_within_seconds(collector: Collector) -> None:
    strange = collector.stranger()
    reply = strange.enrol(collector.token()["token"], "AV-1")
    (root,) = follow_roots(list(reply.roots), organisation=ORGANISATION, trusted=None)
    async with watching(collector, collector.enrol("AV-2")) as watch:
        await watch.say(1)
        first = read_register((await watch.media()).media_register, root)
        assert first.permissions == ()
        await watch.say(1, media_register=first.version)
        stick = ["--medium", STICK, "--to", "person:wren", "--read-only", "--for", "2h", "--reason", "SATs"]
        (given,) = await verb(collector, "media", "grant", *stick, "--json")
        asked = asyncio.get_running_loop().time()
        second = read_register((await watch.media()).media_register, root)
        assert asyncio.get_running_loop().time() - asked < SECONDS
        assert [one.id for one in second.permissions] == [given["id"]]
        assert second.version > first.version
        await watch.say(1, media_register=second.version)
        await verb(collector, "media", "revoke", given["id"], "--json")
        assert read_register((await watch.media()).media_register, root).permissions == ()
    ((told,),) = collector.rows("devices WHERE device = 'AV-2'", "media_register")
    assert told == second.version


async def test_each_device_gets_the_secret_of_its_own_unlock_codes_and_no_other(collector: Collector) -> None:
    secrets = {}
    for device in ("AV-1", "AV-2"):
        async with watching(collector, collector.enrol(device)) as watch:
            await watch.say(1)
            secrets[device] = (await watch.media(register=False)).unlock_secret
    assert len(set(secrets.values())) == 2
    serial = "60A44C3FAC35"
    (told,) = await verb(collector, "media", "unlock-code", "AV-1", "--serial", serial, "--json")
    hour = hour_of(datetime.now(UTC))
    assert opens(told["code"], secrets["AV-1"], "AV-1", serial, hour)
    assert not opens(told["code"], secrets["AV-2"], "AV-1", serial, hour)
    raw = b"".join(path.read_bytes() for path in collector.folder.rglob("*") if path.is_file())
    for secret in secrets.values():
        assert secret not in raw
        assert secret.hex().encode() not in raw


def test_a_report_is_read() -> None:
    sent = pb.BundleReport(
        version=7, root_version=2, state=pb.BUNDLE_STATE_REFUSED, problem="bundle-stale", refused_version=6
    )
    assert report_from(sent.SerializeToString()) == Report(
        version=7, root_version=2, state="refused", problem="bundle-stale"
    )
