"""Seals in a folder of their own, for tests of what is stored sealed."""

import contextlib
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path

from lamplighter_collector.keys.ring import DataKey, KeyRing
from lamplighter_collector.keys.sealing import Seals
from lamplighter_collector.keys.secrets import Secrets

from tests.support.collector import ORGANISATION


@contextlib.contextmanager
def ring_in(
    folder: Path, organisation: str = ORGANISATION, *, rows: bool = False, url: str = ""
) -> Iterator[KeyRing]:
    """Master key and key ring in ``folder``; the same folder again gives the same keys.

    The master key is a plain file, since sealing by systemd-creds costs a process each time.
    """
    url = url or f"sqlite:///{folder / 'ring.sqlite3'}"
    ring = KeyRing(Secrets(folder, tool=None), url, organisation, holds_sealed=lambda: rows)
    try:
        yield ring
    finally:
        ring.close()


@contextlib.contextmanager
def seals_in(folder: Path, organisation: str = ORGANISATION) -> Iterator[Seals]:
    """Seals over the key ring in ``folder``/keys."""
    with ring_in(folder / "keys", organisation) as ring:
        yield Seals(ring, organisation)


class KeysInMemory:
    """A key ring that is gone with its process: for tests that only need something to seal with."""

    def __init__(self) -> None:
        self._keys: dict[str, DataKey] = {}

    def ensure(self, subjects: Iterable[str]) -> dict[str, DataKey]:
        wanted = set(subjects)
        for subject in wanted - self._keys.keys():
            self._keys[subject] = DataKey(1, secrets.token_bytes(32))
        return self.find(wanted)

    def find(self, subjects: Iterable[str]) -> dict[str, DataKey]:
        return {subject: self._keys[subject] for subject in set(subjects) & self._keys.keys()}

    def load(self, subject: str, number: int | None = None) -> DataKey | None:
        key = self._keys[subject]
        if number not in {None, key.number}:
            raise LookupError(subject)
        return key

    def destroy(self, subject: str) -> None:
        del self._keys[subject]

    def close(self) -> None:
        pass
