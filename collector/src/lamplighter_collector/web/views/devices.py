"""``/devices``: the health of each device, without anything that anybody typed and without accounts."""

from datetime import UTC, datetime

from lamplighter_keywords.policy.device_policy import DevicePolicy
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from lamplighter_collector.clock import now_ms
from lamplighter_collector.devices import health
from lamplighter_collector.devices.acknowledgements import Acknowledged, counts
from lamplighter_collector.devices.expected import policy_now
from lamplighter_collector.people.attempts import locked_now
from lamplighter_collector.review import queue
from lamplighter_collector.web.desk import Desk
from lamplighter_collector.web.device_words import SILENT_AFTER, answer, line_of, locked_words
from lamplighter_collector.web.gate import visit_of
from lamplighter_collector.web.pages import page
from lamplighter_collector.web.wording import loss_words


class DevicesPage:
    """The devices of one organisation."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def __call__(self, request: Request) -> Response:
        organisation, now = self._desk.organisation, datetime.fromtimestamp(now_ms() / 1000, UTC)
        silent_since = int((now - SILENT_AFTER).timestamp() * 1000)

        def read(
            connection: Connection,
        ) -> tuple[
            health.Tally,
            tuple[health.Health, ...],
            tuple[queue.LossSummary, ...],
            int,
            DevicePolicy,
            dict[str, Acknowledged],
        ]:
            return (
                health.tally(connection, organisation, silent_since_ms=silent_since),
                health.health(connection, organisation),
                queue.unseen(connection, organisation),
                locked_now(connection, organisation, now_ms=now_ms()),
                policy_now(connection, organisation),
                counts(connection, organisation),
            )

        tally, found, losses, locked, policy, notice = await self._desk.reader.read(read)
        return page(
            "devices.html",
            visit=visit_of(request),
            organisation=organisation,
            answer=answer(tally),
            devices=[line_of(device, now, policy, notice.get(device.asset_tag)) for device in found],
            more=tally.devices - len(found),
            locked=locked_words(locked),
            losses=[loss_words(loss) for loss in losses],
        )
