"""Bring the store to the schema of this version. Runs by ``migrate`` and at every start of ``serve``.

Two collectors that start at once on one database take turns: SQLite by its write lock, PostgreSQL by an
advisory lock that ends with the transaction.
"""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.exc import DBAPIError

from lamplighter_collector.db.faults import translated
from lamplighter_collector.db.schema import metadata
from lamplighter_collector.errors import ConfigError, StoreUnavailable

_FOLDER: Final = Path(__file__).parent / "migrations"
_LOCK: Final = "SELECT pg_advisory_xact_lock(3620019751064829)"
"""Any number will do that other programs on the database don't use."""
_CIRCUMSTANCES: Final = (
    "SELECT datcollate, pg_encoding_to_char(encoding), current_setting('fsync'),"
    " current_setting('full_page_writes') FROM pg_database WHERE datname = current_database()"
)
_COLLATIONS: Final = ("C", "POSIX", "C.UTF-8", "C.utf8")


def migrate(engine: Engine) -> str:
    """Apply what is missing, in one transaction, and answer the revision that the store is at.

    Raises:
        ConfigError: a database of PostgreSQL was made or set up so that the store can't rely on it, a newer
            collector has brought the store up, or its tables are not this version's: it was made by a version
            between two releases.
        StoreUnavailable: it can't be reached or refuses.
    """
    alembic = AlembicConfig()
    alembic.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    reach(engine)
    with translated(), engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            _check(connection)
            connection.exec_driver_sql(_LOCK)
        _check_revision(connection, alembic)
        alembic.attributes["connection"] = connection
        command.upgrade(alembic, "head")
        _check_columns(connection)
        return MigrationContext.configure(connection).get_current_revision() or ""


def reach(engine: Engine) -> None:
    """Connect once, or say why that can't be.

    The driver's own sentence about a server that does not answer is what an administrator needs.

    It names the machine, the database and the user, and no password; here, before anything was sent, it can
    quote nothing else.

    Raises:
        StoreUnavailable
    """
    try:
        engine.connect().close()
    except DBAPIError as error:
        reason = str(error.orig).strip().partition("\n")[0]
        if password := engine.url.password:
            reason = reason.replace(str(password), "***")
        raise StoreUnavailable(f"store.url: {reason}") from None


def _check_revision(connection: Connection, alembic: AlembicConfig) -> None:
    """A store that a newer collector has brought up is not for an older one, such as after a step back."""
    found = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in ScriptDirectory.from_config(alembic).walk_revisions()}
    if found is not None and found not in known:
        problem = f"the store is at {found}, which only a newer collector knows: start that one again"
        raise ConfigError("store.url", problem)


def _check_columns(connection: Connection) -> None:
    """Better no start than a fault at the first row."""
    found = inspect(connection)
    for table in metadata.sorted_tables:
        there = {column["name"] for column in found.get_columns(table.name)}
        if there != set(table.c.keys()):
            problem = f"its table {table.name} was made by another version: begin with a new store"
            raise ConfigError("store.url", problem)


def _check(connection: Connection) -> None:
    """Names sort as on SQLite, whatever the machine's language, and a commit is on the disk."""
    collation, encoding, *durable = connection.exec_driver_sql(_CIRCUMSTANCES).one()
    if collation not in _COLLATIONS or encoding != "UTF8":
        problem = "the database must be made by: createdb --template=template0 --encoding=UTF8 --locale=C"
        raise ConfigError("store.url", problem)
    if durable != ["on", "on"]:
        raise ConfigError("store.url", "fsync and full_page_writes of the server must be on")
