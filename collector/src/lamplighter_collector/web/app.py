"""The web application: routes, whom each is open to, and the guard and the gate around them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from lamplighter_collector.errors import StoreUnavailable
from lamplighter_collector.people.roles import Role
from lamplighter_collector.web.desk import Desk
from lamplighter_collector.web.gate import EVENTS, SIGN_IN, Gate, View, opened_to, store_away
from lamplighter_collector.web.guard import Guard
from lamplighter_collector.web.pages import HEALTH_READERS, MEDIA_READERS, READERS
from lamplighter_collector.web.views.decided import DecidedPage
from lamplighter_collector.web.views.decision import ACTS
from lamplighter_collector.web.views.devices import DevicesPage
from lamplighter_collector.web.views.events import EventStream
from lamplighter_collector.web.views.incident import IncidentPage
from lamplighter_collector.web.views.media import PATH as MEDIA
from lamplighter_collector.web.views.media import MediaPage, RevokePage
from lamplighter_collector.web.views.media_acts import ACTS as MEDIA_ACTS
from lamplighter_collector.web.views.media_acts import Act as MediaAct
from lamplighter_collector.web.views.queue import StartPage
from lamplighter_collector.web.views.sign_in import SignInPage, SignOut

_STATIC: Final = Path(__file__).parent / "static"
_EVERYBODY: Final = frozenset(Role)
_TECHNICIANS: Final = frozenset({Role.TECHNICIAN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One route. ``roles`` is None where no session is needed: for the form that begins one."""

    path: str
    methods: tuple[str, ...]
    view: Callable[[Desk], View]
    roles: frozenset[Role] | None


PAGES: Final = (
    Page(path=SIGN_IN, methods=("GET", "POST"), view=SignInPage, roles=None),
    Page(path="/sign-out", methods=("POST",), view=SignOut, roles=_EVERYBODY),
    Page(path="/", methods=("GET",), view=StartPage, roles=_EVERYBODY),
    Page(path="/incidents/{incident}", methods=("GET", "POST"), view=IncidentPage, roles=READERS),
    *(
        Page(path=f"/incidents/{{incident}}/{verb}", methods=("POST",), view=view, roles=READERS)
        for verb, view in ACTS.items()
    ),
    Page(path="/decided", methods=("GET",), view=DecidedPage, roles=READERS),
    Page(path=EVENTS, methods=("GET",), view=EventStream, roles=READERS),
    Page(path="/devices", methods=("GET",), view=DevicesPage, roles=HEALTH_READERS),
    Page(path=MEDIA, methods=("GET",), view=MediaPage, roles=MEDIA_READERS),
    Page(path=f"{MEDIA}/permissions/{{named}}/revoke", methods=("GET",), view=RevokePage, roles=_TECHNICIANS),
    *(
        Page(path=path, methods=("POST",), view=partial(MediaAct, deed=deed), roles=_TECHNICIANS)
        for path, deed in MEDIA_ACTS.items()
    ),
)
"""Every route but the static files. Each has its row in the walk of all roles through all routes."""


def build(desk: Desk) -> ASGIApp:
    routes = [_route(page, desk) for page in PAGES]
    app = Starlette(
        routes=[*routes, Mount("/static", StaticFiles(directory=_STATIC), name="static")],
        exception_handlers={StoreUnavailable: store_away},
    )
    return Guard(Gate(app, desk), desk.place)


def _route(page: Page, desk: Desk) -> Route:
    view = page.view(desk)
    if page.roles is not None:
        view = opened_to(view, page.roles, desk.organisation)

    async def answer(request: Request) -> Response:
        return await view(request)

    return Route(page.path, answer, methods=list(page.methods))
