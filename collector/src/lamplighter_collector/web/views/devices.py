"""``/devices``: the health of each device, without anything that anybody typed and without accounts."""

from dataclasses import dataclass
from datetime import datetime

from lamplighter_keywords.policy.device_policy import DevicePolicy
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from lamplighter_collector.clock import now_ms, utc_now
from lamplighter_collector.devices import health
from lamplighter_collector.devices.acknowledgements import Acknowledged, counts
from lamplighter_collector.devices.expected import policy_now
from lamplighter_collector.media import loans, requests
from lamplighter_collector.media.reminding import SOON_MS
from lamplighter_collector.people.attempts import locked_now
from lamplighter_collector.people.person import Person
from lamplighter_collector.people.roles import Role
from lamplighter_collector.review import queue
from lamplighter_collector.web.desk import Desk
from lamplighter_collector.web.device_words import SILENT_AFTER, answer, line_of, locked_words
from lamplighter_collector.web.gate import visit_of
from lamplighter_collector.web.media_words import waiting_words
from lamplighter_collector.web.pages import page
from lamplighter_collector.web.wording import loss_words


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What the page is made from, of one moment. `notices` by asset tag."""

    tally: health.Tally
    devices: tuple[health.Health, ...]
    losses: tuple[queue.LossSummary, ...]
    locked: int
    policy: DevicePolicy
    notices: dict[str, Acknowledged]


class DevicesPage:
    """The devices of one organisation."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def __call__(self, request: Request) -> Response:
        organisation, now, person = self._desk.organisation, utc_now(), visit_of(request).person
        found = await self._desk.reader.read(lambda connection: _read(connection, organisation, now))
        media = ""
        if Role.TECHNICIAN in person.roles:
            media = await self._desk.reader.read(lambda connection: _media(connection, organisation, person))
        return page(
            "devices.html",
            visit=visit_of(request),
            organisation=organisation,
            answer=answer(found.tally),
            devices=[
                line_of(one, now, found.policy, found.notices.get(one.asset_tag)) for one in found.devices
            ],
            more=found.tally.devices - len(found.devices),
            locked=locked_words(found.locked),
            media=media,
            losses=[loss_words(loss) for loss in found.losses],
        )


def _read(connection: Connection, organisation: str, now: datetime) -> _Found:
    at_ms = int(now.timestamp() * 1000)
    return _Found(
        tally=health.tally(
            connection, organisation, silent_since_ms=int((now - SILENT_AFTER).timestamp() * 1000)
        ),
        devices=health.health(connection, organisation),
        losses=queue.unseen(connection, organisation),
        locked=locked_now(connection, organisation, now_ms=at_ms),
        policy=policy_now(connection, organisation),
        notices=counts(connection, organisation),
    )


def _media(connection: Connection, organisation: str, person: Person) -> str:
    """What waits for a technician on the page of portable media."""
    asked = requests.count_waiting(connection, organisation, closed=person.closed_subjects)
    due = loans.due(connection, organisation, before=now_ms() + SOON_MS)
    return waiting_words(asked, due)
