"""Backups of the embedded store: the database alone, never a key, each read back before it counts.

A backup is SQLite's own copy of one moment, made beside a running collector. It is written aside, opened
again as it lies on the disk, compared, and only then has its name; so what has the name of a backup is one.
How the last try ended is noted in the state folder, where `status` finds it, whoever made the try.

A database of PostgreSQL is backed up by its server's own means.
"""

import contextlib
import json
import os
import sqlite3
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import make_url

from lamplighter_collector.clock import utc_now
from lamplighter_collector.config import Config
from lamplighter_collector.errors import BackupFailed
from lamplighter_collector.keys.secrets import write_whole

LATE: Final = timedelta(days=2)
"""After which a backup that should come each day is missed."""
_NOTE: Final = "backup.json"
_PREFIX: Final = "store-"
_ENDING: Final = ".sqlite3"
_MODE: Final = 0o600


def back_up(config: Config, folder: Path, keep: int) -> dict[str, object]:
    """Write a backup into ``folder``, read it back, and forget all but the newest ``keep``.

    Raises:
        BackupFailed: none was made; it is noted, and older ones are left as they are.
    """
    try:
        made = _made(config, folder)
    except BackupFailed as error:
        _note(config, {"problem": error.problem, **_last_good(config)})
        raise
    gone = _forget(folder, keep)
    told = {"file": str(made), "bytes": made.stat().st_size, "kept": len(_all(folder)), "removed": gone}
    _note(config, {"at": _moment(), "file": str(made), "problem": ""})
    return told


def state_of_backups(config: Config) -> dict[str, object]:
    """When the last one was made and what is wrong; of a store that was never backed up, that."""
    if not _is_embedded(config):
        return {"problem": "", "by": "the database server: see the README"}
    note = dict(_read(config))
    if "at" not in note:
        return note | {"at": "never", "problem": note.get("problem") or "no backup was ever made"}
    if not note.get("problem") and utc_now() - datetime.fromisoformat(str(note["at"])) > LATE:
        note["problem"] = f"the last backup is more than {LATE.days} days old"
    return note


def _made(config: Config, folder: Path) -> Path:
    if not _is_embedded(config):
        raise BackupFailed(
            "the store is a database of PostgreSQL: its server backs it up, such as by pg_dump"
        )
    store = Path(make_url(config.store_url).database or "")
    if not store.is_file():
        raise BackupFailed("there is no store to copy: the collector has never run")
    if config.keys.folder.resolve().is_relative_to(folder.resolve()):
        raise BackupFailed(
            "the folder holds the keys: a backup beside them is readable by whoever takes both"
        )
    name = f"{_PREFIX}{utc_now():%Y%m%dT%H%M%S%fZ}{_ENDING}"
    aside = folder / f".{name}.new"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        aside.touch(mode=_MODE)
        _copy(store, aside)
        _read_back(store, aside)
        return aside.rename(folder / name)
    except OSError as error:
        raise BackupFailed(error.strerror or "can't be written") from error
    except sqlite3.Error as error:
        raise BackupFailed(f"{type(error).__name__}: the copy can't be made or read back") from None
    finally:
        # What can't be removed is no backup either: it has no backup's name.
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)


def _copy(store: Path, aside: Path) -> None:
    with (
        contextlib.closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as source,
        contextlib.closing(sqlite3.connect(aside)) as copy,
    ):
        source.backup(copy)
        # One file that is whole without a log beside it, and on the disk.
        copy.execute("PRAGMA journal_mode=DELETE").close()
        copy.execute("PRAGMA synchronous=FULL").close()
    with aside.open("rb+") as file:
        os.fsync(file.fileno())


def _read_back(store: Path, aside: Path) -> None:
    """Every page is sound, and the schema is the store's."""
    with (
        contextlib.closing(sqlite3.connect(f"file:{aside}?mode=ro", uri=True)) as copy,
        contextlib.closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as source,
    ):
        if copy.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
            raise BackupFailed(
                "the copy was read back and is damaged, as the store may be: bring an older one"
            )
        tables = "SELECT name, sql FROM sqlite_schema ORDER BY name"
        if not (found := copy.execute(tables).fetchall()) or found != source.execute(tables).fetchall():
            raise BackupFailed("the copy was read back and lacks tables")


def _forget(folder: Path, keep: int) -> int:
    old = _all(folder)[:-keep]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _all(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"{_PREFIX}*{_ENDING}"))


def _is_embedded(config: Config) -> bool:
    return make_url(config.store_url).get_backend_name() == "sqlite"


def _moment() -> str:
    return utc_now().isoformat(timespec="seconds")


def _note(config: Config, what: Mapping[str, object]) -> None:
    with contextlib.suppress(OSError):
        write_whole(config.state / _NOTE, json.dumps(what).encode(), replace=True)


def _read(config: Config) -> Mapping[str, object]:
    try:
        found = json.loads((config.state / _NOTE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _last_good(config: Config) -> dict[str, object]:
    return {name: one for name, one in _read(config).items() if name in {"at", "file"}}
