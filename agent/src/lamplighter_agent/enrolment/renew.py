"""Keeps the certificate alive: renewed with a new key at half its life, recovered when it ran out.

`Renew` goes over a channel of its own with the certificate that still holds. A device that was away until
its certificate ended asks on the enrolment port instead, where the old key signs for the new one. The agent
looks at its own certificate's end, since a collector that refuses it at the handshake looks like one that is
down; where the two clocks may disagree it asks on both ports. Failures are tried again for ever, at growing
distances; only the collector's own word that the device is revoked or retired ends it, and that is for the
caller to do.
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import grpc
import structlog
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from lamplighter_protos.names import RECOVER_PREFIX
from lamplighter_protos.v1.enrolment_pb2 import IdentityReply, RecoverRequest, RenewRequest
from lamplighter_protos.v1.enrolment_pb2_grpc import EnrolmentStub, IdentityStub

from lamplighter_agent.clock import Clock
from lamplighter_agent.enrolment import wire
from lamplighter_agent.enrolment.identity import Identity, IdentityStore
from lamplighter_agent.enrolment.issued import issued, new_key, signing_request
from lamplighter_agent.errors import (
    CollectorUnreachable,
    DeliveryError,
    EnrolmentError,
    EnrolmentRefused,
    IdentityDamaged,
)

_log = structlog.get_logger(__name__)
# The wall clock may be set while we wait, so no wait is longer.
LOOK_SECONDS: Final = 3600.0
# Two renewals are never closer, whatever the certificates say.
LEAST_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalPorts:
    """What a renewal needs of the rest. `connect` opens a channel with an identity, for `Renew`."""

    connect: Callable[[Identity], grpc.aio.Channel]
    # Seconds to wait after a failure; None tells of a success.
    wait_after: Callable[[Exception | None], float]
    renewed: Callable[[Identity], None]
    problem: Callable[[str], None]
    refused: Callable[[str], None]


class Renewal:
    """One task for the life of the service."""

    def __init__(self, store: IdentityStore, identity: Identity, ports: RenewalPorts, clock: Clock) -> None:
        self._store = store
        self._identity = identity
        self._ports = ports
        self._clock = clock

    async def run(self) -> None:
        """Renew until cancelled."""
        while True:
            left = (self._identity.renew_at - self._clock.now()).total_seconds()
            if left > 0:
                await asyncio.sleep(min(left, LOOK_SECONDS))
                continue
            try:
                self._identity = await self._renew()
            except (EnrolmentError, DeliveryError, OSError) as error:
                await asyncio.sleep(self._failed(error))
            else:
                self._ports.problem("")
                self._ports.renewed(self._identity)
                self._ports.wait_after(None)
                await asyncio.sleep(LEAST_SECONDS)

    async def _renew(self) -> Identity:
        old = self._identity
        key = new_key()
        request = signing_request(key)
        reply = await self._asked(old, request)
        fresh = issued(reply, key, asset_tag=old.asset_tag)
        return await asyncio.to_thread(self._store.renew, fresh, of=old, now=self._clock.now())

    async def _asked(self, old: Identity, request: bytes) -> IdentityReply:
        if not old.expired(self._clock.now()):
            # By the collector's clock it may be over: it refuses the handshake then, as one that is down.
            with contextlib.suppress(CollectorUnreachable):
                return await wire.asked(renew(old, request, self._ports.connect(old)))
        return await wire.asked(recover(old, request))

    def _failed(self, error: Exception) -> float:
        """Tell of a failure; returns the seconds to wait."""
        problem = f"{type(error).__name__}" if isinstance(error, OSError) else str(error)
        self._ports.problem(problem)
        seconds = self._ports.wait_after(error)
        _log.warning("renewal_failed", problem=problem, retry_seconds=round(seconds, 1))
        if isinstance(error, EnrolmentRefused):
            self._ports.refused(error.reason)
        return seconds


async def renew(old: Identity, request: bytes, channel: grpc.aio.Channel) -> IdentityReply:
    """Ask with the certificate that still holds; closes the channel."""
    async with channel:
        message = RenewRequest(organisation=old.organisation, signing_request=request)
        return await IdentityStub(channel).Renew(message, timeout=wire.CALL_SECONDS)


async def recover(old: Identity, request: bytes) -> IdentityReply:
    """Ask on the enrolment port, where the old key signs for the new request."""
    proof = old.private_key().sign(RECOVER_PREFIX + request, ec.ECDSA(hashes.SHA256()))
    message = RecoverRequest(
        organisation=old.organisation,
        certificate=old.certificate.public_bytes(Encoding.DER),
        signing_request=request,
        proof=proof,
    )
    try:
        authority = old.authority_file.read_bytes()
    except OSError as error:
        raise IdentityDamaged("authority.pem") from error
    async with wire.server_tls(old.enrolment, authority) as channel:
        return await EnrolmentStub(channel).Recover(message, timeout=wire.CALL_SECONDS)
