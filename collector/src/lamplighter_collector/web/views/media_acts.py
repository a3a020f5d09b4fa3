"""``/media/...``: what technicians do about portable media. Each is a form that works without JavaScript.

What is wrong with a form comes back above it with what was written; what was done is said on the page that
follows. Nobody answers a request of their own account or their child's, nor gives such a permission.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import urlencode

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
from lamplighter_collector.media import loans, permissions, requests
from lamplighter_collector.media.unlocking import UnlockCode, give_code
from lamplighter_collector.media.values import Issuer
from lamplighter_collector.people.person import Person
from lamplighter_collector.web import media_forms as forms
from lamplighter_collector.web import media_words as words
from lamplighter_collector.web.desk import Desk
from lamplighter_collector.web.forms import values_of
from lamplighter_collector.web.gate import visit_of
from lamplighter_collector.web.pages import nothing_here
from lamplighter_collector.web.views.media import PATH, MediaPage, Problem, named_in

_NOT_SAVED: Final = "Not saved. The collector can't store anything just now. Try again in a moment."
_GONE: Final = "Nothing was changed: this is not there any more."
_ANCHORS: Final = {"asset tag": "device"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sent:
    """A form that somebody sent: `named` is what of, from its address."""

    named: str
    values: Mapping[str, str] = field(repr=False)
    person: Person

    @property
    def issuer(self) -> Issuer:
        return Issuer(account=self.person.account, role=self.person.role_text, at=now_ms())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Done:
    """What came of it: a word of `words.done_message` and its id, or a code."""

    deed: str = ""
    id: str = ""
    code: UnlockCode | None = None


_Do = Callable[[Connection, Desk, _Sent], _Done]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One form; ``at`` names it on the page where its address names nothing."""

    do: _Do
    at: str = ""


class Act:
    """A form of the page: does its one thing and says so, or shows the page with what was wrong."""

    def __init__(self, desk: Desk, deed: Deed) -> None:
        self._desk = desk
        self._deed = deed
        self._page = MediaPage(desk)

    async def __call__(self, request: Request) -> Response:
        visit, values = visit_of(request), values_of(await request.form())
        sent = _Sent(named=named_in(request), values=values, person=visit.person)
        wrong = Problem(at=self._deed.at or sent.named, values=values)
        try:
            done = await self._desk.change_media(lambda store: self._deed.do(store, self._desk, sent))
        except MediaUnknown:
            return nothing_here(self._desk.organisation, visit=visit)
        except MediaRefused as error:
            told = words.problem_words(error.field, error.problem)
            ask = _ANCHORS.get(error.field, error.field)
            return await self._page(request, replace(wrong, text=told, ask=ask), status=422)
        except (MediaSettled, MediaError) as error:
            return await self._page(request, Problem(text=f"{_GONE} {error}"), status=409)
        except (StoreUnavailable, CollectorError):
            return await self._page(request, replace(wrong, text=_NOT_SAVED), status=503)
        if done.code is not None:
            # In no address: it would stand in the browser's history.
            return await self._page(request, message=words.code_message(done.code))
        return RedirectResponse(f"{PATH}?{urlencode({'done': done.deed, 'id': done.id})}", 303)


def _answer_request(store: Connection, desk: Desk, sent: _Sent) -> _Done:
    """Grant what was asked for, or refuse it."""
    organisation, seals, by = desk.organisation, desk.seals, sent.issuer
    asked = requests.find(store, organisation, seals, sent.named, closed=sent.person.closed_subjects)
    if sent.values.get("answer") == "refuse":
        requests.refuse_request(store, organisation, asked, by=by)
        return _Done(deed="refused")
    answer = forms.answer_from(sent.values, by.at)
    given = requests.grant_request(store, organisation, seals, asked, answer, by=by)
    return _Done(deed="granted", id=given.id)


def _grant(store: Connection, desk: Desk, sent: _Sent) -> _Done:
    """Give a permission that nobody asked for on a screen."""
    by = sent.issuer
    order = forms.grant_from(sent.values, by.at)
    forms.check_not_theirs(order.whom.person, desk.seals, sent.person.closed_subjects)
    given = permissions.grant(store, desk.organisation, desk.seals, order, by=by)
    return _Done(deed="granted", id=given.id)


def _revoke(store: Connection, desk: Desk, sent: _Sent) -> _Done:
    """Take a permission back."""
    permissions.revoke(store, desk.organisation, sent.named, by=sent.issuer)
    return _Done(deed="revoked", id=sent.named)


def _lend(store: Connection, desk: Desk, sent: _Sent) -> _Done:
    """Note that somebody has a medium."""
    by = sent.issuer
    order = forms.loan_from(sent.values, by.at)
    lent = loans.lend(store, desk.organisation, desk.seals, order, by=by)
    return _Done(deed="lent", id=lent.id)


def _give_back(store: Connection, desk: Desk, sent: _Sent) -> _Done:
    """Note that it came back."""
    loans.give_back(store, desk.organisation, sent.named, by=sent.issuer)
    return _Done(deed="returned", id=sent.named)


def _renew(store: Connection, desk: Desk, sent: _Sent) -> _Done:
    """Let somebody keep it longer."""
    by = sent.issuer
    loans.check_out(store, desk.organisation, sent.named)
    due = forms.end_from(sent.values, by.at)
    loans.renew(store, desk.organisation, sent.named, due=due, by=by)
    return _Done(deed="renewed", id=sent.named)


def _unlock(store: Connection, desk: Desk, sent: _Sent) -> _Done:
    """Make a code for a laptop that can't be reached."""
    device, serial = sent.values.get("device", ""), sent.values.get("serial", "")
    code = give_code(store, desk.organisation, desk.seals, device=device, serial=serial, by=sent.issuer)
    return _Done(code=code)


ACTS: Final = {
    "/media/requests/{named}": Deed(do=_answer_request),
    "/media/permissions": Deed(do=_grant, at="grant"),
    "/media/permissions/{named}/revoke": Deed(do=_revoke),
    "/media/loans": Deed(do=_lend, at="loan"),
    "/media/loans/{named}/renew": Deed(do=_renew),
    "/media/loans/{named}/return": Deed(do=_give_back),
    "/media/unlock-code": Deed(do=_unlock, at="code"),
}
"""By their address: what each changes; it raises MediaError where it can't."""
