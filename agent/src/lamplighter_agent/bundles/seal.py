"""Seals the file of a device's bundle, so that nobody reads on the disk what is looked for; other files, too.

::

    "LLB1" | nonce 12 bytes | AES-256-GCM of the plain bytes

The key is derived from the device's key and is for one purpose alone, which tells kinds of files apart; the
device's id is associated data. So the file opens on this device only, and never again once the device's key
was erased. A nonce is random: a device keeps a bundle some times a day at most. What does not open is
damaged, whoever damaged it.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from lamplighter_keywords.errors import BundleMalformed

from lamplighter_agent.backends.ports import KeyStore

MAGIC: Final = b"LLB1"
_NONCE_BYTES: Final = 12
_KEY_BYTES: Final = 32
_PURPOSE: Final = b"lamplighter bundle file\x00"


class BundleSeal:
    """Seals and opens with one device's key; raises KeyUnavailable where that can't be had."""

    def __init__(self, keys: KeyStore, purpose: bytes = _PURPOSE) -> None:
        derived = HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=purpose)
        self._aead = AESGCM(derived.derive(keys.device_key()))
        self._associated = purpose + keys.device_id().encode()

    def seal(self, plain: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return MAGIC + nonce + self._aead.encrypt(nonce, plain, self._associated)

    def open(self, sealed: bytes) -> bytes:
        """Return the plain bytes; raises BundleMalformed for what this device did not seal."""
        head = len(MAGIC) + _NONCE_BYTES
        if sealed[: len(MAGIC)] != MAGIC or len(sealed) < head:
            raise BundleMalformed("the file is damaged")
        try:
            return self._aead.decrypt(sealed[len(MAGIC) : head], sealed[head:], self._associated)
        except InvalidTag as error:
            raise BundleMalformed("the file is damaged, or another device's") from error


def read_sealed(path: Path, longest: int, seal: Callable[[], BundleSeal]) -> bytes | None:
    """Return what is in a file, None where there is none; only what is there asks for the key.

    Raises BundleMalformed for what does not open or is too large.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(longest + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BundleMalformed("the file can't be read") from error
    if len(raw) > longest:
        raise BundleMalformed("the file is too large")
    return seal().open(raw)
