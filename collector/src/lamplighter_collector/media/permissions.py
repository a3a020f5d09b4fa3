"""Give, take back and list permissions, in the caller's transaction and each with its audit row.

Who may use a medium stands as a pseudonym and a sealed name; the mark by which devices know a person is
worked out only while the register is made. The audit row names the permission and never the person. Blocking.
"""

import secrets
from collections.abc import Iterable, Sequence
from typing import Final

from lamplighter_keywords.errors import MediumUnnameable
from lamplighter_keywords.media.medium_id import MediumId
from lamplighter_keywords.media.permission import GROUPS, Access
from sqlalchemy import Connection, RowMapping, insert, select, update

from lamplighter_collector.audit.services import AuditEntry, append
from lamplighter_collector.db.changes import bump
from lamplighter_collector.errors import KeyDestroyed, MediaRefused, MediaSettled, MediaUnknown
from lamplighter_collector.keys.sealing import Seals
from lamplighter_collector.media.models import media_permissions
from lamplighter_collector.media.values import (
    DAY_MS,
    MOST_ACCOUNT,
    MOST_DAYS,
    MOST_NAME,
    MOST_TEXT,
    Grant,
    Issuer,
    Named,
    PermissionRecord,
    Whom,
)

GRANTED: Final = "media-granted"
REVOKED: Final = "media-revoked"
PERSON: Final = "media_permissions.person"
REASON: Final = "media_permissions.reason"
MOST_SHOWN: Final = 2_000
MOST_HELD: Final = 2_500
"""Permissions that hold at once: so many fit one signed register."""


def grant(
    connection: Connection, organisation: str, seals: Seals, order: Grant, *, by: Issuer
) -> PermissionRecord:
    """Give a permission.

    Raises:
        MediaRefused: names what is wrong: a medium that can't be named, an end in the past, nobody or both a
            person and a group, no reason, too many permissions.
    """
    _check(order, by.at)
    # The counter first, as everybody takes it: of two that give and sign at once, the second waits here.
    bump(connection, organisation, "media")
    if len(held(connection, organisation, seals, now=by.at)) >= MOST_HELD:
        raise MediaRefused("medium", f"{MOST_HELD} permissions hold already: revoke some first")
    whom, subject = order.whom, ""
    if whom.person:
        subject = seals.pseudonym("subject", whom.person)
    medium = order.what.medium
    record = PermissionRecord(
        id=f"mp-{secrets.token_hex(5)}",
        what=Named(medium=medium, name=order.what.name[:MOST_NAME]),
        whom=whom,
        access=order.access,
        needs_encryption=order.needs_encryption,
        begins=by.at,
        ends=order.ends,
        reason=order.reason.strip(),
        issued_by=by.account,
        issued_at=by.at,
        revoked_at=None,
        revoked_by="",
        subject=subject,
        size_bytes=order.size_bytes,
    )
    connection.execute(insert(media_permissions).values(_row(organisation, seals, record)))
    append(connection, _entry(organisation, by, GRANTED, f"{record.id} {medium} {record.access.value}"))
    return record


def revoke(connection: Connection, organisation: str, permission: str, *, by: Issuer) -> None:
    """Take a permission back.

    Raises:
        MediaUnknown: there is none of this id.
        MediaSettled: it was revoked, or has ended.
    """
    bump(connection, organisation, "media")
    mine = (media_permissions.c.organisation == organisation) & (media_permissions.c.id == permission)
    row = connection.execute(
        select(media_permissions.c.ends_at, media_permissions.c.revoked_at).where(mine)
    ).first()
    if row is None:
        raise MediaUnknown("permission")
    if row.revoked_at is not None or row.ends_at <= by.at:
        raise MediaSettled("this permission does not hold any more")
    connection.execute(update(media_permissions).where(mine).values(revoked_at=by.at, revoked_by=by.account))
    append(connection, _entry(organisation, by, REVOKED, permission))


def held(connection: Connection, organisation: str, seals: Seals, *, now: int) -> list[PermissionRecord]:
    """Return the permissions that have not ended and were not revoked, in the order of their ids."""
    query = (
        select(media_permissions)
        .where(
            media_permissions.c.organisation == organisation,
            media_permissions.c.revoked_at.is_(None),
            media_permissions.c.ends_at > now,
        )
        .order_by(media_permissions.c.id)
    )
    return _records(connection.execute(query).mappings().all(), seals)


def every(connection: Connection, organisation: str, seals: Seals) -> list[PermissionRecord]:
    """Return the newest permissions, also those that are over; the newest first."""
    query = (
        select(media_permissions)
        .where(media_permissions.c.organisation == organisation)
        .order_by(media_permissions.c.issued_at.desc(), media_permissions.c.id)
        .limit(MOST_SHOWN)
    )
    return _records(connection.execute(query).mappings().all(), seals)


