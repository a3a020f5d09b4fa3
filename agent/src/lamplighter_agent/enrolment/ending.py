"""The end of a device: what it stored is made unreadable for ever, and a restart knows that it ended.

`ended.json` in the state folder, readable by everybody::

    {"reason": "device-revoked", "at": "2026-11-21T09:00:00+00:00"}

The order is: the file, the device's key, the bundle, the spool. After a crash in between the next start finds
the file, senses nothing and erases the rest. A file that can't be understood is an end, too: the other
reading would be to sense on a device that may have been retired. Only a new enrolment takes it away.
"""

import json
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import structlog

from lamplighter_agent.backends.ports import KeyStore
from lamplighter_agent.backends.select_files import disk
from lamplighter_agent.enrolment import contact
from lamplighter_agent.enrolment.reasons import ENDINGS
from lamplighter_agent.files import remove, replace_whole

_log = structlog.get_logger(__name__)
NAME: Final = "ended.json"
UNREADABLE: Final = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """Why and when this device ended."""

    reason: str
    at: datetime

    @property
    def words(self) -> str:
        return ENDINGS.get(self.reason, f"{NAME} is there, but can't be read")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What an end erases, all below the state folder."""

    state: Path
    spool: Path
    # The signed lists and policy, sealed with the same key.
    bundles: Path
    # Permissions and receipts of portable media, sealed alike.
    media: Path
    # Counts of the day, without text.
    counts: Path
    keys: KeyStore


def read(state: Path) -> Ended | None:
    """Return the end of this device; None while it has none."""
    try:
        found = json.loads((state / NAME).read_text(encoding="utf-8"))
        reason, at = found["reason"], datetime.fromisoformat(found["at"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        return Ended(reason=UNREADABLE, at=datetime.now(UTC))
    return Ended(reason=str(reason), at=at)


def end(stored: Stored, ended: Ended) -> None:
    """Note the end and destroy the device's key, at once; `erase` does the rest when the spool is closed.

    Where the note can't be written the key is destroyed all the same: then the collector says it again.
    """
    try:
        content = {"reason": ended.reason, "at": ended.at.isoformat(timespec="seconds")}
        replace_whole(stored.state / NAME, json.dumps(content).encode(), public=True)
    finally:
        stored.keys.erase()
    _log.warning("device_ended", reason=ended.reason)


def erase(stored: Stored) -> None:
    """Destroy the key and remove what it sealed. Idempotent; raises OSError or KeyUnavailable.

    The key alone would do, also for copies of the spool that somebody made before.
    """
    stored.keys.erase()
    for folder in (stored.bundles, stored.media, stored.spool):
        shutil.rmtree(folder, ignore_errors=False, onerror=_unless_gone)
    stored.counts.unlink(missing_ok=True)
    disk.sync_folder(stored.state)


def erased(stored: Stored) -> bool:
    """Tell whether `erase` came to its end."""
    return not stored.spool.exists()


def forget(state: Path) -> None:
    """Take the end away, for a device that was enrolled again; `erase` comes before."""
    contact.forget(state)
    remove(state / NAME)


def _unless_gone(
    _function: object, _path: str, about: tuple[type[BaseException], BaseException, object]
) -> None:
    if not isinstance(about[1], FileNotFoundError):
        raise about[1]
