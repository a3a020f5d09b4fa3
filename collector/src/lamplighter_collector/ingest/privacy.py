"""What becomes of names and words on their way in: pseudonyms and sealed fields; on the loop.

An account name is a subject: its pseudonym stands in every row, the name itself once, sealed. Words are
sealed as one field under the subject's own key. Sealing needs the subject's data key in memory, so a batch is
made ready first: `Privacy.prepare` makes and commits missing keys off the loop, before any row that needs
them exists.
"""

import asyncio
from collections.abc import Iterable
from typing import Final

from lamplighter_collector.db.driver import Row
from lamplighter_collector.errors import KeyRingError, SecretError, StoreUnavailable
from lamplighter_collector.ingest.detection import Answer, Detection, Evidence, Receipt, Request
from lamplighter_collector.keys.sealing import Seals

EVIDENCE: Final = "detections.evidence"
NAME: Final = "subjects.name"
_SUBJECTS_KEPT: Final = 8192
_BETWEEN: Final = "\0"
"""Text of a device never holds it; mapping refuses it."""


class Privacy:
    """What makes a detection fit to be stored, for one organisation."""

    def __init__(self, seals: Seals) -> None:
        self._seals = seals
        self._subjects: dict[str, str] = {}
        self._introductions: dict[tuple[str, int], Row] = {}
        self._making = asyncio.Lock()

    async def prepare(self, items: Iterable[object]) -> None:
        """Have the data keys of all that these items are about in memory.

        Raises:
            StoreUnavailable: the key ring can't be read or written, or its master key is gone.
        """
        users = {item.user for item in items if isinstance(item, Detection | Answer | Receipt | Request)}
        missing = self._missing(users)
        if missing:
            # One at a time: devices that start together in the morning share a commit of the key ring.
            async with self._making:
                if missing := self._missing(users):
                    await asyncio.to_thread(self._ensure, missing)

    def subject_of(self, user: str) -> str:
        """The pseudonym of an account name; empty for none."""
        if not user:
            return ""
        subject = self._subjects.get(user)
        if subject is None:
            if len(self._subjects) >= _SUBJECTS_KEPT:
                self._subjects.clear()
            subject = self._subjects[user] = self._seals.pseudonym("subject", user)
        return subject

    def sealed(self, evidence: Evidence, subject: str) -> bytearray | None:
        """The words as one sealed field; None where there are none."""
        if not evidence.matched:
            return None
        words = _BETWEEN.join((evidence.before, evidence.matched, evidence.after))
        return self._seals.seal(subject, EVIDENCE, words)

    def introduction(self, item: Detection | Answer | Receipt, subject: str, now_ms: int) -> Row | None:
        """The row of `subjects`, made once and then the same; None where nobody is named."""
        if not subject:
            return None
        key = (subject, int(item.user_kind))
        row = self._introductions.get(key)
        if row is None:
            if len(self._introductions) >= _SUBJECTS_KEPT:
                self._introductions.clear()
            name = self._seals.seal(subject, NAME, item.user)
            row = self._introductions[key] = (item.origin.organisation, *key, name, now_ms)
        return row

    def _ensure(self, subjects: Iterable[str]) -> None:
        try:
            self._seals.ensure(subjects)
        except (KeyRingError, SecretError) as error:
            # Such as a master key that was taken away while we run: devices keep what they have.
            raise StoreUnavailable(str(error)) from error

    def _missing(self, users: Iterable[str]) -> set[str]:
        return {subject for user in users if not self._seals.ready(subject := self.subject_of(user))}


def words_of(opened: str) -> Evidence:
    """What was sealed as one field. Anything but three parts is all taken for the matched words."""
    parts = opened.split(_BETWEEN)
    if len(parts) != 3:
        return Evidence(before="", matched=opened, after="")
    return Evidence(before=parts[0], matched=parts[1], after=parts[2])
