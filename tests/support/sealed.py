"""Seals in a folder of their own, for tests of what is stored sealed."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from lamplighter_collector.keys.ring import KeyRing
from lamplighter_collector.keys.sealing import Seals
from lamplighter_collector.keys.secrets import Secrets

from tests.support.collector import ORGANISATION


@contextlib.contextmanager
def seals_in(folder: Path, organisation: str = ORGANISATION) -> Iterator[Seals]:
    """Seals with master key and key ring in ``folder``/keys; the same folder again gives the same keys.

    The master key is a plain file, since sealing by systemd-creds costs a process each time.
    """
    keys = folder / "keys"
    url = f"sqlite:///{keys / 'ring.sqlite3'}"
    ring = KeyRing(Secrets(keys, tool=None), url, organisation, holds_sealed=lambda: False)
    seals = Seals(ring, organisation)
    try:
        yield seals
    finally:
        seals.close()
