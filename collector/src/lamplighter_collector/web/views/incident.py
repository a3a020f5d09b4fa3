"""``/incidents/<id>``: one incident in full.

Its words are covered until asked for, and asking is recorded before they are shown.
"""

from starlette.requests import Request
from starlette.responses import Response

from lamplighter_collector.errors import StoreUnavailable
from lamplighter_collector.web.case import Shown, read_case, values_of_case
from lamplighter_collector.web.desk import Desk
from lamplighter_collector.web.gate import incident_of, visit_of
from lamplighter_collector.web.pages import nothing_here, page


class IncidentPage:
    """GET shows an incident with its words covered; POST shows them and has written who asked."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def __call__(self, request: Request) -> Response:
        desk, visit, incident = self._desk, visit_of(request), incident_of(request)
        asked = request.method == "POST"
        try:
            words = await desk.reveal(incident, person=visit.person) if asked else None
        except StoreUnavailable:
            return page("unrecorded.html", visit=visit, status=503, organisation=desk.organisation)
        case = await read_case(desk, visit.person, incident)
        if case is None or (asked and words is None):
            return nothing_here(desk.organisation, visit=visit)
        return page(
            "incident.html",
            visit=visit,
            status=200,
            organisation=desk.organisation,
            **values_of_case(case, Shown(words=words)),
        )
