"""Licensed lists as one part of a bundle: sealed, so that neither store nor backup holds what opens them.

The part is AES-256-GCM over canonical JSON, under a key that is made for this part and used once (so the
nonce may be constant). The manifest signs the sealed bytes. The key travels beside them as a part of its own,
`licensed-key`, which the manifest does not name: a wrong one opens nothing. Inside, each list is ::

    {"id", "provider", "theme", "severity", "imported", "expires", "longest", "fold",
     "key": base64, "entries": base64 of the digests in the order of the file, "firsts": base64}

Pure but for the random key.
"""

import base64
import binascii
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lamplighter_keywords.bundles.envelope import canonical, parse_canonical
from lamplighter_keywords.bundles.licensed import (
    DIGEST_BYTES,
    FIRST_BYTES,
    HIGHEST_SEVERITY,
    KEY_BYTES,
    LONGEST_PROVIDER,
    LOWEST_SEVERITY,
    MOST_ENTRIES,
    MOST_LISTS,
    MOST_WORDS,
    LicensedList,
    is_list_id,
)
from lamplighter_keywords.errors import BundleMalformed

LICENSED: Final = "licensed"
LICENSED_KEY: Final = "licensed-key"
FORMAT: Final = 1
LARGEST_PART: Final = 3 << 19
_NONCE: Final = bytes(12)
_BOUND_TO: Final = b"lamplighter licensed lists"
_LONGEST_THEME: Final = 64
_LARGEST_TIME: Final = (1 << 53) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedLists:
    """Licensed lists as they rest and travel, and what opens them."""

    content: bytes = field(repr=False)
    key: bytes = field(repr=False)


def seal_licensed(lists: Sequence[LicensedList]) -> SealedLists:
    """Seal lists under a new key; raise `BundleMalformed` where there are too many."""
    entries = sum(len(one.entries) for one in lists)
    if len(lists) > MOST_LISTS or entries > MOST_ENTRIES:
        told = f"{len(lists)} lists with {entries} entries, of at most {MOST_LISTS} and {MOST_ENTRIES}"
        raise BundleMalformed(f"{LICENSED}: {told}")
    document = canonical({"format": FORMAT, "lists": [_record(one) for one in lists]})
    key = secrets.token_bytes(KEY_BYTES)
    return SealedLists(content=AESGCM(key).encrypt(_NONCE, document, _BOUND_TO), key=key)


def open_licensed(sealed: SealedLists) -> tuple[LicensedList, ...]:
    """Read what `seal_licensed` made; raise `BundleMalformed`."""
    if len(sealed.content) > LARGEST_PART:
        raise BundleMalformed(f"{LICENSED}: too large")
    if len(sealed.key) != KEY_BYTES:
        raise BundleMalformed(f"{LICENSED}: no key of {KEY_BYTES} bytes")
    try:
        document = AESGCM(sealed.key).decrypt(_NONCE, sealed.content, _BOUND_TO)
    except InvalidTag:
        raise BundleMalformed(f"{LICENSED}: its key does not open it") from None
    raw = parse_canonical(document, LICENSED)
    if raw.get("format") != FORMAT or not isinstance(raw.get("lists"), list):
        raise BundleMalformed(f"{LICENSED}: format")
    lists = tuple(_list_from(one) for one in raw["lists"])
    if len({one.id for one in lists}) != len(lists) or len(lists) > MOST_LISTS:
        raise BundleMalformed(f"{LICENSED}: one list twice, or too many")
    return lists


def _record(one: LicensedList) -> dict[str, object]:
    digests = sorted(one.entries, key=one.entries.__getitem__)
    return {
        "id": one.id,
        "provider": one.provider,
        "theme": one.theme,
        "severity": one.severity,
        "imported": one.imported,
        "expires": one.expires,
        "longest": one.longest,
        "fold": one.fold,
        "key": _text(one.key),
        "entries": _text(b"".join(digests)),
        "firsts": _text(b"".join(sorted(one.firsts))),
    }


def _list_from(raw: Any) -> LicensedList:
    try:
        digests = _parted(raw["entries"], DIGEST_BYTES)
        one = LicensedList(
            id=raw["id"],
            provider=raw["provider"],
            theme=raw["theme"],
            severity=raw["severity"],
            imported=raw["imported"],
            expires=raw["expires"],
            longest=raw["longest"],
            fold=raw["fold"],
            key=base64.b64decode(raw["key"], validate=True),
            entries={digest: number for number, digest in enumerate(digests, start=1)},
            firsts=frozenset(_parted(raw["firsts"], FIRST_BYTES)),
        )
    except (ValueError, KeyError, TypeError, binascii.Error):
        raise BundleMalformed(f"{LICENSED}: a list") from None
    if not _is_sound(one) or len(one.entries) != len(digests):
        raise BundleMalformed(f"{LICENSED}: a list")
    return one


def _is_sound(one: LicensedList) -> bool:
    texts = (one.id, one.provider, one.theme, one.fold)
    numbers = (one.severity, one.imported, one.expires, one.longest)
    return (
        all(isinstance(text, str) for text in texts)
        and all(type(number) is int for number in numbers)
        and is_list_id(one.id)
        and 0 < len(one.provider) <= LONGEST_PROVIDER
        and one.provider.isprintable()
        and 0 < len(one.theme) <= _LONGEST_THEME
        and LOWEST_SEVERITY <= one.severity <= HIGHEST_SEVERITY
        and 0 < one.imported < one.expires <= _LARGEST_TIME
        and 1 <= one.longest <= MOST_WORDS
        and len(one.key) == KEY_BYTES
        and 0 < len(one.entries) <= MOST_ENTRIES
        and 0 < len(one.firsts) <= len(one.entries)
    )


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _parted(text: str, size: int) -> list[bytes]:
    packed = base64.b64decode(text, validate=True)
    if len(packed) % size:
        raise ValueError
    return [packed[start : start + size] for start in range(0, len(packed), size)]
