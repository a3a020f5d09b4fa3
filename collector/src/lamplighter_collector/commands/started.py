"""The settings of a collector that has run before; of any other, the verbs say plainly that it has not."""

from pathlib import Path

from alembic.runtime.migration import MigrationContext
from sqlalchemy import make_url

from lamplighter_collector.commands.common import fail, settings
from lamplighter_collector.config import Config
from lamplighter_collector.db.console import reading
from lamplighter_collector.errors import CollectorError, NeverStarted


def started(path: Path) -> Config:
    """Read the settings, or end with what is wrong with them or with the store. Makes no file."""
    found = settings(path)
    try:
        if not _has_schema(found.store_url):
            raise NeverStarted
    except CollectorError as error:
        fail(error)
    return found


def _has_schema(store: str) -> bool:
    url = make_url(store)
    # SQLite would make an empty file of whatever is asked for.
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return False
    with reading(store) as connection:
        return MigrationContext.configure(connection).get_current_revision() is not None
