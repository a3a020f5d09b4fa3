"""``/``: what needs the person who reads, most severe first, and what could not be seen.

Whoever reads no audience is led on to the first page that is theirs.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from lamplighter_collector.clock import now_ms
from lamplighter_collector.review import queue
from lamplighter_collector.web.bundle_words import bundle_alarms
from lamplighter_collector.web.desk import Desk
from lamplighter_collector.web.gate import visit_of
from lamplighter_collector.web.pages import READERS, home_of, page
from lamplighter_collector.web.reader import Reader
from lamplighter_collector.web.record_wording import queue_note
from lamplighter_collector.web.wording import GROUPS, loss_words, row_of


class StartPage:
    """The address that everybody is given: the queue, or for who has none the way to their first page."""

    def __init__(self, desk: Desk) -> None:
        self._queue = QueuePage(desk)

    async def __call__(self, request: Request) -> Response:
        visit = visit_of(request)
        if visit.person.roles & READERS:
            return await self._queue(request)
        return RedirectResponse(home_of(visit), 303)


class QueuePage:
    """The queue of one organisation."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def __call__(self, request: Request) -> Response:
        sheet = sheet_number(request.query_params.get("page", "1"))
        organisation, visit = self._desk.organisation, visit_of(request)
        week_ago = (datetime.now(UTC) - timedelta(days=7)).date().isoformat()

        now = now_ms()

        def read(connection: Connection) -> tuple[queue.Queue, tuple[queue.LossSummary, ...], int, Reader]:
            return (
                queue.pending(
                    connection,
                    organisation,
                    visit.person,
                    seals=self._desk.seals,
                    now_ms=now,
                    skip=(sheet - 1) * queue.PAGE_SIZE,
                ),
                queue.unseen(connection, organisation),
                queue.context_total(connection, organisation, since_day=week_ago),
                Reader(account=visit.person.account, names=self._desk.names(connection), now_ms=now),
            )

        pending, unseen, context, reader = await self._desk.reader.read(read)
        rows = [row_of(incident, queue_note(incident.standing, reader)) for incident in pending.incidents]
        return page(
            "queue.html",
            visit=visit,
            organisation=organisation,
            trouble=self._desk.trouble(),
            total=pending.total,
            revision=pending.revision,
            groups=[
                (key, title, target, [row for row in rows if row.group == key])
                for key, title, target, _ in GROUPS
            ],
            losses=[loss_words(loss) for loss in unseen],
            bundle_alarms=await bundle_alarms(self._desk),
            context=context,
            sheet=sheet,
            sheets=-(-pending.total // queue.PAGE_SIZE),
        )


def sheet_number(text: str) -> int:
    return min(max(int(text), 1), 10_000) if text.isascii() and text.isdigit() and len(text) < 6 else 1
