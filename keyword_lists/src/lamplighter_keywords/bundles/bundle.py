"""What a school signs for its devices: root documents, and bundles of lists and device policy.

Two kinds of signed document (`envelope.py` has their bytes), both made for one organisation:

- a **root** names the root keys, how many of them must agree (the threshold), the keys that may sign bundles,
  and the keys that may no more. A new root is signed by the threshold of the old root keys *and* of its own,
  and its version is exactly one more. The first is signed by the threshold of its own; that it is the right
  one, enrolment vouches for.
- a **manifest** names a version that only ever rises, when it was made, when it runs out, the agent that it
  needs, and the checksum and size of its parts: `keywords` (`compiled.py`), `policy`
  (`device_policy.py`) and, where a school has licensed lists, `licensed` (`licensed_part.py`), whose key
  travels beside it. It is signed by a signing key of the newest root.

A signing key may be stolen, so versions are no promise beyond the key that signed them. A manifest under the
newest root is newer than any whose signing key that root no longer names, whatever their numbers: a thief who
signs a huge version gains nothing beyond the next rotation. And no version may lie more than `LARGEST_STEP`
above the one that is in use (or above 0), so that nobody can use the numbers up. What a rotation does not
drop, it goes on trusting: of two signing keys only one of which was dropped, the other's older manifests can
come back until the version that the rotation publishes is there.

What is past its date is still used: a school that forgets to publish must not end up with nothing. Fields
that a later version adds to either document are ignored; a policy with a setting that this version does not
know is refused, because that setting would silently not hold, and `min_agent` is there to say so first.

Times are milliseconds since 1970, UTC. Pure: no clock, no disk.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from lamplighter_keywords.authoring.overrides import Overrides, apply_overrides
from lamplighter_keywords.bundles.compiled import read_pack
from lamplighter_keywords.bundles.envelope import (
    KEY_BYTES,
    PrivateKey,
    canonical,
    key_id,
    parse_canonical,
    seal,
    unseal,
)
from lamplighter_keywords.bundles.licensed import LicensedList
from lamplighter_keywords.bundles.licensed_part import LICENSED, LICENSED_KEY, SealedLists, open_licensed
from lamplighter_keywords.bundles.overrides_part import OVERRIDES, overrides_from_document
from lamplighter_keywords.errors import (
    BundleForeign,
    BundleLeaps,
    BundleMalformed,
    BundleStale,
    BundleTooNew,
    ListMalformed,
    PolicyError,
)
from lamplighter_keywords.policy.device_policy import DevicePolicy
from lamplighter_keywords.policy.policy_reading import policy_from_document
from lamplighter_keywords.terms import KeywordPack

FORMAT = 1
ROOT = "root"
MANIFEST = "manifest"
KEYWORDS = "keywords"
POLICY = "policy"
PARTS = (KEYWORDS, POLICY)
OPTIONAL = (LICENSED, OVERRIDES)
LARGEST_NUMBER = (1 << 53) - 1
LARGEST_STEP = 1_000_000
"""How far a version may lie above the one in use; a school that publishes hourly needs a century for it."""
_MOST_KEYS = 16
_LONGEST_NAME = 8 * 1024
_VERSION = re.compile(r"\d{1,6}(\.\d{1,6}){0,3}")

Parts = Mapping[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class RootDocument:
    """Whose keys count. Public keys are 32 raw bytes by their id."""

    organisation: str
    version: int
    root_keys: Mapping[str, bytes]
    threshold: int
    signing_keys: Mapping[str, bytes]
    revoked: tuple[str, ...] = ()

    def seal(self, keys: Sequence[PrivateKey]) -> bytes:
        """Give the envelope, signed by these keys."""
        document = canonical(
            {
                "format": FORMAT,
                "kind": ROOT,
                "organisation": self.organisation,
                "version": self.version,
                "root_keys": {name: public.hex() for name, public in self.root_keys.items()},
                "threshold": self.threshold,
                "signing_keys": {name: public.hex() for name, public in self.signing_keys.items()},
                "revoked": sorted(self.revoked),
            }
        )
        return seal(ROOT, document, keys)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartSum:
    """What a part must be."""

    sha256: str
    size: int

    @classmethod
    def of(cls, content: bytes) -> "PartSum":
        return cls(sha256=hashlib.sha256(content).hexdigest(), size=len(content))


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What one version holds."""

    organisation: str
    version: int
    created: int
    expires: int
    min_agent: str
    parts: Mapping[str, PartSum]

    def seal(self, key: PrivateKey) -> bytes:
        """Give the envelope, signed by this key."""
        document = canonical(
            {
                "format": FORMAT,
                "kind": MANIFEST,
                "organisation": self.organisation,
                "version": self.version,
                "created": self.created,
                "expires": self.expires,
                "min_agent": self.min_agent,
                "parts": {name: {"sha256": one.sha256, "size": one.size} for name, one in self.parts.items()},
            }
        )
        return seal(MANIFEST, document, [key])

    def expired(self, now: int) -> bool:
        return now >= self.expires

    def check_version(self, agent: str) -> None:
        """Raise `BundleTooNew` where this agent is too old."""
        if _numbers(self.min_agent) > _numbers(agent):
            raise BundleTooNew(self.min_agent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """One version, every byte of it verified."""

    manifest: Manifest
    root: RootDocument
    pack: KeywordPack = field(repr=False)
    policy: DevicePolicy = field(repr=False)
    licensed: tuple[LicensedList, ...] = field(default=(), repr=False)
    # What the school changes in the lists, each until its day.
    overrides: Overrides = field(default=(), repr=False)

    def pack_on(self, today: date) -> KeywordPack:
        """Give the lists as they hold on one day; raise `BundleMalformed` for what a core theme forbids."""
        try:
            return apply_overrides(self.pack, self.overrides, today)
        except ListMalformed as error:
            raise BundleMalformed(str(error)) from error


def read_root(envelope: bytes, *, organisation: str, before: RootDocument | None) -> RootDocument:
    """Verify a root document against the one before it; `None` for the first.

    Raises SignatureInvalid, BundleForeign, BundleMalformed, and BundleStale unless it is the next version.
    """
    sealed = unseal(ROOT, envelope)
    root = _root_from(parse_canonical(sealed.document, ROOT))
    known = {**root.root_keys, **(before.root_keys if before else {})}
    sealed.only(ROOT, known)
    sealed.require(ROOT, root.root_keys, root.threshold)
    if before is not None:
        sealed.require(ROOT, before.root_keys, before.threshold)
    if root.organisation != organisation:
        raise BundleForeign
    if before is not None and root.version != before.version + 1:
        raise BundleStale(root.version, before.version)
    if before is not None and not set(before.revoked) <= set(root.revoked):
        raise BundleMalformed("root: a key that was withdrawn is no longer named")
    return root


def follow_roots(
    envelopes: Sequence[bytes], *, organisation: str, trusted: RootDocument | None
) -> tuple[RootDocument, ...]:
    """Verify a chain of root documents, oldest first; raise as `read_root` at the first that is wrong."""
    found: list[RootDocument] = []
    for envelope in envelopes:
        trusted = read_root(envelope, organisation=organisation, before=trusted)
        found.append(trusted)
    return tuple(found)


def read_manifest(envelope: bytes, root: RootDocument) -> Manifest:
    """Verify a manifest against the newest root; raise `BundleError`."""
    sealed = unseal(MANIFEST, envelope)
    sealed.only(MANIFEST, root.signing_keys)
    sealed.require(MANIFEST, root.signing_keys, len(sealed.signatures))
    manifest = _manifest_from(parse_canonical(sealed.document, MANIFEST))
    if manifest.organisation != root.organisation:
        raise BundleForeign
    return manifest


def check_newer(manifest: Manifest, installed: Manifest | None) -> None:
    """Raise `BundleStale` or `BundleLeaps` unless this may follow what is installed (or is just that).

    `installed` is None where nothing is, or nothing that a key of the newest root signed.
    """
    if manifest == installed:
        return
    version = 0 if installed is None else installed.version
    if manifest.version <= version:
        raise BundleStale(manifest.version, version)
    if manifest.version > version + LARGEST_STEP:
        raise BundleLeaps(manifest.version, version)


def read_bundle(manifest: Manifest, root: RootDocument, parts: Parts, *, closed: bool = False) -> Bundle:
    """Check every part against its manifest and read it; raise `BundleMalformed`.

    `closed` leaves licensed lists sealed, for whoever hands out what they can't open.
    """
    for name in manifest.parts:
        if name not in parts:
            raise BundleMalformed(f"{name}: missing")
        if PartSum.of(parts[name]) != manifest.parts[name]:
            raise BundleMalformed(f"{name}: not what the manifest says")
    try:
        policy = policy_from_document(parts[POLICY])
    except PolicyError as error:
        raise BundleMalformed(f"{POLICY}: {error}") from error
    return Bundle(
        manifest=manifest,
        root=root,
        pack=read_pack(parts[KEYWORDS]),
        policy=policy,
        licensed=_licensed(parts) if LICENSED in manifest.parts and not closed else (),
        overrides=overrides_from_document(parts[OVERRIDES]) if OVERRIDES in manifest.parts else (),
    )


def _licensed(parts: Parts) -> tuple[LicensedList, ...]:
    if LICENSED_KEY not in parts:
        raise BundleMalformed(f"{LICENSED_KEY}: missing")
    return open_licensed(SealedLists(content=parts[LICENSED], key=parts[LICENSED_KEY]))


def _root_from(raw: dict[str, Any]) -> RootDocument:
    _check_head(raw, ROOT)
    root = RootDocument(
        organisation=_name(raw, ROOT),
        version=_number(raw, "version", ROOT),
        root_keys=_keys(raw, "root_keys"),
        threshold=_number(raw, "threshold", ROOT),
        signing_keys=_keys(raw, "signing_keys"),
        revoked=_ids(raw),
    )
    named = root.root_keys.keys() | root.signing_keys.keys()
    if root.threshold > len(root.root_keys) or named & set(root.revoked):
        raise BundleMalformed("root: threshold or withdrawn keys")
    if root.root_keys.keys() & root.signing_keys.keys():
        # One theft must not give both.
        raise BundleMalformed("root: a root key that also signs bundles")
    return root


def _manifest_from(raw: dict[str, Any]) -> Manifest:
    _check_head(raw, MANIFEST)
    parts = raw.get("parts")
    if not isinstance(parts, dict) or not set(PARTS) <= parts.keys():
        raise BundleMalformed("manifest: parts")
    needed = raw.get("min_agent")
    if not isinstance(needed, str) or not _VERSION.fullmatch(needed):
        raise BundleMalformed("manifest: min_agent")
    return Manifest(
        organisation=_name(raw, MANIFEST),
        version=_number(raw, "version", MANIFEST),
        created=_number(raw, "created", MANIFEST),
        expires=_number(raw, "expires", MANIFEST),
        min_agent=needed,
        parts={name: _part(parts[name]) for name in (*PARTS, *OPTIONAL) if name in parts},
    )


def _check_head(raw: dict[str, Any], kind: str) -> None:
    if raw.get("kind") != kind or raw.get("format") != FORMAT:
        raise BundleMalformed(f"{kind}: kind or format")


def _name(raw: dict[str, Any], what: str) -> str:
    name = raw.get("organisation")
    # Compared with our own, and shown by nobody who does not look at it first.
    if not isinstance(name, str) or not 0 < len(name) <= _LONGEST_NAME:
        raise BundleMalformed(f"{what}: organisation")
    return name


def _number(raw: dict[str, Any], key: str, what: str) -> int:
    number = raw.get(key)
    if not isinstance(number, int) or isinstance(number, bool) or not 0 < number <= LARGEST_NUMBER:
        raise BundleMalformed(f"{what}: {key}")
    return number


def _keys(raw: dict[str, Any], key: str) -> dict[str, bytes]:
    values = raw.get(key)
    if not isinstance(values, dict) or not 0 < len(values) <= _MOST_KEYS:
        raise BundleMalformed(f"root: {key}")
    found: dict[str, bytes] = {}
    for name, text in values.items():
        try:
            public = bytes.fromhex(text)
        except (TypeError, ValueError) as error:
            raise BundleMalformed(f"root: {key}") from error
        if len(public) != KEY_BYTES or key_id(public) != name:
            raise BundleMalformed(f"root: {key}")
        found[name] = public
    return found


def _ids(raw: dict[str, Any]) -> tuple[str, ...]:
    values = raw.get("revoked")
    if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
        raise BundleMalformed("root: revoked")
    return tuple(values)


def _part(raw: object) -> PartSum:
    match raw:
        case {"sha256": str(digest), "size": int(size)}:
            return PartSum(sha256=digest, size=size)
    raise BundleMalformed("manifest: parts")


def _numbers(version: str) -> tuple[int, ...]:
    """Compare 0.2 and 0.2.0 as equal; what follows the numbers (rc1) does not count."""
    found = _VERSION.match(version)
    numbers = [int(one) for one in found[0].split(".")] if found else []
    return tuple(numbers + [0] * (4 - len(numbers)))
