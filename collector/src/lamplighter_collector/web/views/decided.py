"""``/decided``: what is closed, latest decision first."""

from typing import Final

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from lamplighter_collector.clock import now_ms
from lamplighter_collector.review import history
from lamplighter_collector.web.desk import Desk
from lamplighter_collector.web.gate import visit_of
from lamplighter_collector.web.pages import page
from lamplighter_collector.web.reader import Reader
from lamplighter_collector.web.record_wording import decided_lines
from lamplighter_collector.web.views.queue import sheet_number

ADDRESS: Final = "/decided"


class DecidedPage:
    """What this person may read of it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def __call__(self, request: Request) -> Response:
        visit, desk = visit_of(request), self._desk
        sheet = sheet_number(request.query_params.get("page", "1"))
        now = now_ms()

        def read(connection: Connection) -> tuple[history.DecidedList, Reader]:
            found = history.decided(
                connection,
                desk.organisation,
                person=visit.person,
                seals=desk.seals,
                now_ms=now,
                skip=(sheet - 1) * history.DECIDED_AT_ONCE,
            )
            reader = Reader(account=visit.person.account, names=desk.names(connection), now_ms=now)
            return found, reader

        found, reader = await desk.reader.read(read)
        return page(
            "decided.html",
            visit=visit,
            organisation=desk.organisation,
            here=ADDRESS,
            total=found.total,
            lines=decided_lines(found.items, reader),
            sheet=sheet,
            sheets=-(-found.total // history.DECIDED_AT_ONCE),
        )
