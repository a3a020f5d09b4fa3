"""Templates to responses."""

from collections.abc import Sequence
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from lamplighter_collector.people.roles import Role, role_names
from lamplighter_collector.people.visits import Visit

READERS: Final = frozenset({Role.DSL, Role.DEPUTY, Role.HEADTEACHER, Role.CHAIR})
"""Whoever has a queue."""
HEALTH_READERS: Final = frozenset({Role.TECHNICIAN, Role.DSL, Role.DEPUTY, Role.HEADTEACHER})
"""Whoever sees the state of devices, which holds no content."""
MEDIA_READERS: Final = frozenset({Role.TECHNICIAN, Role.HEADTEACHER})
"""Whoever sees the register of portable media. Only technicians change it."""
_NAVIGATION: Final = (
    ("/", "Queue", READERS),
    ("/decided", "Decided", READERS),
    ("/devices", "Devices", HEALTH_READERS),
    ("/media", "Portable media", MEDIA_READERS),
)
_TEMPLATES: Final = Environment(
    loader=PackageLoader("lamplighter_collector.web"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(template: str, **values: object) -> str:
    return _TEMPLATES.get_template(template).render(values)


def page(template: str, *, visit: Visit | None = None, status: int = 200, **values: object) -> HTMLResponse:
    """A whole page; ``visit`` is who it is for, None on the pages before signing in.

    Templates find ``csrf``, which each of their forms must carry.
    """
    frame = {
        "reader": visit.person.name if visit else "",
        "roles": role_names(visit.person.roles) if visit else "",
        "csrf": visit.session.csrf if visit else "",
        "navigation": navigation(visit),
        "home": home_of(visit),
    }
    return HTMLResponse(render(template, **frame, **values), status_code=status)


def nothing_here(
    organisation: str, *, visit: Visit | None = None, kept: Sequence[tuple[str, str]] = ()
) -> HTMLResponse:
    """The same words and status whether the item exists or not: nobody learns of an item about themselves.

    ``kept`` is what a form brought that is not sent to anybody now, by the names of its fields.
    """
    return page("nothing.html", visit=visit, status=404, organisation=organisation, kept=kept)


def navigation(visit: Visit | None) -> tuple[tuple[str, str], ...]:
    """Address and name of each page that this person's roles are for."""
    roles = visit.person.roles if visit else frozenset()
    return tuple((address, name) for address, name, readers in _NAVIGATION if roles & readers)


def home_of(visit: Visit | None) -> str:
    """Where a person starts."""
    mine = navigation(visit)
    return mine[0][0] if mine else "/"
