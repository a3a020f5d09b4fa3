"""When this device last heard from its collector, kept in `contact.json` beside the identity.

::

    {"at": "2026-11-21T09:00:00+00:00", "silent_seconds": 0.0}

A file that is gone or damaged counts as a contact at the time the identity was obtained: it can only make
sensing stop sooner, and erasing then still needs its day.
"""

import contextlib
import json
import math
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import structlog

from lamplighter_agent.enrolment.silence import Contact
from lamplighter_agent.files import remove, replace_whole

_log = structlog.get_logger(__name__)
NAME: Final = "contact.json"
# Contacts may be many a second; on disk one an hour will do where days are counted.
_SAVE_AFTER = timedelta(hours=1)


class ContactFile:
    """The last contact, in memory and on disk. Used from one loop."""

    def __init__(self, state: Path, *, otherwise: datetime) -> None:
        self._path = state / NAME
        self.contact = _read(self._path) or Contact(at=otherwise)
        self._saved: Contact | None = self.contact

    def heard(self, now: datetime) -> None:
        """Take note of an answer of the collector."""
        self.contact = Contact(at=now)
        saved = self._saved
        if saved is None or saved.silent_seconds or abs(now - saved.at) >= _SAVE_AFTER:
            self.save()

    def becomes(self, contact: Contact) -> None:
        """Take a contact whose running time was counted on, and keep it."""
        if contact != self.contact:
            self.contact = contact
            self.save()

    def save(self) -> None:
        """Write; a disk that is full is tried again at the next contact."""
        contact = self.contact
        content = {"at": contact.at.isoformat(), "silent_seconds": contact.silent_seconds}
        try:
            replace_whole(self._path, json.dumps(content).encode())
        except OSError as error:
            _log.warning("contact_not_saved", problem=error.strerror)
            self._saved = None
        else:
            self._saved = contact


def forget(state: Path) -> None:
    """Remove the file: a new enrolment begins with a contact of its own."""
    remove(state / NAME)


def _read(path: Path) -> Contact | None:
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        found = json.loads(path.read_text(encoding="utf-8"))
        at, seconds = datetime.fromisoformat(found["at"]), float(found["silent_seconds"])
        if at.tzinfo is not None and math.isfinite(seconds) and seconds >= 0:
            return Contact(at=at, silent_seconds=seconds)
    return None
