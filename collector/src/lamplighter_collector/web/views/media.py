"""``/media``: requests to answer, permissions, loans, and what scans came to.

For technicians; the headteacher reads it, since malware is also theirs to know of. Nobody sees a request of
their own account, or of their child's. What its forms do is in `media_acts.py`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from lamplighter_collector.clock import now_ms
from lamplighter_collector.errors import MediaUnknown
from lamplighter_collector.media import loans, permissions, receipts, requests, stopped
from lamplighter_collector.media.spans import UNTIL_WORDS
from lamplighter_collector.media.values import (
    LoanRecord,
    PermissionRecord,
    ReceiptRecord,
    RequestRecord,
)
from lamplighter_collector.people.roles import Role
from lamplighter_collector.web import media_words as words
from lamplighter_collector.web.desk import Desk
from lamplighter_collector.web.gate import visit_of
from lamplighter_collector.web.pages import nothing_here, page

PATH: Final = "/media"
MOST_RECEIPTS: Final = 50
_NAMED: Final = re.compile(r"[0-9a-z-]{1,64}")
_ENDED: Final = "Nothing was changed: this permission does not hold any more."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What the page shows, read in one snapshot."""

    requests: Sequence[RequestRecord] = field(repr=False)
    permissions: Sequence[PermissionRecord] = field(repr=False)
    loans: Sequence[LoanRecord] = field(repr=False)
    receipts: Sequence[ReceiptRecord]
    stopped: Sequence[stopped.Stopped]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What was wrong with a form. ``at`` names it: a request, a loan, or one of grant, loan and code."""

    text: str = ""
    at: str = ""
    ask: str = ""
    values: Mapping[str, str] = field(default_factory=dict, repr=False)


class MediaPage:
    """The page, with what was wrong with a form that was just sent, or what was done."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def __call__(
        self,
        request: Request,
        problem: Problem | None = None,
        *,
        message: words.Message | None = None,
        status: int = 200,
    ) -> Response:
        visit, organisation, now = visit_of(request), self._desk.organisation, now_ms()
        asked = request.query_params
        closed, seals = visit.person.closed_subjects, self._desk.seals

        def read(connection: Connection) -> _Found:
            return _Found(
                requests=requests.waiting(connection, organisation, seals, closed=closed),
                permissions=permissions.held(connection, organisation, seals, now=now),
                loans=loans.out(connection, organisation, seals),
                receipts=receipts.newest(connection, organisation, most=MOST_RECEIPTS),
                stopped=stopped.lately(connection, organisation, closed=closed),
            )

        found = await self._desk.reader.read(read)
        return page(
            "media.html",
            visit=visit,
            status=status,
            organisation=organisation,
            heading=words.heading(len(found.requests)),
            may_change=Role.TECHNICIAN in visit.person.roles,
            requests=[words.request_line(one, now) for one in found.requests],
            permissions=[words.permission_line(one, now) for one in found.permissions],
            loans=[words.loan_line(one, now) for one in found.loans],
            receipts=[words.receipt_line(one, now) for one in found.receipts],
            stopped=[words.stopped_line(one, now) for one in found.stopped],
            spans=words.SPANS,
            laptops_word=words.LAPTOPS_WORD,
            until_words=UNTIL_WORDS,
            problem=problem,
            message=message or words.done_message(asked.get("done", ""), asked.get("id", "")),
        )


class RevokePage:
    """Asks before a permission is taken back, and says what comes of it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._page = MediaPage(desk)

    async def __call__(self, request: Request) -> Response:
        visit, now, named = visit_of(request), now_ms(), named_in(request)
        organisation, seals = self._desk.organisation, self._desk.seals
        try:
            found = await self._desk.reader.read(
                lambda connection: permissions.find(connection, organisation, seals, named)
            )
        except MediaUnknown:
            return nothing_here(organisation, visit=visit)
        if found.state(now) != "holds":
            return await self._page(request, Problem(text=_ENDED), status=409)
        return page(
            "media_revoke.html",
            visit=visit,
            organisation=organisation,
            one=words.permission_line(found, now),
            revoking=words.REVOKING,
        )


def named_in(request: Request) -> str:
    """What an address names; of what no id looks like "", which there is never any of."""
    text = str(request.path_params.get("named", ""))
    return text if _NAMED.fullmatch(text) else ""
