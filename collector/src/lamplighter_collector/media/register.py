"""The signed register of the permissions that hold and of the requests that were lately refused.

Made from the store and kept in it for every collector.

Whoever changes a permission or refuses a request calls `refresh` in the same transaction; every collector
calls it each hour, and when something was published or changed elsewhere. It signs when what holds is not
what was signed, when the signature is a day old, or when its key is not the newest root's any more. It takes
the counter ``media`` and looks again before it signs, so of several collectors on one database one signs and
the others find it done.

A version is the second it was signed in, or one more than the one before: so it also rises after a store was
brought back from a backup. Where no signing key is on this machine, another collector's turn comes within
moments; if none has one, devices keep what they have until it runs out, and `state` says so. Blocking.
"""

from dataclasses import dataclass, field
from typing import Final

import structlog
from lamplighter_keywords.bundles.bundle import RootDocument
from lamplighter_keywords.errors import KeywordsError
from lamplighter_keywords.media.permission import Permission, person_mark
from lamplighter_keywords.media.register import DAYS, Register, in_order, read_register
from sqlalchemy import Connection, delete, insert, select

from lamplighter_collector.bundles.shelf import newest_root
from lamplighter_collector.bundles.signing import SigningKeys
from lamplighter_collector.db.changes import bump
from lamplighter_collector.errors import MediaRefused, SealError, SigningKeyMissing
from lamplighter_collector.keys.sealing import Seals
from lamplighter_collector.media.models import media_registers
from lamplighter_collector.media.permissions import held
from lamplighter_collector.media.requests import lately_refused
from lamplighter_collector.media.values import DAY_MS, PermissionRecord

ENVELOPE: Final = "media_registers.envelope"
RENEW_MS: Final = DAY_MS
_LIFE_MS: Final = DAYS * DAY_MS
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """The newest register, as devices get it."""

    version: int
    envelope: bytes = field(repr=False)
    signing_key: str
    created_at: int
    expires_at: int


def refresh(connection: Connection, organisation: str, seals: Seals, keys: SigningKeys, *, now: int) -> bool:
    """Sign the register anew where it has to be; say whether it was.

    Raises:
        SigningKeyMissing: it has to be, and no key that may sign is on this machine.
        MediaRefused: more permissions hold than a register can have.
        SecretError, PublicationDamaged, SealBroken
    """
    root = newest_root(connection, organisation)
    # Looked at before the counter is moved: each move of it has every collector look.
    if root is None or _stands(connection, root, seals, now):
        return False
    bump(connection, organisation, "media")
    if _stands(connection, root, seals, now):
        return False
    before = signed(connection, organisation, seals)
    register = Register(
        organisation=organisation,
        version=max(now // 1000, before.version + 1 if before else 1),
        created=now,
        expires=now + _LIFE_MS,
        permissions=_wanted(connection, organisation, seals, now),
        refused=lately_refused(connection, organisation, now=now),
    )
    key = keys.for_bundles(root)
    try:
        envelope = register.seal(key)
        read_register(envelope, root)  # as a device will
    except KeywordsError as error:
        raise MediaRefused("medium", str(error)) from None
    _keep(connection, seals, register, envelope, key.id)
    return True


def refresh_if_possible(
    connection: Connection, organisation: str, seals: Seals, keys: SigningKeys, *, now: int
) -> bool:
    """`refresh`, where a signing key that is elsewhere is no failure: another collector's turn comes."""
    try:
        return refresh(connection, organisation, seals, keys, now=now)
    except SigningKeyMissing:
        _log.warning("media-register-unsigned", problem="no signing key of the newest root is here")
        return False


def signed(connection: Connection, organisation: str, seals: Seals) -> Signed | None:
    """Return the newest register; None where there is none, or none that this key ring opens."""
    query = select(media_registers).where(media_registers.c.organisation == organisation)
    row = connection.execute(query).mappings().first()
    if row is None:
        return None
    try:
        envelope = seals.open("", ENVELOPE, bytes(row["envelope"])).encode()
    except SealError:
        _log.error("media-register-unopened")
        # Its number still counts, or devices would take what follows for older.
        envelope = b""
    return Signed(
        version=row["version"],
        envelope=envelope,
        signing_key=row["signing_key"],
        created_at=row["created_at"],
        expires_at=row["expires_at"],
    )


def _wanted(connection: Connection, organisation: str, seals: Seals, now: int) -> tuple[Permission, ...]:
    """What holds now. A person who was erased has no mark any more, so nothing is permitted to them."""
    records = held(connection, organisation, seals, now=now)
    return in_order(_permission(one, organisation) for one in records if one.whom.person or one.whom.group)


def _stands(connection: Connection, root: RootDocument, seals: Seals, now: int) -> bool:
    """Whether what was signed last is what holds, with a key that counts, and not old."""
    before = signed(connection, root.organisation, seals)
    if before is None or not before.created_at <= now < before.created_at + RENEW_MS:
        return False
    try:
        register = read_register(before.envelope, root)
    except KeywordsError:
        return False
    # What has ended by itself needs no new signature: devices know the hour.
    left = tuple(one for one in register.permissions if one.ends > now)
    told = tuple(one for one in register.refused if one.until > now)
    return left == _wanted(connection, root.organisation, seals, now) and told == lately_refused(
        connection, root.organisation, now=now
    )


def _permission(one: PermissionRecord, organisation: str) -> Permission:
    return Permission(
        id=one.id,
        medium=one.what.medium,
        person=person_mark(organisation, one.whom.person),
        group=one.whom.group,
        access=one.access,
        begins=one.begins,
        ends=one.ends,
        needs_encryption=one.needs_encryption,
        size_bytes=one.size_bytes,
    )


def _keep(connection: Connection, seals: Seals, register: Register, envelope: bytes, key: str) -> None:
    row = {
        "organisation": register.organisation,
        "version": register.version,
        "envelope": bytes(seals.seal("", ENVELOPE, envelope.decode())),
        "signing_key": key,
        "created_at": register.created,
        "expires_at": register.expires,
    }
    mine = media_registers.c.organisation == register.organisation
    connection.execute(delete(media_registers).where(mine))
    connection.execute(insert(media_registers).values(row))
    _log.info("media-register-signed", version=register.version, permissions=len(register.permissions))
