"""Who may see which page: nobody without a session, and with one only what their roles are for.

The session is asked for in front of all routes, so that a new page is closed until somebody opens it. What a
role has no business with answers exactly like what does not exist.
"""

import hmac
import re
from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import urlencode

import structlog
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from lamplighter_collector.errors import StoreUnavailable
from lamplighter_collector.people.roles import Role
from lamplighter_collector.people.visits import Visit
from lamplighter_collector.web.desk import Desk
from lamplighter_collector.web.forms import values_of, written
from lamplighter_collector.web.pages import nothing_here, page

SIGN_IN: Final = "/sign-in"
EVENTS: Final = "/events"
CSRF_FIELD: Final = "csrf"
_FORM: Final = "application/x-www-form-urlencoded"
_MOST_FIELDS: Final = 64
_INCIDENT: Final = re.compile(r"[0-9a-f]{1,64}")
View = Callable[[Request], Awaitable[Response]]
_log = structlog.get_logger()


def visit_of(request: Request) -> Visit:
    """Who asks; every view behind the gate has one."""
    visit = request.state.visit
    assert isinstance(visit, Visit)
    return visit


def incident_of(request: Request) -> str:
    """The incident that an address names; of what no id looks like "", which there is never any of.

    PostgreSQL refuses some characters, and what it refuses must look like what does not exist.
    """
    text = str(request.path_params["incident"])
    return text if _INCIDENT.fullmatch(text) else ""


def cookie_name(*, secure: bool) -> str:
    """With TLS the prefix has the browser refuse a cookie that another name of the domain sets."""
    return "__Host-lamplighter-session" if secure else "lamplighter-session"


def known_name(*, secure: bool) -> str:
    """The cookie of a browser that has signed in before."""
    return "__Host-lamplighter-known" if secure else "lamplighter-known"


class Gate:
    """ASGI middleware: finds the visit, and turns away who has none."""

    def __init__(self, app: ASGIApp, desk: Desk) -> None:
        self._app = app
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/static/"):
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        cookie = request.cookies.get(cookie_name(secure=self._desk.place.secure), "")
        try:
            visit = await self._desk.visits.of(cookie) if cookie else None
        except StoreUnavailable as error:
            answer = await store_away(request, error)
            await answer(scope, receive, send)
            return
        request.state.visit = visit
        if visit is None and scope["path"] != SIGN_IN:
            answer = await self._turned_away(request)
            await answer(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _turned_away(self, request: Request) -> Response:
        path = request.url.path
        if path == EVENTS:
            return PlainTextResponse("Sign in first.", 401)
        if request.method == "POST":
            form = await read_form(request)
            kept = written(values_of(form)) if form is not None else []
            return page("signed_out.html", status=401, organisation=self._desk.organisation, kept=kept)
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"{SIGN_IN}?{urlencode({'next': path + query})}", 303)


def opened_to(view: View, roles: frozenset[Role], organisation: str) -> View:
    """The view for these roles; for everybody else there is nothing here. A form must carry its token."""

    async def answer(request: Request) -> Response:
        visit = visit_of(request)
        if not visit.person.roles & roles:
            return nothing_here(organisation, visit=visit)
        if request.method == "POST":
            form = await read_form(request)
            if form is None or not _is_ours(form, visit):
                kept = written(values_of(form)) if form is not None else []
                return page(
                    "other_session.html", visit=visit, status=403, organisation=organisation, kept=kept
                )
        return await view(request)

    return answer


async def store_away(request: Request, error: Exception) -> Response:
    """What is answered when the store does not: in plain words, and with what a form brought."""
    _log.error("page-without-store", problem=str(error))
    form = await read_form(request) if request.method == "POST" else None
    kept = written(values_of(form)) if form is not None else []
    answer = page("store_away.html", status=503, organisation="", kept=kept)
    answer.headers["retry-after"] = "5"
    return answer


async def read_form(request: Request) -> FormData | None:
    """The fields of a form; None for a body of another kind. ``request.form()`` then answers the same."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        return None
    return await request.form(max_files=0, max_fields=_MOST_FIELDS)


def field(form: FormData, name: str) -> str:
    """The text of a field; empty when it was not sent."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def _is_ours(form: FormData, visit: Visit) -> bool:
    sent = field(form, CSRF_FIELD).encode("utf-8", "replace")
    return hmac.compare_digest(sent, visit.session.csrf.encode())
