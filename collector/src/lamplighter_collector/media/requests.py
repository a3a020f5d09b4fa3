"""What people asked for on the screens of devices: listed, granted or refused, each with its audit row.

A request of a device that was revoked or retired meanwhile is not open any more. Nobody answers a request of
their own or of their child: ``closed`` holds the subjects that the reader may not see. That one was refused
stands in the register for `TOLD_DAYS`, so that the device tells who asked, who may be away for a holiday.
Blocking.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from lamplighter_keywords.media.permission import Access
from lamplighter_keywords.media.register import MOST_REFUSED, Refusal
from sqlalchemy import ColumnElement, Connection, RowMapping, Select, and_, func, select, update

from lamplighter_collector.audit.services import AuditEntry, append
from lamplighter_collector.db.changes import bump
from lamplighter_collector.devices.models import devices
from lamplighter_collector.devices.register import State
from lamplighter_collector.errors import MediaRefused, MediaSettled, MediaUnknown
from lamplighter_collector.ingest.models import subjects
from lamplighter_collector.ingest.privacy import NAME
from lamplighter_collector.keys.sealing import Seals
from lamplighter_collector.media.models import media_requests
from lamplighter_collector.media.permissions import grant, named, opened
from lamplighter_collector.media.values import (
    DAY_MS,
    Grant,
    Issuer,
    Named,
    PermissionRecord,
    RequestRecord,
    Whom,
)

REFUSED: Final = "media-request-refused"
MOST_SHOWN: Final = 200
TOLD_DAYS: Final = 14
_ID_HEX: Final = 32
_WAITING: Final = (media_requests.c.answered_at.is_(None), devices.c.state == State.ENROLLED.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How a request is granted. ``whom`` is set where it is not for just who asked."""

    access: Access
    ends: int
    reason: str = field(default="", repr=False)
    needs_encryption: bool = False
    whom: Whom | None = None


def waiting(
    connection: Connection, organisation: str, seals: Seals, *, closed: Collection[str] = ()
) -> list[RequestRecord]:
    """Return what nobody has answered yet, the oldest first."""
    query = (
        _query(organisation)
        .where(*_WAITING)
        .order_by(media_requests.c.received_at, media_requests.c.id)
        .limit(MOST_SHOWN)
    )
    return _records(connection.execute(query).mappings().all(), seals, closed)


def count_waiting(connection: Connection, organisation: str, *, closed: Collection[str] = ()) -> int:
    """Say how many `waiting` would be, without anybody's name."""
    theirs = _query(organisation).where(*_WAITING, media_requests.c.subject.not_in(sorted(closed)))
    return connection.scalar(select(func.count()).select_from(theirs.subquery())) or 0


def every(connection: Connection, organisation: str, seals: Seals) -> list[RequestRecord]:
    """Return the newest requests, answered or not; the newest first."""
    query = _query(organisation).order_by(media_requests.c.received_at.desc(), media_requests.c.id)
    return _records(connection.execute(query.limit(MOST_SHOWN)).mappings().all(), seals, ())


def find(
    connection: Connection, organisation: str, seals: Seals, reference: str, *, closed: Collection[str] = ()
) -> RequestRecord:
    """Return the one request of this reference; raise `MediaUnknown`."""
    try:
        id_ = bytes.fromhex(reference) if len(reference) == _ID_HEX else b""
    except ValueError:
        id_ = b""
    rows = connection.execute(_query(organisation).where(media_requests.c.id == id_)).mappings().all()
    found = _records(rows, seals, closed)
    if len(found) != 1:
        raise MediaUnknown("request")
    return found[0]


