"""A real collector as a process of its own, and a device that delivers to it over mutual TLS."""

import asyncio
import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, Self

import grpc
from google.protobuf.timestamp_pb2 import Timestamp
from lamplighter_collector.config import load
from lamplighter_collector.enrolment.desk import TokenOrder, issue_token
from lamplighter_protos.names import REASON
from lamplighter_protos.v1 import detection_pb2, ingest_pb2

from tests.support.certificates import CertificateFiles
from tests.support.enrolling import OPTIONS, Strange, keep

ORGANISATION = "Marrowby Vale School"
ATTESTER = "Ada Quill"
START_SECONDS = 30.0


class Collector:
    """One collector in ``folder``; may be killed and started again on the same ports and store."""

    def __init__(
        self,
        folder: Path,
        *,
        organisation: str = ORGANISATION,
        store: str | None = None,
    ) -> None:
        self.organisation = organisation
        self.folder = folder
        self.state = folder / "state"
        self.config = folder / "collector.toml"
        self.log = folder / "collector.log"
        self.store = store or f"sqlite:///{folder / 'collector.sqlite3'}"
        self.ingest = self.enrolment = "127.0.0.1:0"
        self.web = "http://127.0.0.1:0/"
        self._token = ""
        self._process: subprocess.Popen[str] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> Self:
        """Start and wait until it is ready."""
        self.write_config()
        with self.log.open("a", encoding="utf-8") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "lamplighter_collector", "serve", "--config", str(self.config)],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self._process.stdout.close()
            code = self._process.wait(timeout=START_SECONDS)
            raise AssertionError(f"the collector ended with {code}: {self.log.read_text()[-2000:]}")
        ready = json.loads(line)
        self.ingest, self.enrolment, self.web = ready["ingest"], ready["enrolment"], ready["web"]
        return self

    def write_config(self) -> None:
        web = self.web.removeprefix("http://").removesuffix("/")
        self.config.write_text(
            f"""
[organisation]
name = {json.dumps(self.organisation)}
[store]
url = {json.dumps(self.store)}
[ingest]
listen = "{self.ingest}"
[enrolment]
listen = "{self.enrolment}"
[web]
listen = "{web}"
""",
            encoding="utf-8",
        )

    def stop(self) -> int:
        """SIGTERM; answers the exit code."""
        return self._end(signal.SIGTERM)

    def kill(self) -> int:
        """SIGKILL, as a power cut of the process."""
        return self._end(signal.SIGKILL)

    def _end(self, number: signal.Signals) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, number)
        code = process.wait(timeout=START_SECONDS)
        assert process.stdout is not None
        process.stdout.close()
        return code

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def report(self, verb: str) -> list[dict[str, Any]]:
        """The answer of a read verb: ``incidents``, ``detections``, ``losses`` or ``devices list``."""
        opened = ["--open"] if verb in {"incidents", "detections"} else []
        records: list[dict[str, Any]] = json.loads(self.run(*verb.split(), *opened, "--json"))
        return records

    def run(self, *arguments: str) -> str:
        """Run a verb of the command line beside the collector; answers what it printed."""
        answer = subprocess.run(
            [sys.executable, "-m", "lamplighter_collector", *arguments, "--config", str(self.config)],
            check=False,
            capture_output=True,
            text=True,
        )
        assert answer.returncode == 0, answer.stderr
        return answer.stdout

    def rows(self, table: str, *columns: str) -> list[tuple[Any, ...]]:
        """Look into the store of the collector, beside it."""
        store = sqlite3.connect(self.store.removeprefix("sqlite:///"))
        try:
            names = ", ".join(columns)
            return store.execute(f"SELECT {names} FROM {table} ORDER BY {names}").fetchall()
        finally:
            store.close()

    def token(
        self,
        *,
        asset_tags: str = "*",
        uses: int = 1000,
        hours: int = 24,
        group: str = "pupils",
        replace: bool = False,
    ) -> dict[str, str]:
        """A new enrolment token with its pin and address, as ``tokens issue`` prints them."""
        order = TokenOrder(
            asset_tags=asset_tags, attester=ATTESTER, uses=uses, hours=hours, group=group, replace=replace
        )
        return issue_token(load(self.config), order)

    def stranger(self) -> Strange:
        """A device that knows the running collector and has no identity yet."""
        authority = (self.state / "authority" / "authority.pem").read_bytes()
        return Strange(address=self.enrolment, authority=authority)

    def enrol(self, asset_tag: str) -> CertificateFiles:
        """Enrol a device with the running collector, by a token for every asset tag, enrolled or not."""
        self._token = self._token or self.token(replace=True)["token"]
        device = self.stranger()
        return keep(self.folder / "devices", asset_tag, device.enrol(self._token, asset_tag), device.key)


