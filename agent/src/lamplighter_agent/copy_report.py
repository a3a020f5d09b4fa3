"""Tells the collector, once, that this disk is a copy: its identity is another machine's.

Said with that identity's own certificate, and nothing else ever is: a copy neither senses nor delivers. Who
administers the devices sees it beside the tag. `copied.json` in the state folder keeps which machine said so,
so that another copy of this copy tells of itself again.
"""

import asyncio
import hashlib
import json
from pathlib import Path
from typing import Final

import grpc
import structlog
from lamplighter_protos.v1.enrolment_pb2 import CopiedRequest
from lamplighter_protos.v1.enrolment_pb2_grpc import IdentityStub

from lamplighter_agent.backends.machine_port import MachineFacts
from lamplighter_agent.clock import Clock
from lamplighter_agent.delivery.backoff import Backoff, BackoffSettings
from lamplighter_agent.enrolment import wire
from lamplighter_agent.enrolment.identity import Identity
from lamplighter_agent.errors import CollectorUnreachable, DeliveryError, EnrolmentError
from lamplighter_agent.files import replace_whole
from lamplighter_agent.machine import marks_of

_log = structlog.get_logger(__name__)
NAME: Final = "copied.json"
_PACE: Final = BackoffSettings(base_seconds=10.0, cap_seconds=3600.0)


async def _told(channel: grpc.aio.Channel, message: CopiedRequest) -> None:
    await IdentityStub(channel).Copied(message, timeout=wire.CALL_SECONDS)


class CopyReport:
    """One task; ends when it was said, or can't be said with this certificate."""

    def __init__(
        self,
        state: Path,
        identity: Identity,
        clock: Clock,
        *,
        facts: MachineFacts,
        backoff: Backoff | None = None,
    ) -> None:
        self._file = state / NAME
        self._identity = identity
        self._clock = clock
        marks = marks_of(facts, identity.organisation)
        self._own = hashlib.sha256(json.dumps(marks.kept()).encode()).hexdigest()
        self._backoff = backoff or Backoff(_PACE)

    async def run(self) -> None:
        """Say it, unless this machine has; tries until the collector heard it."""
        while not self._said():
            try:
                await self._say()
            except CollectorUnreachable:
                await asyncio.sleep(self._backoff.next())
            except (DeliveryError, EnrolmentError) as error:
                # It ran out, or that identity is over: then nobody takes this copy for the laptop.
                _log.warning("copy_not_told", problem=str(error))
                return
            else:
                _log.warning("copy_told", device=self._identity.asset_tag)
                self._keep()
                return

    async def _say(self) -> None:
        async with wire.mutual_tls(self._identity, self._clock) as channel:
            message = CopiedRequest(organisation=self._identity.organisation)
            await wire.asked(_told(channel, message))

    def _said(self) -> bool:
        try:
            return bool(json.loads(self._file.read_text(encoding="utf-8"))["machine"] == self._own)
        except (OSError, ValueError, KeyError, TypeError):
            return False

    def _keep(self) -> None:
        try:
            replace_whole(self._file, json.dumps({"machine": self._own}).encode())
        except OSError as error:
            _log.warning("copy_not_kept", problem=error.strerror)
