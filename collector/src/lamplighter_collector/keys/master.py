"""A master key: what it wraps opens with it alone, and only in the place that it was wrapped for.

A wrapped key is a random nonce (12 bytes) and AES-256-GCM, bound to whose key it is and to its number.
"""

import hashlib
import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lamplighter_collector.errors import SealBroken

KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_CHECK: Final = b"lamplighter master key"
_ID_CHARACTERS: Final = 16


def id_of(key: bytes) -> str:
    """By which a master key is named: the start of its hash."""
    return hashlib.sha256(key).hexdigest()[:_ID_CHARACTERS]


def place_of(organisation: str, subject: str, number: int) -> bytes:
    """What a wrapped key is bound to. No part of it may hold NUL, so that it reads in one way only."""
    return "\0".join(("data key", organisation, subject, str(number))).encode()


class MasterKey:
    """One that is ready for use. Never logged: it has no repr of its content."""

    def __init__(self, key: bytes) -> None:
        self.id = id_of(key)
        self._cipher = AESGCM(key)

    def __repr__(self) -> str:
        return f"MasterKey({self.id})"

    def check(self) -> bytes:
        """Make something by which `fits` knows it again."""
        return self._seal(_CHECK, self._place_of_check)

    def fits(self, check: bytes) -> bool:
        """Whether this is the key that made a check."""
        try:
            self._open(check, self._place_of_check)
        except InvalidTag:
            return False
        return True

    def wrap(self, key: bytes, place: bytes) -> bytes:
        return self._seal(key, place)

    def unwrap(self, wrapped: bytes, place: bytes) -> bytes:
        """Give the key that was wrapped for a place (`place_of`).

        Raises:
            SealBroken: another master key wrapped it, or for another place, or it is damaged.
        """
        try:
            return self._open(wrapped, place)
        except InvalidTag:
            raise SealBroken("data_keys.wrapped") from None

    @property
    def _place_of_check(self) -> bytes:
        return f"check\0{self.id}".encode()

    def _seal(self, content: bytes, place: bytes) -> bytes:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, content, place)

    def _open(self, sealed: bytes, place: bytes) -> bytes:
        return self._cipher.decrypt(bytes(sealed[:_NONCE_BYTES]), bytes(sealed[_NONCE_BYTES:]), place)
