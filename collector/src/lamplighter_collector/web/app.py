"""The web application: routes, and the guard around them."""

from pathlib import Path
from typing import Final

from starlette.applications import Starlette
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from lamplighter_collector.web.desk import Desk
from lamplighter_collector.web.guard import Guard
from lamplighter_collector.web.views.events import EventStream
from lamplighter_collector.web.views.incident import IncidentPage
from lamplighter_collector.web.views.queue import QueuePage

_STATIC: Final = Path(__file__).parent / "static"


def build(desk: Desk) -> ASGIApp:
    queue_page, incident_page, events = QueuePage(desk), IncidentPage(desk), EventStream(desk)
    routes = [
        Route("/", queue_page.__call__, methods=["GET"]),
        Route("/incidents/{incident}", incident_page.__call__, methods=["GET", "POST"]),
        Route("/events", events.__call__, methods=["GET"]),
        Mount("/static", StaticFiles(directory=_STATIC), name="static"),
    ]
    return Guard(Starlette(routes=routes))
