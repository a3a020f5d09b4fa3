"""Bring the store to the schema of this version. Runs by ``migrate`` and at every start of ``serve``."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine

_FOLDER: Final = Path(__file__).parent / "migrations"


def migrate(engine: Engine) -> str:
    """Apply what is missing, in one transaction, and answer the revision that the store is at."""
    alembic = AlembicConfig()
    alembic.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    with engine.begin() as connection:
        alembic.attributes["connection"] = connection
        command.upgrade(alembic, "head")
        return MigrationContext.configure(connection).get_current_revision() or ""