def detection(**changes: Any) -> detection_pb2.Detection:
    """A sound detection, severity 4, typed by ``pupil07``; ``changes`` replaces fields."""
    message = detection_pb2.Detection(
        id=uuid.uuid4().bytes,
        organisation=ORGANISATION,
        user="pupil07",
        user_kind=detection_pb2.USER_KIND_PUPIL,
        identity=detection_pb2.IDENTITY_CONFIDENCE_NAMED,
        source=detection_pb2.SOURCE_TYPED,
        application="xterm",
        theme="self-harm",
        term="sh-0012",
        list_version="2026.11.1",
        severity=4,
        lane="exact",
        evidence=detection_pb2.Evidence(before="before ", matched="zebra lantern", after=" after"),
        addends=[detection_pb2.Addend(reason="term", value=4)],
        observed_at=Timestamp(seconds=1_795_248_000),
        utc_offset_minutes=0,
    )
    for name in changes:
        message.ClearField(name)  # type: ignore[arg-type]
    message.MergeFrom(detection_pb2.Detection(**changes))
    return message


def said(**changes: Any) -> detection_pb2.NoticeAnswer:
    """A sound answer to the notice at sign-in; ``changes`` replaces fields."""
    fields = {"accepted": True, "version": "1", "policy": "ab12", "language": "cy", "reading_age": "7-11"}
    return detection_pb2.NoticeAnswer(**{**fields, **changes})


def answer(**changes: Any) -> detection_pb2.Detection:
    """A sound record of such an answer, by ``pupil07``."""
    return detection_pb2.Detection(
        **{
            "id": uuid.uuid4().bytes,
            "organisation": ORGANISATION,
            "user": "pupil07",
            "user_kind": detection_pb2.USER_KIND_PUPIL,
            "source": detection_pb2.SOURCE_NOTICE,
            "observed_at": Timestamp(seconds=1_795_248_000),
            "answer": said(),
            **changes,
        }
    )


def loss(**changes: Any) -> detection_pb2.Detection:
    """A sound loss notice."""
    notice = detection_pb2.LossNotice(
        reason=detection_pb2.LossNotice.REASON_SPOOL_CAP,
        count=41,
        first=Timestamp(seconds=1_795_248_000),
        last=Timestamp(seconds=1_795_248_060),
    )
    return detection_pb2.Detection(
        **{
            "id": uuid.uuid4().bytes,
            "organisation": ORGANISATION,
            "source": detection_pb2.SOURCE_LOSS,
            "loss": notice,
            **changes,
        }
    )


def credentials(files: CertificateFiles) -> grpc.ChannelCredentials:
    return grpc.ssl_channel_credentials(
        files.ca.read_bytes(), files.key.read_bytes(), files.certificate.read_bytes()
    )


def reason_of(error: grpc.aio.AioRpcError) -> str:
    """The slug of a refusal; empty when it has none."""
    return str(dict(error.trailing_metadata()).get(REASON, ""))


class Device:
    """One open stream of one device."""

    def __init__(self, call: Any, organisation: str) -> None:
        self._call = call
        self._organisation = organisation
        self._batches = 0

    async def deliver(self, items: Sequence[detection_pb2.Detection | bytes]) -> list[ingest_pb2.Receipt]:
        """Send one batch and wait for its receipts."""
        self._batches += 1
        raws = [item if isinstance(item, bytes) else item.SerializeToString() for item in items]
        batch = ingest_pb2.DeliverBatch(organisation=self._organisation, batch=self._batches, detections=raws)
        answer = await self.send(batch.SerializeToString())
        assert answer.batch == self._batches
        return list(answer.receipts)

    async def send(self, raw: bytes) -> ingest_pb2.DeliverReceipts:
        """Send raw bytes as a message.

        Raises:
            grpc.aio.AioRpcError: the collector ended the stream.
        """
        try:
            await self._call.write(raw)
        except asyncio.InvalidStateError:  # it was ended before: the reason is there all the same
            raise await self._ending() from None
        answer = await self._call.read()
        if answer is grpc.aio.EOF:
            raise await self._ending()
        return ingest_pb2.DeliverReceipts.FromString(answer)

    async def ended(self) -> grpc.aio.AioRpcError:
        """Wait, sending nothing, until the collector ends the stream; answers why."""
        try:
            answer = await self._call.read()
        except grpc.aio.AioRpcError as error:
            return error
        assert answer is grpc.aio.EOF
        return await self._ending()

    async def _ending(self) -> grpc.aio.AioRpcError:
        return grpc.aio.AioRpcError(
            await self._call.code(),
            await self._call.initial_metadata(),
            await self._call.trailing_metadata(),
            await self._call.details(),
        )


@contextlib.asynccontextmanager
async def device(
    address: str, files: CertificateFiles, *, organisation: str = ORGANISATION
) -> AsyncIterator[Device]:
    """Connect as a device and open one stream."""
    async with grpc.aio.secure_channel(address, credentials(files), options=OPTIONS) as channel:
        call: Any = channel.stream_stream("/lamplighter_protos.v1.Ingest/Deliver")()
        try:
            yield Device(call, organisation)
            await call.done_writing()
        finally:
            call.cancel()
