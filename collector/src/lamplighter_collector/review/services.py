"""What changes the review queue. Each verb is one transaction that also writes its audit row."""

from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection, Engine, select

from lamplighter_collector.audit.services import AuditEntry, append
from lamplighter_collector.grouping.fingerprint import Audience
from lamplighter_collector.ingest.models import detections
from lamplighter_collector.review.models import incidents
from lamplighter_collector.review.queue import SIGHTED, SIGHTINGS_SHOWN

WORDS_SHOWN: Final = "words-shown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The text of one sighting. Made only by `reveal`."""

    detection_id: str
    before: str = field(repr=False)
    matched: str = field(repr=False)
    after: str = field(repr=False)


def reveal(engine: Engine, organisation: str, incident_id: str, *, actor: str) -> tuple[Words, ...] | None:
    """The words of an incident, or None when there is nothing here for this reader.

    The audit row and the reading are one transaction: no words leave without a row. Runs on the writer
    thread.
    """
    with engine.begin() as connection:
        if not _is_readable(connection, organisation, incident_id):
            return None
        append(
            connection,
            AuditEntry(organisation=organisation, actor=actor, verb=WORDS_SHOWN, object=incident_id),
        )
        return _words(connection, organisation, incident_id)


def _is_readable(connection: Connection, organisation: str, incident_id: str) -> bool:
    query = select(incidents.c.id).where(
        incidents.c.organisation == organisation,
        incidents.c.id == incident_id,
        incidents.c.audience == Audience.DSL,
    )
    return connection.scalar(query) is not None


def _words(connection: Connection, organisation: str, incident_id: str) -> tuple[Words, ...]:
    query = (
        select(
            detections.c.id,
            detections.c.evidence_before,
            detections.c.evidence_matched,
            detections.c.evidence_after,
        )
        .join_from(incidents, detections, SIGHTED)
        .where(
            incidents.c.organisation == organisation,
            incidents.c.id == incident_id,
            detections.c.evidence_matched != "",
        )
        .order_by(detections.c.observed_at.desc(), detections.c.id)
        .limit(SIGHTINGS_SHOWN)
    )
    return tuple(
        Words(detection_id=id_.hex(), before=before, matched=matched, after=after)
        for id_, before, matched, after in connection.execute(query)
    )
