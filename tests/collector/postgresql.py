"""A PostgreSQL of the tests' own: real, with Debian's programs, on a unix socket in a folder of its own.

It flushes to the disk as an installed one does. As root it runs as the account ``postgres``, since it refuses
to run as root. It is killed when the tests end, also when they are killed.
"""

import itertools
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
from lamplighter_collector.db.engine import writing_engine
from lamplighter_collector.db.migrate import migrate
from psycopg import sql
from sqlalchemy import make_url

from tests.support.waiting import wait_for

TEMPLATE = "migrated"
USER = "lamplighter"
_PROGRAMS = Path("/usr/lib/postgresql")


def programs() -> Path:
    """The folder of the newest installed version; there is no test run without one."""
    found = sorted(_PROGRAMS.glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    assert found, "PostgreSQL is missing: make setup installs it"
    return found[-1].parent


class Cluster:
    """A running server. ``new_database`` answers the address of a migrated store that nobody else has."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="lamplighter-postgresql-"))
        self._numbers = itertools.count(1)
        self._as = ["setpriv", "--pdeathsig", "KILL"]
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
            self._as += ["--reuid", "postgres", "--regid", "postgres", "--init-groups"]

    def __enter__(self) -> Self:
        data = self.folder / "data"
        initdb: list[str | Path] = [
            programs() / "initdb",
            "-D",
            data,
            "-U",
            USER,
            "--encoding=UTF8",
            "--locale=C",
        ]
        self._run([*initdb, "--auth=trust", "--no-sync", "--no-instructions"])
        settings = {"listen_addresses": "", "unix_socket_directories": self.folder, "max_connections": 60}
        command: list[str | Path] = [*self._as, programs() / "postgres", "-D", data]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with (self.folder / "log").open("wb") as log:
            self._server = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder)
        self.wait_until_ready()
        self._execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
        engine = writing_engine(self.url(TEMPLATE))
        migrate(engine)
        engine.dispose()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._server.kill()
        self._server.wait(timeout=30)
        shutil.rmtree(self.folder)

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://{USER}@/{database}?host={self.folder}"

    def new_database(self, template: str = TEMPLATE, *options: str) -> str:
        name = f"store{next(self._numbers)}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} " + " ".join(options))
        self._execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def drop(self, database: str) -> None:
        self._execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database)))

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(host=str(self.folder), user=USER, dbname=database, autocommit=True)

    def wait_until_ready(self) -> None:
        def ready() -> bool:
            assert self._server.poll() is None, (self.folder / "log").read_text()
            return (
                subprocess.run([programs() / "pg_isready", "-q", "-h", self.folder], check=False).returncode
                == 0
            )

        wait_for(ready, "PostgreSQL answers", seconds=60)

    def wait_for_lock(self, url: str, waiting: int = 1) -> None:
        """Until so many connections to the database wait for a lock of another."""
        query = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'"
        with self.connect() as connection:

            def found() -> bool:
                row = connection.execute(query, [make_url(url).database]).fetchone()
                return row is not None and row[0] >= waiting

            wait_for(found, "a connection waits for a lock")

    def backend_of(self, url: str) -> int:
        """The server's process that works for the writer of this database."""
        query = (
            "SELECT pid FROM pg_stat_activity WHERE datname = %s AND application_name = 'lamplighter-writer'"
        )
        with self.connect() as connection:
            row = connection.execute(query, [make_url(url).database]).fetchone()
        assert row is not None
        return int(row[0])

    def _execute(self, statement: sql.Composed) -> None:
        with self.connect() as connection:
            connection.execute(statement)

    def _run(self, command: list[str | Path]) -> None:
        subprocess.run([*self._as, *command], check=True, stdout=subprocess.DEVNULL, cwd=self.folder)
