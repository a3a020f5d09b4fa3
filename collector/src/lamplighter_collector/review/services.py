"""What changes the review queue. Each verb is one transaction that also writes its audit row."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import structlog
from sqlalchemy import Connection, Engine, Row, select

from lamplighter_collector.audit.services import AuditEntry, append
from lamplighter_collector.errors import SealError
from lamplighter_collector.ingest.models import detections
from lamplighter_collector.ingest.privacy import EVIDENCE, words_of
from lamplighter_collector.keys.sealing import Seals
from lamplighter_collector.people.person import Person
from lamplighter_collector.review.models import incidents
from lamplighter_collector.review.queue import SIGHTED, SIGHTINGS_SHOWN
from lamplighter_collector.review.reading import readable

WORDS_SHOWN: Final = "words-shown"
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The text of one sighting. Made only by `reveal`."""

    detection_id: str
    before: str = field(repr=False)
    matched: str = field(repr=False)
    after: str = field(repr=False)
    readable: bool = True
    """False when they can't be opened any more; then there are none."""


def reveal(
    engine: Engine, organisation: str, incident_id: str, *, person: Person, seals: Seals
) -> tuple[Words, ...] | None:
    """The words of an incident, or None when there is nothing here for this reader.

    The audit row and the reading are one transaction: no words leave without a row. Runs on the writer
    thread.
    """
    with engine.begin() as connection:
        if not _is_readable(connection, organisation, incident_id, person):
            return None
        append(
            connection,
            AuditEntry(
                organisation=organisation,
                actor=person.account,
                role=person.role_text,
                verb=WORDS_SHOWN,
                object=incident_id,
            ),
        )
        rows = _sealed_words(connection, organisation, incident_id)
    seals.fetch({row.subject for row in rows})
    return tuple(_opened(row, seals) for row in rows)


def _is_readable(connection: Connection, organisation: str, incident_id: str, person: Person) -> bool:
    query = select(incidents.c.id).where(*readable(organisation, person), incidents.c.id == incident_id)
    return connection.scalar(query) is not None


def _sealed_words(connection: Connection, organisation: str, incident_id: str) -> Sequence[Any]:
    query = (
        select(detections.c.id, detections.c.subject, detections.c.evidence)
        .join_from(incidents, detections, SIGHTED)
        .where(
            incidents.c.organisation == organisation,
            incidents.c.id == incident_id,
            detections.c.evidence.is_not(None),
        )
        .order_by(detections.c.observed_at.desc(), detections.c.id)
        .limit(SIGHTINGS_SHOWN)
    )
    return connection.execute(query).all()


def _opened(row: Row[Any], seals: Seals) -> Words:
    try:
        words = words_of(seals.open(row.subject, EVIDENCE, row.evidence))
    except SealError as error:
        _log.warning("words-unreadable", detection=row.id.hex(), problem=type(error).__name__)
        return Words(detection_id=row.id.hex(), before="", matched="", after="", readable=False)
    return Words(detection_id=row.id.hex(), before=words.before, matched=words.matched, after=words.after)
