"""Templates to responses."""

from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

_TEMPLATES: Final = Environment(
    loader=PackageLoader("lamplighter_collector.web"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(template: str, **values: object) -> str:
    return _TEMPLATES.get_template(template).render(values)


def page(template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    return HTMLResponse(render(template, **values), status_code=status)


def nothing_here(organisation: str) -> HTMLResponse:
    """The same words and status whether the item exists or not: nobody learns of an item about themselves."""
    return page("nothing.html", status=404, organisation=organisation)
