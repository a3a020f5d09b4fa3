"""The register of permissions as the school signs it, and as a device reads it. Pure: no clock, no disk.

A signed document of kind `media-register` (`bundles/envelope.py`) for one organisation: a version that only
ever rises, when it was signed, when it runs out, and every permission that has not ended. One signing key of
the newest root signs it. A new register takes the place of the whole old one, so a permission that is missing
was revoked.

Unlike a bundle a register that has run out permits nothing: it ends what a device could no longer be told to
end. The collector signs anew long before. As with bundles a version counts only among registers whose signing
keys the newest root still names, so what a thief signs with a stolen key does not outlive the rotation.

Beside the permissions stand, for some days, the requests that were answered with no (`refused`), each by its
random id alone: the device that made it tells who asked, and it means nothing to any other. A device that
knows no such field passes it over.

Times are milliseconds since 1970, UTC.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from lamplighter_keywords.bundles.bundle import LARGEST_NUMBER, RootDocument
from lamplighter_keywords.bundles.envelope import PrivateKey, canonical, parse_canonical, seal, unseal
from lamplighter_keywords.errors import BundleForeign, BundleMalformed, BundleStale, RegisterTooLarge
from lamplighter_keywords.media.medium_id import MediumId
from lamplighter_keywords.media.permission import GROUPS, MARK_LENGTH, Access, Permission

REGISTER: Final = "media-register"
FORMAT: Final = 1
REGISTER_BYTES: Final = 1 << 20
REGISTER_ENVELOPE_BYTES: Final = 3 << 19
"""The document in base64, with room for its signatures."""
DAYS: Final = 30
"""How long a register counts after it was signed."""
MOST_REFUSED: Final = 200
_LONGEST_ID: Final = 64
_REQUEST: Final = re.compile(r"[0-9a-f]{32}")
_KEYS: Final = {
    *("id", "medium", "person", "group", "access", "begins", "ends", "needs_encryption", "size_bytes")
}
_MEDIUM_KEYS: Final = {"bus", "vendor", "product", "serial"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Somebody's request was answered with no; nobody is told of it any more from `until`."""

    request: str
    until: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """Every permission of one organisation at one moment, and what was lately refused."""

    organisation: str
    version: int
    created: int
    expires: int
    permissions: tuple[Permission, ...] = ()
    refused: tuple[Refusal, ...] = ()

    def document(self) -> bytes:
        """Return the bytes that are signed; raise `RegisterTooLarge`."""
        document = canonical(
            {
                "format": FORMAT,
                "kind": REGISTER,
                "organisation": self.organisation,
                "version": self.version,
                "created": self.created,
                "expires": self.expires,
                "permissions": [_written(one) for one in self.permissions],
                "refused": [{"request": one.request, "until": one.until} for one in self.refused],
            }
        )
        if len(document) > REGISTER_BYTES:
            raise RegisterTooLarge(len(self.permissions))
        return document

    def seal(self, key: PrivateKey) -> bytes:
        """Return the envelope, signed by this key; raise `RegisterTooLarge`."""
        return seal(REGISTER, self.document(), [key])

    def expired(self, now: int) -> bool:
        return now >= self.expires


def read_register(envelope: bytes, root: RootDocument) -> Register:
    """Verify a register against the newest root.

    Raises:
        SignatureInvalid: no signing key of this root, or not only such keys, signed it.
        BundleForeign: it is another organisation's.
        BundleMalformed: it is too long or not what its format says.
    """
    sealed = unseal(REGISTER, envelope, longest=REGISTER_ENVELOPE_BYTES)
    sealed.only(REGISTER, root.signing_keys)
    sealed.require(REGISTER, root.signing_keys, len(sealed.signatures))
    if len(sealed.document) > REGISTER_BYTES:
        raise BundleMalformed(f"{REGISTER}: more than {REGISTER_BYTES} bytes")
    register = _register_from(parse_canonical(sealed.document, REGISTER))
    if register.organisation != root.organisation:
        raise BundleForeign
    return register


def check_newer_register(register: Register, installed: Register | None) -> None:
    """Raise `BundleStale` unless this may follow what is installed (or is just that).

    `installed` is None where nothing is, or nothing that a key of the newest root signed.
    """
    if installed is not None and register != installed and register.version <= installed.version:
        raise BundleStale(register.version, installed.version)


