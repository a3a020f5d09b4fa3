"""Signed documents: canonical bytes, Ed25519 signatures, and the envelope that carries both.

An envelope is the canonical JSON of ::

    {"document": base64 of the document's bytes, "signatures": [{"key": id, "signature": hex}, ...]}

with signatures ordered by key id. Canonical JSON is UTF-8 with sorted keys, no spaces and nothing escaped
that need not be; what is read must be exactly the bytes that writing it again gives, so no two envelopes
mean the same and no byte of one can change without being noticed. What is signed is the kind of document, a
zero byte and the document, so that a signature under one kind is none under another.

Pure: keys come as bytes, nothing is read from a disk.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from lamplighter_keywords.errors import BundleMalformed, SignatureInvalid

ENVELOPE_BYTES = 64 * 1024
MOST_SIGNATURES = 32
KEY_BYTES = 32
_SIGNATURE_BYTES = 64
_PREFIX = b"lamplighter "


def key_id(public: bytes) -> str:
    """Sixteen hex characters that name a public key."""
    return hashlib.sha256(public).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateKey:
    """A key that signs. `secret` never shows."""

    secret: bytes = field(repr=False)

    @classmethod
    def generate(cls) -> "PrivateKey":
        return cls(secret=Ed25519PrivateKey.generate().private_bytes_raw())

    @property
    def public(self) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(self.secret).public_key().public_bytes_raw()

    @property
    def id(self) -> str:
        return key_id(self.public)

    def sign(self, message: bytes) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(self.secret).sign(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A document's bytes, and who signed them: signatures by the id of their key."""

    document: bytes = field(repr=False)
    signatures: Mapping[str, bytes] = field(repr=False)

    def require(self, kind: str, keys: Mapping[str, bytes], threshold: int) -> None:
        """Raise `SignatureInvalid` unless `threshold` of `keys` signed."""
        if not 0 < threshold <= len(self.signatures.keys() & keys.keys()):
            raise SignatureInvalid(kind)
        message = _message(kind, self.document)
        for name in self.signatures.keys() & keys.keys():
            try:
                Ed25519PublicKey.from_public_bytes(keys[name]).verify(self.signatures[name], message)
            except (InvalidSignature, ValueError) as error:
                raise SignatureInvalid(kind) from error

    def only(self, kind: str, known: Iterable[str]) -> None:
        """Raise `SignatureInvalid` if somebody else signed, too: a signature nobody checks is not carried."""
        if not self.signatures.keys() <= set(known):
            raise SignatureInvalid(kind)


def seal(kind: str, document: bytes, keys: Iterable[PrivateKey]) -> bytes:
    """Sign a document with each key; give the bytes of its envelope."""
    message = _message(kind, document)
    signatures = {key.id: key.sign(message).hex() for key in keys}
    return canonical(
        {
            "document": base64.b64encode(document).decode("ascii"),
            "signatures": [
                {"key": name, "signature": signature} for name, signature in sorted(signatures.items())
            ],
        }
    )


def unseal(kind: str, envelope: bytes, *, longest: int = ENVELOPE_BYTES) -> Envelope:
    """Read an envelope of at most so many bytes; raise `BundleMalformed`. No signature is checked here."""
    if len(envelope) > longest:
        raise BundleMalformed(f"{kind}: envelope of more than {longest} bytes")
    raw = parse_canonical(envelope, f"{kind}: envelope")
    try:
        document = base64.b64decode(raw["document"], validate=True)
        signatures = [(one["key"], bytes.fromhex(one["signature"])) for one in raw["signatures"]]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BundleMalformed(f"{kind}: envelope") from error
    read = Envelope(document=document, signatures=dict(signatures))
    sound = all(len(signature) == _SIGNATURE_BYTES for _, signature in signatures)
    if not sound or not 0 < len(signatures) <= MOST_SIGNATURES or _written(read) != envelope:
        raise BundleMalformed(f"{kind}: envelope")
    return read


def _written(envelope: Envelope) -> bytes:
    return canonical(
        {
            "document": base64.b64encode(envelope.document).decode("ascii"),
            "signatures": [
                {"key": name, "signature": signature.hex()}
                for name, signature in sorted(envelope.signatures.items())
            ],
        }
    )


def _message(kind: str, document: bytes) -> bytes:
    return _PREFIX + kind.encode("ascii") + b"\0" + document


def canonical(value: object) -> bytes:
    """Give the one spelling of a value."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def parse_canonical(raw: bytes, what: str) -> dict[str, Any]:
    """Read an object that `canonical` wrote; raise `BundleMalformed(what)` for anything else."""
    try:
        value = json.loads(raw)
        same = isinstance(value, dict) and canonical(value) == raw
    except (ValueError, RecursionError) as error:
        raise BundleMalformed(what) from error
    if not same:
        raise BundleMalformed(what)
    found: dict[str, Any] = value
    return found
