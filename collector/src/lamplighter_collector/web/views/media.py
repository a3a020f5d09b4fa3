"""``/media``: requests to answer, permissions, loans, and what scans came to. Forms work without JavaScript.

For technicians; the headteacher reads it, since malware is also theirs to know of. Nobody sees or answers a
request of their own account, or of their child's.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from lamplighter_keywords.media.permission import Access
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from lamplighter_collector.clock import now_ms
from lamplighter_collector.errors import (
    CollectorError,
    MediaError,
    MediaRefused,
    MediaSettled,
    MediaUnknown,
    StoreUnavailable,
)
from lamplighter_collector.media import loans, permissions, receipts, requests, stopped
from lamplighter_collector.media.requests import Answer
from lamplighter_collector.media.spans import end_of, span_of
from lamplighter_collector.media.values import (
    Issuer,
    LoanRecord,
    PermissionRecord,
    ReceiptRecord,
    RequestRecord,
)
from lamplighter_collector.people.person import Person
from lamplighter_collector.people.roles import Role
from lamplighter_collector.web import media_words as words
from lamplighter_collector.web.desk import Desk
from lamplighter_collector.web.forms import values_of
from lamplighter_collector.web.gate import visit_of
from lamplighter_collector.web.pages import nothing_here, page

PATH: Final = "/media"
MOST_RECEIPTS: Final = 50
_OWN_DAY: Final = "day"
_ACCESS: Final = {one.value: one for one in Access}
_NOT_SAVED: Final = "Not saved. The collector can't store anything just now. Try again in a moment."
_GONE: Final = "Nothing was changed: this is not there any more."


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
    """What was wrong with one form; ``at`` is its request's reference, or empty."""

    text: str
    at: str = ""
    ask: str = ""
    values: Mapping[str, str] = field(default_factory=dict, repr=False)


class MediaPage:
    """The page, with what was wrong with a form if one was just sent."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def __call__(self, request: Request, problem: Problem | None = None, status: int = 200) -> Response:
        visit, organisation, now = visit_of(request), self._desk.organisation, now_ms()
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
            problem=problem,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sent:
    """A form that somebody sent: `named` is what of, from its address."""

    named: str
    values: Mapping[str, str] = field(repr=False)
    person: Person


_Do = Callable[[Connection, Desk, _Sent], None]


class Act:
    """A form of the page: does its one thing and goes back, or shows the page with what was wrong."""

    def __init__(self, desk: Desk, do: _Do) -> None:
        self._desk = desk
        self._do = do
        self._page = MediaPage(desk)

    async def __call__(self, request: Request) -> Response:
        values = values_of(await request.form())
        visit = visit_of(request)
        sent = _Sent(named=str(request.path_params["named"]), values=values, person=visit.person)
        try:
            await self._desk.change_media(lambda store: self._do(store, self._desk, sent))
        except MediaUnknown:
            return nothing_here(self._desk.organisation, visit=visit)
        except MediaRefused as error:
            told = Problem(text=error.problem, at=sent.named, ask=error.field, values=values)
            return await self._page(request, told, 422)
        except (MediaSettled, MediaError) as error:
            return await self._page(request, Problem(text=f"{_GONE} {error}"), 409)
        except (StoreUnavailable, CollectorError):
            told = Problem(text=_NOT_SAVED, at=sent.named, values=values)
            return await self._page(request, told, 503)
        return RedirectResponse(PATH, 303)


def _answer_request(store: Connection, desk: Desk, sent: _Sent) -> None:
    """Grant what was asked for, or refuse it."""
    organisation, seals, by = desk.organisation, desk.seals, _issuer(sent.person)
    asked = requests.find(store, organisation, seals, sent.named, closed=sent.person.closed_subjects)
    if sent.values.get("answer") == "refuse":
        requests.refuse_request(store, organisation, asked, by=by)
        return
    requests.grant_request(store, organisation, seals, asked, _answer(sent.values, by.at), by=by)


def _revoke(store: Connection, desk: Desk, sent: _Sent) -> None:
    """Take a permission back."""
    permissions.revoke(store, desk.organisation, sent.named, by=_issuer(sent.person))


ACTS: Final = {
    "/media/requests/{named}": _answer_request,
    "/media/permissions/{named}/revoke": _revoke,
}
"""By their address: what each changes; it raises MediaError where it can't."""


def _answer(values: Mapping[str, str], now: int) -> Answer:
    access = _ACCESS.get(values.get("access", ""))
    if access is None:
        raise MediaRefused("access", "Say whether it may be written to")
    span = values.get("until", "")
    if span == _OWN_DAY:
        ends = end_of(values.get("day", ""), "day")
    elif span in dict(words.SPANS):
        ends = now + span_of(span, "until")
    else:
        raise MediaRefused("until", "Say until when")
    reason = values.get("reason", "").strip()
    return Answer(access=access, ends=ends, reason=reason, needs_encryption=bool(values.get("encrypted")))


def _issuer(person: Person) -> Issuer:
    return Issuer(account=person.account, role=person.role_text, at=now_ms())
