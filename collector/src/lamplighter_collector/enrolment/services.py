"""Enrol, renew, recover: each in the caller's transaction, so that a certificate leaves after its commit.

Run on the writer thread. Refusals are `EnrolmentRefused` or a `PeerError`, with the slug of their reason.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from lamplighter_protos.names import RECOVER_PREFIX
from sqlalchemy import Connection

from lamplighter_collector.audit import services as audit
from lamplighter_collector.db.changes import bump
from lamplighter_collector.devices import register
from lamplighter_collector.devices.certificate import device_from, serial_of
from lamplighter_collector.devices.identity import DeviceName, Holder
from lamplighter_collector.enrolment import timekeeping, tokens
from lamplighter_collector.enrolment.authority import Authority
from lamplighter_collector.errors import EnrolmentRefused, PeerError
from lamplighter_collector.keys.sealing import Seals

ATTESTS: Final = "enrolment_tokens.attester"
ATTESTED: Final = "devices.attester"
RECOVER_WITHIN: Final = timedelta(days=60)
SILENT: Final = timedelta(days=30)
"""So long after its last delivery, and after the end of its certificate, a device's tag is free again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A new certificate of a device, in DER."""

    name: DeviceName
    certificate: bytes
    group: str = ""
    """As its token says; empty where no token was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a new device brings."""

    token: str
    asset_tag: str
    key: ec.EllipticCurvePublicKey
    machine: bytes = b""
    """Tells its machine from others; empty where it says nothing."""


def enrol(connection: Connection, authority: Authority, seals: Seals, claim: Claim, now: datetime) -> Issued:
    """A token and a key become an identity. An identity that the asset tag had before ends with it.

    A tag that is enrolled is taken over only by the same machine (a laptop that was imaged anew), by a token
    that was issued for that, or when the device was not heard of for `SILENT`: a token for many laptops must
    not put one out that is in use.
    A revoked or retired device comes back only by a token that was issued after its end: one that was still
    about must not undo it.

    Raises:
        EnrolmentRefused, DeviceRevoked, DeviceRetired, AuthorityUnusable, SealError
    """
    at = _milliseconds(now)
    timekeeping.check(connection, authority.organisation, now)
    token = tokens.examine(connection, authority.organisation, claim.token, claim.asset_tag, at)
    # Locks the register: of two that enrol one tag at once, the second must find the first.
    bump(connection, authority.organisation, "devices")
    before = register.standing_of(connection, authority.organisation, claim.asset_tag)
    if before is not None and token.created_at <= before.ended_at:
        _raise(register.ended(before.state))
    enrolled = before is not None and before.state is register.State.ENROLLED
    same = enrolled and register.is_machine(
        connection, authority.organisation, claim.asset_tag, claim.machine
    )
    if enrolled and not (same or token.replaces or _silent(connection, authority, claim.asset_tag, at)):
        raise EnrolmentRefused("asset-tag-enrolled")
    tokens.spend(connection, authority.organisation, token)
    name = DeviceName(organisation=authority.organisation, device=claim.asset_tag, identity=str(uuid.uuid4()))
    certificate = authority.issue(claim.key, name, now)
    entry = register.Entry(
        name=name,
        group=token.device_group,
        attester=bytes(seals.seal("", ATTESTED, seals.open("", ATTESTS, token.attester))),
        serial=serial_of(certificate),
        not_after=_milliseconds(certificate.not_valid_after_utc),
        machine=claim.machine,
        replaces=enrolled and not same,
    )
    register.enter(connection, entry, at)
    again = "device-reimaged" if same else "device-enrolled-again"
    _record(connection, name, "device-enrolled" if before is None else again)
    return Issued(name=name, certificate=certificate.public_bytes(Encoding.DER), group=token.device_group)


def renew(
    connection: Connection,
    authority: Authority,
    holder: Holder,
    key: ec.EllipticCurvePublicKey,
    now: datetime,
) -> Issued:
    """A new key for an identity that the register still serves.

    Only the newest certificate is taken and the one before it, whose successor may have been lost on the
    way: of two that live by copies of one key, the second to ask is found out.

    Raises:
        EnrolmentRefused: certificate-superseded.
        PeerError, AuthorityUnusable
    """
    name = holder.name
    timekeeping.check(connection, name.organisation, now)
    standing = register.standing_of(connection, name.organisation, name.device)
    _raise(register.refusal_of(standing, name.identity))
    if holder.serial not in register.serials_of(connection, name):
        raise EnrolmentRefused("certificate-superseded")
    certificate = authority.issue(key, name, now)
    register.renewed(
        connection,
        holder,
        serial=serial_of(certificate),
        not_after=_milliseconds(certificate.not_valid_after_utc),
    )
    if holder.expired:
        _record(connection, name, "device-recovered")
    return Issued(name=name, certificate=certificate.public_bytes(Encoding.DER))


def note_superseded(connection: Connection, holder: Holder, now: datetime) -> None:
    """Put on record that somebody holds an old key of this device, at most once an hour."""
    if register.superseded(connection, holder.name, _milliseconds(now)):
        _record(connection, holder.name, "certificate-superseded")


def note_copied(connection: Connection, name: DeviceName, now: datetime) -> None:
    """Put on record that another machine has this identity on a copied disk, at most once an hour."""
    if register.copied(connection, name, _milliseconds(now)):
        _record(connection, name, "device-copied")


def recoverable(
    authority: Authority, certificate: bytes, signing_request: bytes, proof: bytes, now: datetime
) -> Holder:
    """The identity of a certificate that ran out not too long ago, proven by its key; touches no store.

    One that is still valid is taken too: the two clocks may not agree, and its key could renew as well.

    Raises:
        EnrolmentRefused: certificate-foreign, certificate-too-old.
    """
    try:
        old = x509.load_der_x509_certificate(certificate)
    except (ValueError, x509.InvalidVersion):
        raise EnrolmentRefused("certificate-foreign") from None
    if not authority.signed(old):
        raise EnrolmentRefused("certificate-foreign")
    key = old.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise EnrolmentRefused("certificate-foreign")
    try:
        key.verify(proof, RECOVER_PREFIX + signing_request, ec.ECDSA(hashes.SHA256()))
        name = device_from(old)
    except (InvalidSignature, PeerError):
        raise EnrolmentRefused("certificate-foreign") from None
    if now > old.not_valid_after_utc + RECOVER_WITHIN:
        raise EnrolmentRefused("certificate-too-old")
    return Holder(name=name, serial=serial_of(old), expired=True)


def _silent(connection: Connection, authority: Authority, asset_tag: str, now: int) -> bool:
    heard_of = register.heard_of(connection, authority.organisation, asset_tag)
    return now - heard_of >= SILENT // timedelta(milliseconds=1)


def _record(connection: Connection, name: DeviceName, verb: str) -> None:
    entry = audit.AuditEntry(
        organisation=name.organisation, actor=audit.COLLECTOR, verb=verb, object=name.device
    )
    audit.append(connection, entry)


def _raise(refusal: PeerError | None) -> None:
    if refusal is not None:
        raise refusal


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
