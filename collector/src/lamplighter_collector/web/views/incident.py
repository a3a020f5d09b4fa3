"""``/incidents/<id>``: one incident in full.

Its words are covered until asked for, and asking is recorded before they are shown.
"""

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from lamplighter_collector.errors import StoreUnavailable
from lamplighter_collector.grouping.fingerprint import explain
from lamplighter_collector.people.person import Person
from lamplighter_collector.review import queue
from lamplighter_collector.web.arithmetic import reason_words
from lamplighter_collector.web.desk import Desk
from lamplighter_collector.web.gate import visit_of
from lamplighter_collector.web.pages import nothing_here, page
from lamplighter_collector.web.themes import first_steps
from lamplighter_collector.web.wording import SEVERITY_NAMES, row_of, sighting_lines


class IncidentPage:
    """GET shows an incident with its words covered; POST shows them and has written who asked."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def __call__(self, request: Request) -> Response:
        incident_id, visit = str(request.path_params["incident"]), visit_of(request)
        person = visit.person
        try:
            words = await self._desk.reveal(incident_id, person=person) if request.method == "POST" else ()
        except StoreUnavailable:
            return page("unrecorded.html", visit=visit, status=503, organisation=self._desk.organisation)
        found = await self._desk.reader.read(lambda connection: self._read(connection, person, incident_id))
        if found is None or words is None:
            return nothing_here(self._desk.organisation, visit=visit)
        incident, sightings = found
        return page(
            "incident.html",
            visit=visit,
            organisation=self._desk.organisation,
            row=row_of(incident),
            severity_name=SEVERITY_NAMES[incident.severity].lower(),
            incident=incident,
            sightings=[sighting_lines(sighting) for sighting in sightings],
            addends=_sum(sightings),
            explanation=explain(
                incident.theme,
                incident.severity,
                observed_at_ms=incident.last_at_ms,
                utc_offset_minutes=incident.utc_offset_minutes,
            ),
            words=words,
            first_steps=first_steps(incident.theme),
            shown=request.method == "POST",
            covered=sum(sighting.has_words for sighting in sightings),
        )

    def _read(
        self, connection: Connection, person: Person, incident_id: str
    ) -> tuple[queue.IncidentSummary, tuple[queue.Sighting, ...]] | None:
        incident = queue.incident(
            connection, self._desk.organisation, person, incident_id, seals=self._desk.seals
        )
        if incident is None:
            return None
        return incident, queue.sightings_of(connection, self._desk.organisation, incident_id)


def _sum(sightings: tuple[queue.Sighting, ...]) -> list[tuple[str, int]]:
    """The arithmetic of the latest sighting that shows one, in plain words."""
    addends = next((sighting.addends for sighting in sightings if sighting.addends), ())
    return [(reason_words(reason), value) for reason, value in addends]
