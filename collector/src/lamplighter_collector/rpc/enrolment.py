"""``Enrolment`` on its own port, for strangers, and ``Identity`` on the port of the devices.

Strangers get an answer to every question and nothing to try twice for free: an address that gave wrong
tokens waits, and so does one that asks about anything too often.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

import structlog
from google.protobuf.message import DecodeError
from lamplighter_protos.v1 import enrolment_pb2
from sqlalchemy import Connection

from lamplighter_collector.bundles.shelf import root_envelopes
from lamplighter_collector.db.transact import Transact
from lamplighter_collector.devices.certificate import serial_of
from lamplighter_collector.devices.identity import Holder
from lamplighter_collector.enrolment import services
from lamplighter_collector.enrolment.authority import Authority
from lamplighter_collector.enrolment.request import public_key_of
from lamplighter_collector.enrolment.services import Claim, Issued
from lamplighter_collector.errors import EnrolmentRefused, MessageMalformed
from lamplighter_collector.keys.sealing import Seals
from lamplighter_collector.rpc.admission import Admission, Stream, auth_context
from lamplighter_collector.rpc.allowance import Allowance
from lamplighter_collector.rpc.peer import address_of, certificate_of
from lamplighter_collector.rpc.server import Handler, unary
from lamplighter_collector.rpc.status_map import guarded

QUESTIONS_A_MINUTE: Final = 2_000
"""Of one address: a hall full of laptops behind one router may enrol at once."""
WRONG_TOKENS_A_MINUTE: Final = 20
RENEWALS_AN_HOUR: Final = 20
_MACHINE_BYTES: Final = 32
_log = structlog.get_logger()


class Issuing:
    """What both services answer with."""

    def __init__(
        self, transact: Transact, authority: Authority, ingest: str, now: Callable[[], datetime]
    ) -> None:
        """``ingest`` is where devices are told to deliver."""
        self.transact = transact
        self.authority = authority
        self.now = now
        self._ingest = ingest

    def reply(self, issued: Issued, roots: Sequence[bytes] = ()) -> bytes:
        _log.info("certificate-issued", device=issued.name.device, identity=issued.name.identity)
        return enrolment_pb2.IdentityReply(
            organisation=issued.name.organisation,
            asset_tag=issued.name.device,
            certificate=issued.certificate,
            authorities=[self.authority.der],
            ingest_address=self._ingest,
            roots=roots,
            group=issued.group,
        ).SerializeToString()

    async def renew(self, holder: Holder, request: bytes) -> bytes:
        """A new certificate for who holds the newest one, or the one before it.

        Who asks with an older one is noted, in a transaction of its own, as theirs changes nothing.
        """
        key = public_key_of(request)
        try:
            issued = await self.transact(
                lambda store: services.renew(store, self.authority, holder, key, self.now())
            )
        except EnrolmentRefused as refusal:
            if refusal.reason == "certificate-superseded":
                await self.transact(lambda store: services.note_superseded(store, holder, self.now()))
            raise
        return self.reply(issued)


class Enrolment:
    """Answers strangers."""

    def __init__(self, issuing: Issuing, seals: Seals) -> None:
        self._issuing = issuing
        self._seals = seals
        self._questions = Allowance(QUESTIONS_A_MINUTE, 60)
        self._wrong = Allowance(WRONG_TOKENS_A_MINUTE, 60)

    def methods(self) -> Mapping[str, Handler]:
        return {"Enrol": unary(self.enrol), "Recover": unary(self.recover)}

    async def enrol(self, raw: bytes, stream: Stream) -> bytes:
        async with guarded(stream, "enrol"):
            return await self._enrol(raw, address_of(stream.peer()))

    async def recover(self, raw: bytes, stream: Stream) -> bytes:
        async with guarded(stream, "recover"):
            return await self._recover(raw, address_of(stream.peer()))

    async def _enrol(self, raw: bytes, address: str) -> bytes:
        self._questions.take(address)
        self._wrong.check(address)
        try:
            request = enrolment_pb2.EnrolRequest.FromString(raw)
        except DecodeError:
            raise MessageMalformed from None
        key = public_key_of(request.signing_request)
        if len(request.machine) not in (0, _MACHINE_BYTES):
            raise MessageMalformed
        claim = Claim(
            token=request.token, asset_tag=request.asset_tag, key=key, machine=bytes(request.machine)
        )
        issuing = self._issuing
        try:
            issued, roots = await issuing.transact(lambda store: self._issue(store, claim))
        except EnrolmentRefused as refusal:
            if refusal.reason == "token-unknown":
                self._wrong.count(address)
            raise
        return issuing.reply(issued, roots)

    def _issue(self, store: Connection, claim: Claim) -> tuple[Issued, tuple[bytes, ...]]:
        """What bundles are checked against goes along: only this channel vouches for it."""
        issuing = self._issuing
        issued = services.enrol(store, issuing.authority, self._seals, claim, issuing.now())
        return issued, root_envelopes(store, issued.name.organisation)

    async def _recover(self, raw: bytes, address: str) -> bytes:
        self._questions.take(address)
        try:
            request = enrolment_pb2.RecoverRequest.FromString(raw)
        except DecodeError:
            raise MessageMalformed from None
        issuing = self._issuing
        holder = services.recoverable(
            issuing.authority, request.certificate, request.signing_request, request.proof, issuing.now()
        )
        return await issuing.renew(holder, request.signing_request)


class Identity:
    """Answers devices."""

    def __init__(self, issuing: Issuing, admission: Admission) -> None:
        self._issuing = issuing
        self._admission = admission
        self._renewals = Allowance(RENEWALS_AN_HOUR, 3_600)

    def methods(self) -> Mapping[str, Handler]:
        return {"Renew": unary(self.renew), "Copied": unary(self.copied)}

    async def copied(self, raw: bytes, stream: Stream) -> bytes:
        """Note that whoever asks is another machine with this identity; it is refused nothing by that."""
        async with guarded(stream, "copied"), self._admission.entered(stream) as name:
            self._renewals.take(name.device)
            try:
                enrolment_pb2.CopiedRequest.FromString(raw)
            except DecodeError:
                raise MessageMalformed from None
            issuing = self._issuing
            await issuing.transact(lambda store: services.note_copied(store, name, issuing.now()))
            return enrolment_pb2.CopiedReply(organisation=name.organisation).SerializeToString()

    async def renew(self, raw: bytes, stream: Stream) -> bytes:
        async with guarded(stream, "renew"), self._admission.entered(stream) as name:
            self._renewals.take(name.device)
            try:
                request = enrolment_pb2.RenewRequest.FromString(raw)
            except DecodeError:
                raise MessageMalformed from None
            holder = Holder(name=name, serial=serial_of(certificate_of(auth_context(stream))))
            return await self._issuing.renew(holder, request.signing_request)
