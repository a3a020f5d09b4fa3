"""A collector's settings over a store, with something in it, and its command line."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import structlog
from lamplighter_collector.__main__ import app
from lamplighter_collector.audit.services import WHY, AuditEntry, append
from lamplighter_collector.config import Config, load
from lamplighter_collector.db.engine import writing_engine
from lamplighter_collector.devices.register import Entry, enter
from lamplighter_collector.ingest.privacy import Privacy
from lamplighter_collector.ingest.services import SqlStore
from lamplighter_collector.keys.services import open_seals
from sqlalchemy import Engine
from typer.testing import CliRunner, Result

from tests.collector.items import LAPTOP, made
from tests.collector.stores import AFTER_MS, ENROLLED_MS
from tests.support.collector import ORGANISATION, Collector

PUPILS = ("pupil07", "pupil08")


class Answer(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Terminal:
    """What an administrator has: settings, a store and a terminal."""

    def __init__(self, path: Path, engine: Engine) -> None:
        self.path = path
        self.engine = engine

    @property
    def config(self) -> Config:
        return load(self.path)

    def run(self, *arguments: str) -> Answer:
        return run(self.path, *arguments)


def run(config: Path, *arguments: str) -> Answer:
    """One verb, with its settings file."""
    result = invoked(*arguments, "--config", str(config))
    return Answer(result.exit_code, result.stdout, result.stderr)


def invoked(*arguments: str) -> Result:
    """The command line in this process; the log goes to standard error, as `main` has it."""
    structlog.configure(logger_factory=lambda *_: structlog.WriteLogger(sys.stderr))
    try:
        return CliRunner().invoke(app, arguments)
    finally:
        structlog.reset_defaults()


@contextmanager
def terminal_over(folder: Path, store_url: str) -> Iterator[Terminal]:
    """A collector that was never started, over a migrated store."""
    collector = Collector(folder, store=store_url)
    collector.write_config()
    engine = writing_engine(store_url)
    try:
        yield Terminal(collector.config, engine)
    finally:
        engine.dispose()


def fill(terminal: Terminal) -> None:
    """One device, two pupils with a detection each, and two audit rows with reasons."""
    seals = open_seals(terminal.config, terminal.engine)
    attester = bytes(seals.seal("", "devices.attester", "Robin Fenwick"))
    entry = Entry(name=LAPTOP, group="pupils", attester=attester, serial="5", not_after=AFTER_MS)
    with terminal.engine.begin() as connection:
        enter(connection, entry, ENROLLED_MS)
    privacy = Privacy(seals)
    SqlStore(terminal.engine).accept([made(privacy, user=user) for user in PUPILS])
    for reason in ("asked by the head", "asked again"):
        why = seals.seal("", WHY, reason)
        row = AuditEntry(organisation=ORGANISATION, actor="wren", role="dsl", verb="v", object="o", why=why)
        with terminal.engine.begin() as connection:
            append(connection, row)
    seals.close()
