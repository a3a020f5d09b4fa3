"""Everything that the incident's page shows, read in one snapshot, and its template's values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from lamplighter_collector.clock import now_ms
from lamplighter_collector.grouping.fingerprint import explain
from lamplighter_collector.people.person import Person
from lamplighter_collector.review import history, queue, states
from lamplighter_collector.review.outcomes import offered
from lamplighter_collector.review.services import Words
from lamplighter_collector.review.states import Standing
from lamplighter_collector.web.arithmetic import reason_words
from lamplighter_collector.web.certainty import certainty
from lamplighter_collector.web.desk import Desk
from lamplighter_collector.web.forms import Form
from lamplighter_collector.web.reader import Reader
from lamplighter_collector.web.record_wording import (
    claim_line,
    earlier_lines,
    follows,
    record_lines,
    standing_words,
)
from lamplighter_collector.web.themes import first_steps
from lamplighter_collector.web.wording import (
    SEVERITY_NAMES,
    row_of,
    sighting_lines,
    withheld_lines,
    withheld_note,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One incident with its record, as one person may read it."""

    incident: queue.IncidentSummary
    sightings: tuple[queue.Sighting, ...]
    record: tuple[history.DecisionRecord, ...]
    earlier: tuple[history.Item, ...]
    reader: Reader

    @property
    def standing(self) -> Standing:
        return self.incident.standing

    @property
    def is_open(self) -> bool:
        return states.is_open(self.standing, self.reader.now_ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is said above everything else: that something was not done."""

    title: str
    lines: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a page shows besides the case: words that were asked for, a form that could not be saved."""

    words: tuple[Words, ...] | None = None
    form: Form | None = None
    message: Message | None = None
    kept: Sequence[tuple[str, str]] = field(default=(), repr=False)


async def read_case(desk: Desk, person: Person, incident_id: str) -> Case | None:
    """None when there is nothing here for this person."""

    def read(connection: Connection) -> Case | None:
        found = queue.incident(connection, desk.organisation, person, incident_id, seals=desk.seals)
        if found is None:
            return None
        return Case(
            incident=found,
            sightings=queue.sightings_of(connection, desk.organisation, incident_id),
            record=history.decisions_of(connection, desk.organisation, incident_id, seals=desk.seals),
            earlier=history.earlier(
                connection, desk.organisation, incident_id, person=person, seals=desk.seals
            ),
            reader=Reader(account=person.account, names=desk.names(connection), now_ms=now_ms()),
        )

    return await desk.reader.read(read)


def values_of_case(case: Case, shown: Shown) -> Mapping[str, object]:
    """The values of ``incident.html``."""
    incident, reader = case.incident, case.reader
    before = follows(incident.theme, incident.severity, case.earlier, reader.now_ms)
    holds = next((row for row in case.record if row.outcome), None)
    reason = holds.reason if holds is not None else ""
    form = shown.form or Form(version=case.standing.version)
    return {
        "row": row_of(incident),
        "severity_name": SEVERITY_NAMES[incident.severity].lower(),
        "sightings": [sighting_lines(sighting) for sighting in case.sightings],
        "addends": _sum(case.sightings),
        "explanation": explain(
            incident.theme,
            incident.severity,
            observed_at_ms=incident.last_at_ms,
            utc_offset_minutes=incident.utc_offset_minutes,
        ),
        "certainty": certainty(incident, case.sightings),
        "words": shown.words,
        "first_steps": first_steps(incident.theme),
        "withheld": withheld_lines(case.sightings),
        "withheld_note": withheld_note(shown.words or ()),
        "covered": sum(sighting.has_words for sighting in case.sightings),
        "claim": claim_line(case.standing, reader),
        "decided": "" if case.is_open else standing_words(case.standing, reason, reader.now_ms),
        "record": record_lines(case.record, reader),
        "earlier": earlier_lines(case.earlier, reader.now_ms),
        "follows": earlier_lines([before], reader.now_ms)[0] if before else None,
        "choices": offered(case.standing.audience),
        "form": form,
        "message": shown.message,
        "kept": shown.kept,
    }


def _sum(sightings: tuple[queue.Sighting, ...]) -> list[tuple[str, int]]:
    """The arithmetic of the latest sighting that shows one, in plain words."""
    addends = next((sighting.addends for sighting in sightings if sighting.addends), ())
    return [(reason_words(reason), value) for reason, value in addends]
