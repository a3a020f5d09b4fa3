"""Seals records: AES-256-GCM under a data key per start of the service, wrapped by the device key.

Each start makes a new random data key, so that a restored disk image never uses a nonce twice under one
key. The data key is written, wrapped, into each segment's header. Nonce = 4-byte salt of the segment,
8-byte sequence number. Associated data = device id, segment id, sequence number: a record moved to another
place, segment or device does not open. Erasing the device key from its KeyStore makes all segments
unreadable for ever.

This module never writes a key anywhere and never falls back to plain bytes.
"""

import os
import struct
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lamplighter_agent.backends.ports import KeyStore
from lamplighter_agent.errors import KeyUnavailable, RecordDamaged

KEY_BYTES = 32
KEY_ID_BYTES = 8
SALT_BYTES = 4
TAG_BYTES = 16
_NONCE_BYTES = 12
_PURPOSE = b"lamplighter spool data key\x00"


@dataclass(frozen=True, slots=True, kw_only=True)
class SealHeader:
    """What a segment's header keeps so that its records can be opened again."""

    key_id: bytes
    salt: bytes
    wrapped_key: bytes = field(repr=False)


class SegmentSeal:
    """Seals and opens the records of one segment."""

    __slots__ = ("_aead", "_bound_to", "_salt")

    def __init__(self, data_key: bytes, salt: bytes, device_id: str, segment_id: int) -> None:
        self._aead = AESGCM(data_key)
        self._salt = salt
        self._bound_to = device_id.encode() + b"\x00" + struct.pack("<Q", segment_id)

    def seal(self, seq: int, plain: bytes) -> bytes:
        return self._aead.encrypt(self._salt + struct.pack(">Q", seq), plain, self._associated(seq))

    def open(self, seq: int, sealed: bytes) -> bytes:
        """Return the plain bytes; raises RecordDamaged if the seal is broken."""
        try:
            return self._aead.decrypt(self._salt + struct.pack(">Q", seq), sealed, self._associated(seq))
        except InvalidTag as error:
            raise RecordDamaged(f"record {seq} does not open") from error

    def _associated(self, seq: int) -> bytes:
        return self._bound_to + struct.pack("<Q", seq)


class Sealer:
    """Makes the seal of each segment. One per start of the service."""

    def __init__(self, *, device_key: bytes, device_id: str) -> None:
        if len(device_key) != KEY_BYTES:
            raise KeyUnavailable(f"the device key has {len(device_key)} bytes, not {KEY_BYTES}")
        self._device_id = device_id
        self._wrapping = AESGCM(device_key)
        self._key_id = os.urandom(KEY_ID_BYTES)
        self._data_key = AESGCM.generate_key(bit_length=KEY_BYTES * 8)
        nonce = os.urandom(_NONCE_BYTES)
        self._wrapped = nonce + self._wrapping.encrypt(nonce, self._data_key, self._purpose(self._key_id))

    @classmethod
    def from_store(cls, keys: KeyStore) -> "Sealer":
        """Take the device's key and id from where the system keeps them; raises KeyUnavailable.

        Not an id from the configuration: whoever corrects that would close every record that waits.
        """
        return cls(device_key=keys.device_key(), device_id=keys.device_id())

    def new_segment(self, segment_id: int) -> tuple[SealHeader, SegmentSeal]:
        """Return the seal of a new segment and what its header must keep."""
        salt = os.urandom(SALT_BYTES)
        header = SealHeader(key_id=self._key_id, salt=salt, wrapped_key=self._wrapped)
        return header, SegmentSeal(self._data_key, salt, self._device_id, segment_id)

    def known_segment(self, header: SealHeader, segment_id: int) -> SegmentSeal:
        """Return the seal of a segment found on disk; raises RecordDamaged if our device key does not fit."""
        nonce, wrapped = header.wrapped_key[:_NONCE_BYTES], header.wrapped_key[_NONCE_BYTES:]
        try:
            data_key = self._wrapping.decrypt(nonce, wrapped, self._purpose(header.key_id))
        except InvalidTag as error:
            raise RecordDamaged(f"the key of segment {segment_id} does not open") from error
        return SegmentSeal(data_key, header.salt, self._device_id, segment_id)

    def _purpose(self, key_id: bytes) -> bytes:
        return _PURPOSE + key_id + self._device_id.encode()
