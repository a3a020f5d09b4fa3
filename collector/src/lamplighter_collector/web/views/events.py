"""``/events``: server-sent events that bring changed rows to an open page.

A page says which revision it shows; each event carries the revision it brings it to, and a browser that lost
the connection continues from the last one. So nothing is missed and nothing is kept per page. Many changes at
once are one event that asks the page to offer a reload.
"""

import json
from collections.abc import AsyncIterator
from typing import Final

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from lamplighter_collector.review import queue
from lamplighter_collector.web.desk import Desk
from lamplighter_collector.web.pages import render
from lamplighter_collector.web.wording import row_of

MOST_ROWS: Final = 100


class EventStream:
    """The stream of one organisation."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def __call__(self, request: Request) -> Response:
        since = request.headers.get("last-event-id") or request.query_params.get("since", "0")
        revision = int(since) if since.isascii() and since.isdigit() and len(since) < 19 else 0
        return StreamingResponse(
            self._events(revision), media_type="text/event-stream", headers={"x-accel-buffering": "no"}
        )

    async def _events(self, revision: int) -> AsyncIterator[str]:
        arrivals = self._desk.arrivals
        yield "retry: 1000\n\n"
        while not arrivals.closed:
            woken = arrivals.next()
            changed, total = await self._changed_since(revision)
            if changed:
                revision = changed[-1].revision
                yield _event(changed, total, revision)
            else:
                await woken.wait()

    async def _changed_since(self, revision: int) -> tuple[tuple[queue.IncidentSummary, ...], int]:
        organisation = self._desk.organisation

        def read(connection: Connection) -> tuple[tuple[queue.IncidentSummary, ...], int]:
            changed = queue.changed_since(
                connection,
                organisation,
                seals=self._desk.seals,
                revision=revision,
                limit=MOST_ROWS + 1,
            )
            return changed, queue.total(connection, organisation) if changed else 0

        return await self._desk.reader.read(read)


def _event(changed: tuple[queue.IncidentSummary, ...], total: int, revision: int) -> str:
    if len(changed) > MOST_ROWS:
        return f"id: {revision}\nevent: many\ndata: {json.dumps({'total': total})}\n\n"
    rows = [row_of(incident) for incident in changed]
    data = {
        "total": total,
        "rows": [
            {
                "id": row.id,
                "group": row.group,
                "spoken": f"{row.theme}, severity {row.severity} of 5",
                "html": render("row.html", row=row),
            }
            for row in rows
        ],
    }
    return f"id: {revision}\nevent: rows\ndata: {json.dumps(data)}\n\n"