def grant_request(
    connection: Connection,
    organisation: str,
    seals: Seals,
    asked: RequestRecord,
    answer: Answer,
    *,
    by: Issuer,
) -> PermissionRecord:
    """Give what was asked for, to who asked if ``answer`` names nobody else.

    Raises:
        MediaRefused: such as a medium without a serial number, or a request that nobody is named for.
        MediaSettled: it was answered meanwhile.
    """
    whom = answer.whom or Whom(person=asked.person)
    if not whom.person and not whom.group:
        raise MediaRefused("to", "nobody is named for this request: say whom it is for")
    order = Grant(
        what=asked.what,
        whom=whom,
        access=answer.access,
        ends=answer.ends,
        reason=answer.reason or f"asked for: {asked.reason or 'no reason told'}",
        needs_encryption=answer.needs_encryption,
        size_bytes=asked.size_bytes,
    )
    given = grant(connection, organisation, seals, order, by=by)
    _settle(connection, organisation, asked, permission=given.id, by=by)
    return given


def refuse_request(connection: Connection, organisation: str, asked: RequestRecord, *, by: Issuer) -> None:
    """Answer no; raise `MediaSettled` where it was answered meanwhile."""
    bump(connection, organisation, "media")
    _settle(connection, organisation, asked, permission="", by=by)
    about = f"{asked.reference} {asked.what.medium}"
    entry = AuditEntry(organisation=organisation, actor=by.account, role=by.role, verb=REFUSED, object=about)
    append(connection, entry)


def lately_refused(connection: Connection, organisation: str, *, now: int) -> tuple[Refusal, ...]:
    """Return what people are still to be told of, the newest first; never more than a register takes."""
    query = (
        select(media_requests.c.id, media_requests.c.answered_at)
        .where(
            media_requests.c.organisation == organisation,
            media_requests.c.permission == "",
            media_requests.c.answered_at > now - TOLD_DAYS * DAY_MS,
        )
        .order_by(media_requests.c.answered_at.desc(), media_requests.c.id)
        .limit(MOST_REFUSED)
    )
    return tuple(
        Refusal(request=bytes(id_).hex(), until=answered_at + TOLD_DAYS * DAY_MS)
        for id_, answered_at in connection.execute(query)
    )


def _settle(
    connection: Connection, organisation: str, asked: RequestRecord, *, permission: str, by: Issuer
) -> None:
    open_ = and_(
        media_requests.c.organisation == organisation,
        media_requests.c.device == asked.device,
        media_requests.c.id == asked.id,
        media_requests.c.answered_at.is_(None),
    )
    values = {"answered_at": by.at, "answered_by": by.account, "permission": permission}
    if connection.execute(update(media_requests).where(open_).values(values)).rowcount == 0:
        raise MediaSettled("this request was answered before")


def _query(organisation: str) -> Select[Any]:
    same_device: ColumnElement[bool] = and_(
        devices.c.organisation == media_requests.c.organisation, devices.c.device == media_requests.c.device
    )
    same_subject = and_(
        subjects.c.organisation == media_requests.c.organisation, subjects.c.id == media_requests.c.subject
    )
    return (
        select(media_requests, subjects.c.name.label("person"))
        .join(devices, same_device, isouter=True)
        .join(subjects, same_subject, isouter=True)
        .where(media_requests.c.organisation == organisation)
    )


def _records(rows: Sequence[RowMapping], seals: Seals, closed: Collection[str]) -> list[RequestRecord]:
    seals.fetch({row["subject"] for row in rows if row["subject"]})
    return [_record(row, seals) for row in rows if row["subject"] not in closed]


def _record(row: RowMapping, seals: Seals) -> RequestRecord:
    what: Named = named(row)
    return RequestRecord(
        device=row["device"],
        id=bytes(row["id"]),
        what=what,
        person=opened(seals, row["subject"], NAME, row["person"]),
        subject=row["subject"],
        user_kind=row["user_kind"],
        size_bytes=row["size_bytes"],
        reason=row["reason"],
        read_write=bool(row["read_write"]),
        asked_at=row["asked_at"],
        received_at=row["received_at"],
        answered_at=row["answered_at"],
        answered_by=row["answered_by"] or "",
        permission=row["permission"] or "",
    )
