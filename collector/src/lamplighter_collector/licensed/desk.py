"""What technicians do with licensed lists, from the command line; each change with its audit row."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Final

from lamplighter_keywords.authoring.licensing import LARGEST_FILE, Licence, licensed_from
from lamplighter_keywords.bundles.licensed import LicensedList, fold_mark
from lamplighter_keywords.errors import KeywordsError
from sqlalchemy import Connection, Engine

from lamplighter_collector.audit.services import CONSOLE, AuditEntry, append
from lamplighter_collector.bundles.services import publish_changed
from lamplighter_collector.bundles.shelf import newest_bundle
from lamplighter_collector.bundles.signing import SigningKeys
from lamplighter_collector.clock import now_ms, shown
from lamplighter_collector.config import Config
from lamplighter_collector.db.console import administering
from lamplighter_collector.errors import ConfigError, PublicationRefused
from lamplighter_collector.keys.sealing import Seals
from lamplighter_collector.keys.services import open_seals
from lamplighter_collector.licensed.services import Lists, changed_parts, read_lists

IMPORTED: Final = "licensed-list-imported"
REMOVED: Final = "licensed-list-removed"
_END_OF_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOrder:
    """What is said of a list beside its file. ``expires`` is the last day of the licence."""

    file: Path
    list_id: str
    provider: str
    theme: str
    severity: int
    expires: str
    replace: bool = False


def import_list(config: Config, order: ImportOrder) -> dict[str, object]:
    """Take a list in and publish it; a running collector hands it to devices at once.

    Raises:
        ConfigError, PublicationRefused: names options and lines, never words.
        BundleError, KeyRingError, SecretError, StoreUnavailable
    """
    taken = _taken(order)

    def change(lists: Lists) -> Lists:
        others = tuple(one for one in lists if one.id != taken.id)
        if len(others) < len(lists) and not order.replace:
            raise ConfigError("--id", f"there is a list {taken.id}: --replace takes the new one for it")
        return (*others, taken)

    with _opened(config) as (engine, seals):

        def parts(connection: Connection) -> dict[str, bytes]:
            _check_theme(connection, config, taken.theme)
            changed = changed_parts(connection, config.organisation, seals, change)
            append(connection, _entry(config, IMPORTED, f"licensed {taken.id}, {len(taken.entries)} entries"))
            return changed

        version = publish_changed(
            engine, SigningKeys(config.state), config.organisation, parts, actor=CONSOLE
        )
    return {"version": version, **_record(taken, now_ms())}


def remove_list(config: Config, list_id: str) -> dict[str, object]:
    """Publish without a list; every version forgets it.

    Raises:
        ConfigError: there is none of this id.
        BundleError, KeyRingError, SecretError, StoreUnavailable
    """

    def change(lists: Lists) -> Lists:
        others = tuple(one for one in lists if one.id != list_id)
        if len(others) == len(lists):
            raise ConfigError("ID", "there is no licensed list of this id: `licensed list` names them")
        return others

    with _opened(config) as (engine, seals):

        def parts(connection: Connection) -> dict[str, bytes]:
            changed = changed_parts(connection, config.organisation, seals, change)
            append(connection, _entry(config, REMOVED, f"licensed {list_id}"))
            return changed

        version = publish_changed(
            engine, SigningKeys(config.state), config.organisation, parts, actor=CONSOLE
        )
    return {"version": version}


def lists(config: Config) -> list[dict[str, object]]:
    """Every list: who gave it, how many entries it has, and until when it may be used.

    Raises:
        BundleError, KeyRingError, SecretError, StoreUnavailable
    """
    now = now_ms()
    with _opened(config) as (engine, seals), engine.begin() as connection:
        return [_record(one, now) for one in read_lists(connection, config.organisation, seals)]


def _taken(order: ImportOrder) -> LicensedList:
    licence = Licence(
        list_id=order.list_id,
        provider=order.provider,
        theme=order.theme,
        severity=order.severity,
        expires=_end_of(order.expires),
    )
    try:
        with order.file.open("rb") as file:
            return licensed_from(file.read(LARGEST_FILE + 1), licence, now=now_ms())
    except OSError as error:
        raise PublicationRefused(f"{order.file.name}: {error.strerror}") from error
    except KeywordsError as error:
        raise PublicationRefused(f"{order.file.name}: {error}") from None


def _end_of(day: str) -> int:
    try:
        end = datetime.combine(date.fromisoformat(day), time(), UTC) + _END_OF_DAY
    except (ValueError, OverflowError):
        raise ConfigError("--expires", "a day such as 2027-03-31") from None
    return int(end.timestamp() * 1000)


def _check_theme(connection: Connection, config: Config, theme: str) -> None:
    if theme not in newest_bundle(connection, config.organisation).pack.themes:
        raise ConfigError("--theme", "there is no such theme; themes.toml has them")


def _record(one: LicensedList, now: int) -> dict[str, object]:
    return {
        "id": one.id,
        "provider": one.provider,
        "entries": len(one.entries),
        "expires": shown(one.expires),
        "state": _state(one, now),
    }


def _state(one: LicensedList, now: int) -> str:
    if one.ended(now):
        return "ended"
    # The digests of words that are folded otherwise are others, and nothing can fold them again.
    return "in use" if one.fold == fold_mark() else "import again"


@contextmanager
def _opened(config: Config) -> Iterator[tuple[Engine, Seals]]:
    with administering(config.store_url) as engine:
        seals = open_seals(config, engine)
        try:
            yield engine, seals
        finally:
            seals.close()


def _entry(config: Config, verb: str, about: str) -> AuditEntry:
    return AuditEntry(organisation=config.organisation, actor=CONSOLE, verb=verb, object=about)
