"""Reminders of loans that come due: two weeks before, on the day, and two weeks after, each once.

A reminder is a row of the record and a line of the log, with the loan's id and nobody's name, and stands on
the technicians' pages until the medium comes back or the loan is renewed; a renewed loan is reminded of anew.
Blocking; in the caller's transaction.
"""

from typing import Final

import structlog
from sqlalchemy import Connection, select, update

from lamplighter_collector.audit.services import COLLECTOR, AuditEntry, append
from lamplighter_collector.media.models import media_loans
from lamplighter_collector.media.values import DAY_MS, Stage

REMINDED: Final = "media-loan-reminder"
SOON_MS: Final = 14 * DAY_MS
_AT_ONCE: Final = 500
_log = structlog.get_logger()


def stage_of(due_at: int, now: int) -> Stage:
    """Say how far a loan is that is due then; times in milliseconds."""
    if now >= due_at + SOON_MS:
        return Stage.OVERDUE
    if now >= due_at:
        return Stage.DUE
    return Stage.SOON if now >= due_at - SOON_MS else Stage.LENT


def remind(connection: Connection, organisation: str, *, now: int) -> int:
    """Give the reminders that are due and were not given; answers how many.

    A collector that did not run for a while gives the newest of a loan only. Of two collectors at once one
    gives it.
    """
    query = (
        select(media_loans.c.id, media_loans.c.due_at, media_loans.c.reminded)
        .where(
            media_loans.c.organisation == organisation,
            media_loans.c.returned_at.is_(None),
            media_loans.c.due_at <= now + SOON_MS,
            media_loans.c.reminded < Stage.OVERDUE.value,
        )
        .order_by(media_loans.c.due_at, media_loans.c.id)
        .limit(_AT_ONCE)
    )
    return sum(
        _given(connection, organisation, loan=row.id, before=row.reminded, stage=stage)
        for row in connection.execute(query).all()
        if (stage := stage_of(row.due_at, now)) > row.reminded
    )


def _given(connection: Connection, organisation: str, *, loan: str, before: int, stage: Stage) -> bool:
    this = (media_loans.c.organisation == organisation) & (media_loans.c.id == loan)
    as_it_was = this & (media_loans.c.reminded == before) & media_loans.c.returned_at.is_(None)
    values = {"reminded": stage.value}
    if not connection.execute(update(media_loans).where(as_it_was).values(values)).rowcount:
        return False
    about = f"{loan} {stage.name.lower()}"
    append(connection, AuditEntry(organisation=organisation, actor=COLLECTOR, verb=REMINDED, object=about))
    _log.info("media-loan-reminder", loan=loan, stage=stage.name.lower())
    return True
