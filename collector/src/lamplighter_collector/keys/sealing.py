"""Sealing of single fields: what a person wrote or is called stands in the store only like this.

A sealed field is a version byte, the number of the data key (2 bytes), a random nonce (12 bytes) and
AES-256-GCM, bound to the organisation, the subject and the field: bytes that are copied to another row of
another person or to another column don't open. The data key belongs to the subject, so that destroying it
erases all that was kept about a person, also in backups.

A pseudonym is what stands for a name where rows must be found by it: a keyed hash, which nobody can try names
against without the key ring.
"""

import hashlib
import os
from collections.abc import Iterable
from typing import Final, NamedTuple, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lamplighter_collector.errors import KeyDestroyed, SealBroken
from lamplighter_collector.keys.ring import INDEX, DataKey

_VERSION: Final = 1
_HEAD_BYTES: Final = 3
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
_PSEUDONYM_BYTES: Final = 16
_KEYS_KEPT: Final = 8192


class Ring(Protocol):
    """What seals need of a key ring; `KeyRing` says how it answers."""

    def ensure(self, subjects: Iterable[str]) -> dict[str, DataKey]: ...
    def find(self, subjects: Iterable[str]) -> dict[str, DataKey]: ...
    def load(self, subject: str, number: int | None = None) -> DataKey | None: ...
    def destroy(self, subject: str) -> None: ...
    def close(self) -> None: ...


class _Key(NamedTuple):
    """A data key ready for use, with what every seal of its subject begins with."""

    head: bytes
    bound_to: bytes
    cipher: AESGCM


class _Keys:
    """Keys by subject, of which the least used are forgotten.

    Two dictionaries instead of an order for each key: when the young one is full it becomes the old one and
    what was old is dropped. Each step is one operation of a dictionary, so no lock is needed.
    """

    def __init__(self) -> None:
        self._young: dict[str, _Key] = {}
        self._old: dict[str, _Key] = {}

    def get(self, subject: str) -> _Key | None:
        key = self._young.get(subject)
        if key is None:
            key = self._old.get(subject)
            if key is not None:
                self.put(subject, key)
        return key

    def put(self, subject: str, key: _Key) -> None:
        if len(self._young) >= _KEYS_KEPT:
            self._young, self._old = {}, self._young
        self._young[subject] = key

    def drop(self, subject: str) -> None:
        self._young.pop(subject, None)
        self._old.pop(subject, None)


class Seals:
    """Seals and opens fields of one organisation; thread-safe, one per process."""

    def __init__(self, ring: Ring, organisation: str) -> None:
        """Blocking: the index key and the organisation's own key are read, or made the first time."""
        self._ring = ring
        self._organisation = organisation
        self._keys = _Keys()
        keys = ring.ensure(["", INDEX])
        self._index = keys[INDEX].key
        self._keys.put("", self._key("", keys[""]))

    def __repr__(self) -> str:
        return "Seals()"

    def close(self) -> None:
        self._ring.close()

    @property
    def chain_key(self) -> bytes:
        """What the audit rows of the organisation are chained with; the same in every process."""
        return hashlib.blake2b(key=self._index, person=b"audit chain").digest()

    def secret_for(self, purpose: str, name: str) -> bytes:
        """32 bytes that only this key ring gives for a name: the same in every process, kept nowhere.

        A purpose is a word of at most 16 letters, and none that a pseudonym has.
        """
        told = f"{self._organisation}\0{name}".encode()
        return hashlib.blake2b(told, digest_size=32, key=self._index, person=purpose.encode()).digest()

    def pseudonym(self, kind: str, text: str) -> str:
        """32 hex characters that stand for ``text``: the same for the same text of one kind.

        A kind is a word of at most 16 letters.
        """
        keyed = hashlib.blake2b(
            text.encode(), digest_size=_PSEUDONYM_BYTES, key=self._index, person=kind.encode()
        )
        return keyed.hexdigest()

    def ready(self, subject: str) -> bool:
        """Whether its data key is in memory, so that `seal` does not block."""
        return self._keys.get(subject) is not None

    def ensure(self, subjects: Iterable[str]) -> None:
        """Make and commit the data keys that are missing. Blocking: call it off the loop.

        Raises:
            StoreUnavailable: the key ring can't be read or written.
        """
        missing = [subject for subject in subjects if not self.ready(subject)]
        if missing:
            for subject, key in self._ring.ensure(missing).items():
                self._keys.put(subject, self._key(subject, key))

    def fetch(self, subjects: Iterable[str]) -> None:
        """Have the data keys that exist in memory, before many fields are opened. Blocking.

        Raises:
            StoreUnavailable: the key ring can't be read.
        """
        missing = [subject for subject in subjects if not self.ready(subject)]
        if missing:
            for subject, key in self._ring.find(missing).items():
                self._keys.put(subject, self._key(subject, key))

    def seal(self, subject: str, field: str, text: str) -> bytearray:
        """Seal a text for ``field``, which is ``table.column``; ``subject`` "" for the organisation itself.

        Blocks only when the subject is not `ready`.

        Raises:
            StoreUnavailable: the data key had to be made, and the key ring can't be written.
        """
        key = self._keys.get(subject)
        if key is None:
            key = self._key(subject, self._ring.ensure([subject])[subject])
            self._keys.put(subject, key)
        nonce = os.urandom(_NONCE_BYTES)
        sealed = bytearray(key.head + nonce)
        sealed += key.cipher.encrypt(nonce, text.encode(), key.bound_to + field.encode())
        return sealed

    def open(self, subject: str, field: str, sealed: bytes | bytearray) -> str:
        """The text of a sealed field. Blocks when the subject is not `ready`.

        Raises:
            SealBroken: it was changed, belongs elsewhere, or its key is not in the ring.
            KeyDestroyed: its key was erased on purpose.
            StoreUnavailable: the key ring can't be read.
        """
        if len(sealed) < _HEAD_BYTES + _NONCE_BYTES + _TAG_BYTES or sealed[0] != _VERSION:
            raise SealBroken(field)
        head, nonce = bytes(sealed[:_HEAD_BYTES]), bytes(sealed[_HEAD_BYTES : _HEAD_BYTES + _NONCE_BYTES])
        key = self._keys.get(subject)
        if key is None or key.head != head:
            key = self._older(subject, field, head)
        try:
            content = bytes(sealed[_HEAD_BYTES + _NONCE_BYTES :])
            return key.cipher.decrypt(nonce, content, key.bound_to + field.encode()).decode()
        except (InvalidTag, UnicodeDecodeError):
            raise SealBroken(field) from None

    def destroy(self, subject: str) -> None:
        """Erase the subject's data keys: nothing that they sealed can be opened again. Blocking.

        Another process that has the key in memory keeps it until it ends.
        """
        self._ring.destroy(subject)
        self._keys.drop(subject)

    def _older(self, subject: str, field: str, head: bytes) -> _Key:
        """The key that this head names; the newest one is kept in memory."""
        try:
            key = self._ring.load(subject, int.from_bytes(head[1:], "big"))
        except LookupError:
            raise SealBroken(field) from None
        if key is None:
            raise KeyDestroyed(subject)
        ready = self._key(subject, key)
        self._keys.put(subject, ready)
        return ready

    def _key(self, subject: str, key: DataKey) -> _Key:
        head = bytes([_VERSION]) + key.number.to_bytes(_HEAD_BYTES - 1, "big")
        bound_to = f"field\0{self._organisation}\0{subject}\0{key.number}\0".encode()
        return _Key(head, bound_to, AESGCM(key.key))
