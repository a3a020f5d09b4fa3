"""``/events``: server-sent events that bring changed rows to an open page.

A page says which revision it shows; each event carries the revision it brings it to, and a browser that lost
the connection continues from the last one. So nothing is missed and nothing is kept per page. Many changes at
once are one event that asks the page to offer a reload.

The session is looked at again before each event and at the moment when it would end: a stream brings nothing
to who has signed out or may read something else by now. Then it ends, and the browser is refused when it
comes back.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Final, NamedTuple

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from lamplighter_collector.clock import now_ms
from lamplighter_collector.errors import StoreUnavailable
from lamplighter_collector.people.visits import Visit
from lamplighter_collector.review import queue
from lamplighter_collector.web.desk import Desk
from lamplighter_collector.web.gate import visit_of
from lamplighter_collector.web.pages import render
from lamplighter_collector.web.reader import Reader
from lamplighter_collector.web.record_wording import queue_note
from lamplighter_collector.web.wording import row_of

_LOOK_AGAIN_SECONDS: Final = 30.0
"""How long after another collector of the school has ended a session a silent stream may stay open."""


class _News(NamedTuple):
    """What an open page must be told, and for whom it is worded."""

    changed: queue.Changes
    total: int
    reader: Reader


class EventStream:
    """The stream of one organisation."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def __call__(self, request: Request) -> Response:
        since = request.headers.get("last-event-id") or request.query_params.get("since", "0")
        revision = int(since) if since.isascii() and since.isdigit() and len(since) < 19 else 0
        return StreamingResponse(
            self._events(visit_of(request), revision),
            media_type="text/event-stream",
            headers={"x-accel-buffering": "no"},
        )

    async def _events(self, visit: Visit, revision: int) -> AsyncIterator[str]:
        arrivals = self._desk.arrivals
        yield "retry: 1000\n\n"
        while not arrivals.closed:
            woken = arrivals.next()
            try:
                news = await self._changed_since(visit, revision)
            except StoreUnavailable:  # the page asks again in a second, from where it was
                return
            if news is None:
                return
            if news.changed.revision > revision:
                revision = news.changed.revision
                yield _event(news)
            else:
                await _woken(woken, visit)

    async def _changed_since(self, visit: Visit, revision: int) -> _News | None:
        """None when the session has ended, or when the person may read something else than at its start."""
        desk = self._desk

        def read(connection: Connection) -> _News | None:
            now = desk.visits.again(connection, visit)
            if now is None or now.person != visit.person:
                return None
            at = now_ms()
            changed = queue.changed_since(
                connection,
                desk.organisation,
                visit.person,
                seals=desk.seals,
                revision=revision,
                now_ms=at,
            )
            return _News(
                changed,
                queue.total(connection, desk.organisation, visit.person, now_ms=at),
                Reader(account=visit.person.account, names=desk.names(connection), now_ms=at),
            )

        return await desk.reader.read(read)


async def _woken(woken: asyncio.Event, visit: Visit) -> None:
    """Wait for a commit, but no longer than the session is sure to last."""
    left = (visit.session.ends_at_ms() - now_ms()) / 1000
    timeout = min(max(left, 1.0), _LOOK_AGAIN_SECONDS)
    try:
        await asyncio.wait_for(woken.wait(), timeout)
    except TimeoutError:
        return


def _event(news: _News) -> str:
    changed, total = news.changed, news.total
    head = f"id: {changed.revision}\nevent:"
    if len(changed.incidents) + len(changed.gone) >= queue.MOST_CHANGES:
        return f"{head} many\ndata: {json.dumps({'total': total})}\n\n"
    rows = [row_of(incident, queue_note(incident.standing, news.reader)) for incident in changed.incidents]
    data = {
        "total": total,
        "gone": changed.gone,
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
    return f"{head} rows\ndata: {json.dumps(data)}\n\n"
