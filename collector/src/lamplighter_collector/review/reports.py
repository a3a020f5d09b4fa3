"""What the read verbs of the command line answer: ids, counts and severities of every audience, never words.

Reads the store beside a running collector and changes nothing. No account name is among the columns, since a
technician uses these verbs.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Select, select

from lamplighter_collector.db.engine import reading_engine
from lamplighter_collector.db.faults import translated
from lamplighter_collector.ingest.models import detections, losses
from lamplighter_collector.review.models import incidents

Record = Mapping[str, object]


def list_incidents(url: str, organisation: str) -> list[Record]:
    columns = (
        "id",
        "audience",
        "state",
        "outcome",
        "device",
        "theme",
        "severity",
        "sightings",
        "count",
        "first_at",
        "last_at",
    )
    return _records(
        url,
        select(*(incidents.c[name] for name in columns))
        .where(incidents.c.organisation == organisation)
        .order_by(incidents.c.opened_at, incidents.c.id),
    )


def list_detections(url: str, organisation: str) -> list[Record]:
    columns = ("id", "device", "theme", "term", "severity", "weight", "observed_at", "received_at")
    return _records(
        url,
        select(*(detections.c[name] for name in columns))
        .where(detections.c.organisation == organisation)
        .order_by(detections.c.received_at, detections.c.id),
    )


def list_losses(url: str, organisation: str) -> list[Record]:
    columns = ("id", "device", "reason", "count", "first_at", "last_at")
    return _records(
        url,
        select(*(losses.c[name] for name in columns))
        .where(losses.c.organisation == organisation)
        .order_by(losses.c.last_at, losses.c.id),
    )


def _records(url: str, query: Select[Any]) -> list[Record]:
    engine = reading_engine(url, connections=1)

    def read(connection: Connection) -> list[Record]:
        return [
            {key: value.hex() if isinstance(value, bytes) else value for key, value in row.items()}
            for row in connection.execute(query).mappings()
        ]

    try:
        with translated(), engine.begin() as connection:
            return read(connection)
    finally:
        engine.dispose()