def _written(one: Permission) -> dict[str, object]:
    medium = one.medium
    return {
        "id": one.id,
        "medium": {
            "bus": medium.bus,
            "vendor": medium.vendor,
            "product": medium.product,
            "serial": medium.serial,
        },
        "person": one.person,
        "group": one.group,
        "access": one.access.value,
        "begins": one.begins,
        "ends": one.ends,
        "needs_encryption": one.needs_encryption,
        "size_bytes": one.size_bytes,
    }


def _register_from(raw: dict[str, Any]) -> Register:
    if raw.get("kind") != REGISTER or raw.get("format") != FORMAT:
        raise BundleMalformed(f"{REGISTER}: kind or format")
    listed = raw.get("permissions")
    if not isinstance(listed, list):
        raise BundleMalformed(f"{REGISTER}: permissions")
    permissions = tuple(_permission_from(one) for one in listed)
    register = Register(
        organisation=_text(raw, "organisation"),
        version=_number(raw, "version"),
        created=_number(raw, "created"),
        expires=_number(raw, "expires"),
        permissions=permissions,
        refused=_refused_from(raw),
    )
    if register.expires <= register.created or len({one.id for one in permissions}) != len(permissions):
        raise BundleMalformed(f"{REGISTER}: times, or a permission twice")
    return register


def _refused_from(raw: dict[str, Any]) -> tuple[Refusal, ...]:
    """A register of before this field refuses nothing."""
    listed = raw.get("refused", [])
    if not isinstance(listed, list) or len(listed) > MOST_REFUSED:
        raise BundleMalformed(f"{REGISTER}: refused")
    return tuple(_refusal_from(one) for one in listed)


def _refusal_from(raw: Any) -> Refusal:
    if not isinstance(raw, dict):
        raise BundleMalformed(f"{REGISTER}: a refusal")
    refusal = Refusal(request=_text(raw, "request"), until=_number(raw, "until"))
    if not _REQUEST.fullmatch(refusal.request):
        raise BundleMalformed(f"{REGISTER}: a refusal")
    return refusal


def _permission_from(raw: Any) -> Permission:
    """A permission with a field that we don't know may be narrower than we think: it is refused."""
    if not isinstance(raw, dict) or raw.keys() != _KEYS:
        raise BundleMalformed(f"{REGISTER}: a permission")
    medium = raw["medium"]
    if not isinstance(medium, dict) or medium.keys() != _MEDIUM_KEYS:
        raise BundleMalformed(f"{REGISTER}: a medium")
    named = MediumId(**{key: _text(medium, key, empty=key != "bus") for key in _MEDIUM_KEYS})
    person, group = _text(raw, "person", empty=True), _text(raw, "group", empty=True)
    one_of_both = (not person and group in GROUPS) or (not group and _is_mark(person))
    encrypted = raw["needs_encryption"]
    if not named.is_nameable or not one_of_both or not isinstance(encrypted, bool):
        raise BundleMalformed(f"{REGISTER}: a permission")
    found = Permission(
        id=_text(raw, "id"),
        medium=named,
        person=person,
        group=group,
        access=_access(raw["access"]),
        begins=_number(raw, "begins"),
        ends=_number(raw, "ends"),
        needs_encryption=encrypted,
        size_bytes=_number(raw, "size_bytes", least=0),
    )
    if len(found.id) > _LONGEST_ID or found.ends <= found.begins:
        raise BundleMalformed(f"{REGISTER}: a permission")
    return found


def _access(raw: object) -> Access:
    for one in Access:
        if one.value == raw:
            return one
    raise BundleMalformed(f"{REGISTER}: access")


def _is_mark(text: str) -> bool:
    return len(text) == MARK_LENGTH and all(letter in "0123456789abcdef" for letter in text)


def _text(raw: dict[str, Any], key: str, *, empty: bool = False) -> str:
    value = raw.get(key)
    if not isinstance(value, str) or (not value and not empty):
        raise BundleMalformed(f"{REGISTER}: {key}")
    return value


def _number(raw: dict[str, Any], key: str, *, least: int = 1) -> int:
    value = raw.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= LARGEST_NUMBER:
        raise BundleMalformed(f"{REGISTER}: {key}")
    return value


def in_order(permissions: Iterable[Permission]) -> tuple[Permission, ...]:
    """Return permissions in the order in which they are written: the same ones give the same bytes."""
    return tuple(sorted(permissions, key=lambda one: one.id))
