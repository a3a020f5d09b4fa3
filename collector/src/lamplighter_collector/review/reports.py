"""What the read verbs of the command line answer: ids, counts and severities of every audience, never words.

A technician uses these verbs. So no account name is among the columns; a term, which is as good as the words
beside the lists, and the theme of what is not the DSL's are shown only on request, which is an audit row.
Otherwise the store is read beside a running collector and nothing is changed.
"""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection, Select, case, select

from lamplighter_collector.audit.services import CONSOLE, AuditEntry, append
from lamplighter_collector.config import Config
from lamplighter_collector.db.console import reading
from lamplighter_collector.grouping.fingerprint import Audience
from lamplighter_collector.ingest.models import detections, losses
from lamplighter_collector.keys.services import recording
from lamplighter_collector.review.models import incidents

OPENED: Final = "report-opened"
_COVERED: Final = ""
_THEME: Final = case((incidents.c.audience == Audience.DSL.value, incidents.c.theme), else_=_COVERED)
Record = Mapping[str, object]


def list_incidents(config: Config, *, opened: bool = False) -> list[Record]:
    """Every incident; themes of what is not the DSL's only when opened."""
    columns = ("severity", "sightings", "count", "first_at", "last_at")
    theme = incidents.c.theme if opened else _THEME
    query = (
        select(
            *(incidents.c[name] for name in ("id", "audience", "state", "outcome", "device")),
            theme.label("theme"),
            *(incidents.c[name] for name in columns),
        )
        .where(incidents.c.organisation == config.organisation)
        .order_by(incidents.c.opened_at, incidents.c.id)
    )
    return _opened(config, query, "incidents") if opened else _records(config, query)


def list_detections(config: Config, *, opened: bool = False) -> list[Record]:
    """Every detection; terms, and themes of what is not the DSL's, only when opened."""
    belongs = (
        (incidents.c.organisation == detections.c.organisation)
        & (incidents.c.device == detections.c.device)
        & (incidents.c.id == detections.c.incident)
    )
    words = [detections.c.theme, detections.c.term] if opened else [_THEME.label("theme")]
    columns = ("severity", "weight", "observed_at", "received_at")
    query = (
        select(detections.c.id, detections.c.device, *words, *(detections.c[name] for name in columns))
        .select_from(detections.outerjoin(incidents, belongs))
        .where(detections.c.organisation == config.organisation)
        .order_by(detections.c.received_at, detections.c.id)
    )
    return _opened(config, query, "detections") if opened else _records(config, query)


def list_losses(config: Config) -> list[Record]:
    """What devices dropped or could not see."""
    columns = ("id", "device", "reason", "count", "first_at", "last_at")
    query = (
        select(*(losses.c[name] for name in columns))
        .where(losses.c.organisation == config.organisation)
        .order_by(losses.c.last_at, losses.c.id)
    )
    return _records(config, query)


def _records(config: Config, query: Select[Any]) -> list[Record]:
    with reading(config.store_url) as connection:
        return _read(connection, query)


def _opened(config: Config, query: Select[Any], what: str) -> list[Record]:
    """The row and the reading are one transaction."""
    with recording(config) as engine, engine.begin() as connection:
        append(
            connection,
            AuditEntry(organisation=config.organisation, actor=CONSOLE, verb=OPENED, object=what),
        )
        return _read(connection, query)


def _read(connection: Connection, query: Select[Any]) -> list[Record]:
    return [
        {key: value.hex() if isinstance(value, bytes) else value for key, value in row.items()}
        for row in connection.execute(query).mappings()
    ]
