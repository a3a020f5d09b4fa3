"""The helper's end of the local socket.

Waits a bounded time for a service that is still starting. What the service does not read in time is dropped
and counted, and the count is sent when there is room again: a stuck service never makes the helper grow.
When the connection ends, the helper ends.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from google.protobuf.message import DecodeError
from google.protobuf.timestamp_pb2 import Timestamp
from lamplighter_protos.v1.detection_pb2 import LossNotice
from lamplighter_protos.v1.local_pb2 import (
    HelperMessage,
    ReportStatus,
    ReportTypedText,
    ReportUnseen,
    ReportWindowTitle,
    RequestHelp,
    RequestPage,
    SensingPolicy,
    ServiceMessage,
)

from lamplighter_agent.errors import FrameMalformed, FrameTooLarge
from lamplighter_agent.local_ipc import framing, messages
from lamplighter_agent.observation import Observation, WindowTitle

CONNECT_SECONDS = 5.0
_RETRY_SECONDS = 0.1
_HIGH_WATER_BYTES = 256 * 1024


Dial: TypeAlias = Callable[[asyncio.Protocol, Path], Awaitable[None]]


def _nobody(_policy: SensingPolicy) -> None:
    """Hear a policy before anybody asked for it; it is not acted on."""


class LocalClient(asyncio.Protocol):
    """One connection to the service. `closed` is set when it has ended, for whatever reason."""

    def __init__(self, *, organisation: str, on_policy: Callable[[SensingPolicy], None] = _nobody) -> None:
        self._organisation = organisation
        self.on_policy = on_policy
        self._deframer = framing.Deframer()
        self._transport: asyncio.Transport | None = None
        self._dropped = 0
        self.closed = asyncio.Event()

    async def connect(self, path: Path, dial: Dial) -> None:
        """Connect; raise `OSError` when there is no service after `CONNECT_SECONDS`."""
        loop = asyncio.get_running_loop()
        until = loop.time() + CONNECT_SECONDS
        while True:
            try:
                await dial(self, path)
            except (FileNotFoundError, ConnectionRefusedError):
                if loop.time() >= until:
                    raise
                await asyncio.sleep(_RETRY_SECONDS)
            else:
                return

    @property
    def waiting_bytes(self) -> int:
        """How much the service has not taken yet."""
        return 0 if self._transport is None else self._transport.get_write_buffer_size()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def report(self, observation: Observation) -> None:
        """Send what a sensor saw."""
        at = _timestamp(observation.observed_at)
        application = observation.application[: messages.APPLICATION_LIMIT]
        if isinstance(observation, WindowTitle):
            text = observation.title[: messages.TITLE_LIMIT]
            title = ReportWindowTitle(title=text, application=application, observed_at=at)
            self._send(HelperMessage(title=title))
            return
        typed = ReportTypedText(
            field=observation.field_id,
            position=observation.position,
            text=observation.text,
            pasted=observation.pasted,
            application=application,
            observed_at=at,
        )
        self._send(HelperMessage(typed=typed))

    def report_status(self, status: ReportStatus) -> None:
        self._send(HelperMessage(status=status))

    def report_unseen(self, reason: LossNotice.Reason.ValueType, count: int) -> None:
        self._send(HelperMessage(unseen=ReportUnseen(reason=reason, count=count)))

    def request_page(self) -> None:
        self._send(HelperMessage(page=RequestPage()))

    def request_help(self) -> None:
        self._send(HelperMessage(help_button=RequestHelp()))

    def _send(self, message: HelperMessage) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        if self.waiting_bytes > _HIGH_WATER_BYTES:
            self._dropped += 1
            return
        if self._dropped:
            unseen = ReportUnseen(reason=LossNotice.REASON_INPUT_OVERFLOW, count=self._dropped)
            self._dropped = 0
            self._write(HelperMessage(unseen=unseen))
        self._write(message)

    def _write(self, message: HelperMessage) -> None:
        assert self._transport is not None
        message.organisation = self._organisation
        self._transport.write(framing.encode(message.SerializeToString()))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        try:
            verbs = [self._decode(frame) for frame in self._deframer.feed(data)]
        except (FrameTooLarge, FrameMalformed, DecodeError):
            self.close()
            return
        self._obey(verbs)

    def _decode(self, frame: bytes) -> ServiceMessage:
        return ServiceMessage.FromString(frame)

    def _obey(self, verbs: Sequence[ServiceMessage]) -> None:
        for message in verbs:
            match message.WhichOneof("verb"):
                case "policy":
                    self.on_policy(message.policy)
                case "drain":
                    self.close()
                case _:
                    # A newer service may know verbs that we don't: they are not for us.
                    continue

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        self.closed.set()


def _timestamp(at: datetime) -> Timestamp:
    stamp = Timestamp()
    stamp.FromDatetime(at)
    return stamp
