"""The loan register: which medium of the school somebody has, and when it is due. Blocking."""

import secrets
from dataclasses import dataclass, field
from typing import Final

from lamplighter_keywords.media.medium_id import MediumId
from sqlalchemy import ColumnElement, Connection, RowMapping, func, insert, select, update

from lamplighter_collector.audit.services import AuditEntry, append
from lamplighter_collector.db.changes import bump
from lamplighter_collector.errors import MediaRefused, MediaSettled, MediaUnknown
from lamplighter_collector.keys.sealing import Seals
from lamplighter_collector.media.models import media_loans
from lamplighter_collector.media.permissions import (
    check_account,
    check_end,
    check_medium,
    check_name,
    named,
    opened,
)
from lamplighter_collector.media.spans import shown_end
from lamplighter_collector.media.values import MOST_NAME, Issuer, LoanRecord, Named, Stage

LENT: Final = "media-lent"
RENEWED: Final = "media-loan-renewed"
RETURNED: Final = "media-returned"
BORROWER: Final = "media_loans.borrower"
MOST_SHOWN: Final = 2_000
MOST_NAMED: Final = 5
"""Ids of loans that stand where technicians begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loan:
    """A loan to be noted."""

    what: Named
    borrower: str = field(repr=False)
    encrypted: bool
    due: int


def lend(connection: Connection, organisation: str, seals: Seals, order: Loan, *, by: Issuer) -> LoanRecord:
    """Note that somebody has a medium until a day.

    Raises:
        MediaRefused: names what is wrong: a medium that can't be named or is out already, nobody, an end in
            the past.
    """
    check_medium(order.what.medium)
    check_account(order.borrower, "to")
    check_end(order.due, by.at, "until")
    check_name(order.what.name)
    # The counter first: of two who lend one stick at once, the second waits here and finds it out.
    bump(connection, organisation, "media")
    _check_in(connection, organisation, order.what.medium)
    subject, medium = seals.pseudonym("subject", order.borrower), order.what.medium
    id_, name = f"ml-{secrets.token_hex(5)}", order.what.name[:MOST_NAME]
    row = {
        "organisation": organisation,
        "id": id_,
        "bus": medium.bus,
        "vendor": medium.vendor,
        "product": medium.product,
        "serial": medium.serial,
        "name": name,
        "subject": subject,
        "borrower": bytes(seals.seal(subject, BORROWER, order.borrower)),
        "encrypted": int(order.encrypted),
        "lent_at": by.at,
        "due_at": order.due,
        "lent_by": by.account,
        "returned_at": None,
        "reminded": Stage.LENT.value,
    }
    connection.execute(insert(media_loans).values(row))
    _record(connection, organisation, by, LENT, f"{id_} {medium}")
    return LoanRecord(
        id=id_,
        what=Named(medium=medium, name=name),
        borrower=order.borrower,
        encrypted=order.encrypted,
        lent_at=by.at,
        due_at=order.due,
        lent_by=by.account,
        returned_at=None,
        reminded=Stage.LENT,
    )


def renew(connection: Connection, organisation: str, loan: str, *, due: int, by: Issuer) -> None:
    """Let somebody keep it until another day; raise `MediaRefused`, `MediaUnknown`, `MediaSettled`."""
    check_end(due, by.at, "until")
    _change(connection, organisation, loan, {"due_at": due, "reminded": Stage.LENT.value})
    _record(connection, organisation, by, RENEWED, loan)


def give_back(connection: Connection, organisation: str, loan: str, *, by: Issuer) -> None:
    """Note that it came back; raise `MediaUnknown`, `MediaSettled`."""
    _change(connection, organisation, loan, {"returned_at": by.at})
    _record(connection, organisation, by, RETURNED, loan)


def out(
    connection: Connection, organisation: str, seals: Seals, *, due_before: int | None = None
) -> list[LoanRecord]:
    """Return what is lent now, the soonest due first; with ``due_before`` only what is due by then."""
    query = (
        select(media_loans)
        .where(media_loans.c.organisation == organisation, media_loans.c.returned_at.is_(None))
        .order_by(media_loans.c.due_at, media_loans.c.id)
        .limit(MOST_SHOWN)
    )
    if due_before is not None:
        query = query.where(media_loans.c.due_at < due_before)
    rows = connection.execute(query).mappings().all()
    seals.fetch({row["subject"] for row in rows})
    return [_loan(row, seals) for row in rows]


def check_out(connection: Connection, organisation: str, loan: str) -> None:
    """Raise `MediaUnknown` or `MediaSettled` unless this loan is one that runs."""
    query = select(media_loans.c.returned_at).where(_this(organisation, loan))
    row = connection.execute(query).first()
    if row is None:
        raise MediaUnknown("loan")
    if row.returned_at is not None:
        raise MediaSettled("this medium was given back before")


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Loans that are due, or come due soon: how many, and the ids of the first of them. Nobody's name."""

    count: int
    ids: tuple[str, ...] = ()


def due(connection: Connection, organisation: str, *, before: int) -> Due:
    """Say what of what is lent is due before then, the soonest due first."""
    theirs = (
        (media_loans.c.organisation == organisation)
        & media_loans.c.returned_at.is_(None)
        & (media_loans.c.due_at < before)
    )
    count = connection.scalar(select(func.count()).select_from(media_loans).where(theirs)) or 0
    first = select(media_loans.c.id).where(theirs).order_by(media_loans.c.due_at, media_loans.c.id)
    return Due(count=count, ids=tuple(connection.scalars(first.limit(MOST_NAMED))))


def _check_in(connection: Connection, organisation: str, medium: MediumId) -> None:
    """Raise `MediaRefused` where somebody has it."""
    query = select(media_loans).where(
        media_loans.c.organisation == organisation,
        media_loans.c.returned_at.is_(None),
        # Not by its serial number, which may stand here in another case.
        media_loans.c.vendor == medium.vendor,
        media_loans.c.product == medium.product,
    )
    for row in connection.execute(query).mappings():
        if named(row).medium == medium:
            raise MediaRefused(
                "medium",
                f"it is out: loan {row['id']}, due {shown_end(row['due_at'])}. "
                "Note first that it came back, or renew that loan",
            )


def _change(connection: Connection, organisation: str, loan: str, values: dict[str, int]) -> None:
    still_out = _this(organisation, loan) & media_loans.c.returned_at.is_(None)
    if not connection.execute(update(media_loans).where(still_out).values(values)).rowcount:
        check_out(connection, organisation, loan)


def _this(organisation: str, loan: str) -> ColumnElement[bool]:
    return (media_loans.c.organisation == organisation) & (media_loans.c.id == loan)


def _record(connection: Connection, organisation: str, by: Issuer, verb: str, about: str) -> None:
    entry = AuditEntry(organisation=organisation, actor=by.account, role=by.role, verb=verb, object=about)
    append(connection, entry)


def _loan(row: RowMapping, seals: Seals) -> LoanRecord:
    return LoanRecord(
        id=row["id"],
        what=named(row),
        borrower=opened(seals, row["subject"], BORROWER, row["borrower"]),
        encrypted=bool(row["encrypted"]),
        lent_at=row["lent_at"],
        due_at=row["due_at"],
        lent_by=row["lent_by"],
        returned_at=row["returned_at"],
        reminded=Stage(row["reminded"]),
    )