def find(connection: Connection, organisation: str, seals: Seals, permission: str) -> PermissionRecord:
    """Return the one of this id, whether it holds or not; raise `MediaUnknown`."""
    query = select(media_permissions).where(
        media_permissions.c.organisation == organisation, media_permissions.c.id == permission
    )
    rows = connection.execute(query).mappings().all()
    if not rows:
        raise MediaUnknown("permission")
    return _records(rows, seals)[0]


def opened(seals: Seals, subject: str, field: str, sealed: bytes | None) -> str:
    """Return a sealed name; empty where there is none or the person was erased. Raises SealBroken."""
    if sealed is None:
        return ""
    try:
        return seals.open(subject, field, bytes(sealed))
    except KeyDestroyed:
        return ""


def medium_of(text: str) -> MediumId:
    """Read BUS:VENDOR:PRODUCT:SERIAL as somebody typed it; raise `MediaRefused`."""
    try:
        return MediumId.parse(text)
    except MediumUnnameable as error:
        raise MediaRefused("medium", error.problem) from None


def check_medium(medium: MediumId) -> None:
    """Raise `MediaRefused` where no permission can name it."""
    try:
        medium.require_nameable()
    except MediumUnnameable as error:
        raise MediaRefused("medium", error.problem) from None


def check_account(account: str, field: str) -> None:
    """Raise `MediaRefused` where this is no account's name."""
    if not 0 < len(account) <= MOST_ACCOUNT or not account.isprintable() or account != account.strip():
        raise MediaRefused(field, f"an account's name: printable, at most {MOST_ACCOUNT} characters")


def check_name(name: str) -> None:
    """Raise `MediaRefused` where nobody could read it."""
    if not name.isprintable():
        raise MediaRefused("name", "what people call it, in one line of letters, digits and signs")


def check_end(ends: int, now: int, field: str) -> None:
    """Raise `MediaRefused` for an end that is past or too far ahead."""
    if ends <= now:
        raise MediaRefused(field, "it must end in the future: choose a later day or time")
    if ends > now + MOST_DAYS * DAY_MS:
        raise MediaRefused(field, f"at most {MOST_DAYS} days ahead: choose an earlier day")


def _check(order: Grant, now: int) -> None:
    check_medium(order.what.medium)
    check_end(order.ends, now, "until")
    whom = order.whom
    if bool(whom.person) == bool(whom.group) or (whom.group and whom.group not in GROUPS):
        raise MediaRefused("to", "one person or one group: person:NAME, group:pupil or group:staff")
    if whom.person:
        check_account(whom.person, "to")
    reason = order.reason.strip()
    if not reason or len(reason) > MOST_TEXT or not reason.isprintable():
        raise MediaRefused("reason", f"say why, in one line of at most {MOST_TEXT} characters")
    check_name(order.what.name)


def _row(organisation: str, seals: Seals, record: PermissionRecord) -> dict[str, object]:
    medium, person = record.what.medium, record.whom.person
    return {
        "organisation": organisation,
        "id": record.id,
        "bus": medium.bus,
        "vendor": medium.vendor,
        "product": medium.product,
        "serial": medium.serial,
        "name": record.what.name,
        "subject": record.subject,
        "person": bytes(seals.seal(record.subject, PERSON, person)) if person else None,
        "user_group": record.whom.group,
        "access": record.access.value,
        "needs_encryption": int(record.needs_encryption),
        "begins_at": record.begins,
        "ends_at": record.ends,
        "reason": bytes(seals.seal("", REASON, record.reason)),
        "issued_by": record.issued_by,
        "issued_at": record.issued_at,
        "revoked_at": None,
        "revoked_by": "",
        "size_bytes": record.size_bytes,
    }


def _records(rows: Sequence[RowMapping], seals: Seals) -> list[PermissionRecord]:
    seals.fetch(_subjects(rows))
    return [_record(row, seals) for row in rows]


def _subjects(rows: Iterable[RowMapping]) -> set[str]:
    return {row["subject"] for row in rows if row["subject"]}


def _record(row: RowMapping, seals: Seals) -> PermissionRecord:
    return PermissionRecord(
        id=row["id"],
        what=named(row),
        whom=Whom(person=opened(seals, row["subject"], PERSON, row["person"]), group=row["user_group"]),
        access=Access(row["access"]),
        needs_encryption=bool(row["needs_encryption"]),
        begins=row["begins_at"],
        ends=row["ends_at"],
        reason=opened(seals, "", REASON, row["reason"]),
        issued_by=row["issued_by"],
        issued_at=row["issued_at"],
        revoked_at=row["revoked_at"],
        revoked_by=row["revoked_by"],
        subject=row["subject"],
        size_bytes=row["size_bytes"],
    )


def named(row: RowMapping) -> Named:
    """Return the medium that a row of any of these tables is about."""
    medium = MediumId(bus=row["bus"], vendor=row["vendor"], product=row["product"], serial=row["serial"])
    return Named(medium=medium, name=row["name"])


def _entry(organisation: str, by: Issuer, verb: str, about: str) -> AuditEntry:
    return AuditEntry(organisation=organisation, actor=by.account, role=by.role, verb=verb, object=about)
