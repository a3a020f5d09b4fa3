"""Publish lists and policy, and change the keys that devices trust.

Each is one transaction with its audit row. New keys are on the disk before a document that names them is
committed, and dropped keys are erased after it: a crash in between leaves a key too many, never one too few.

Versions count up from what was published here. A store that was brought back from a backup may have forgotten
some; devices that have them refuse what is older and say so, and a rotation puts it right: whatever is
published under a new root is newer than all that dropped keys have signed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog
from lamplighter_keywords.authoring.loading import load_folder, load_themes
from lamplighter_keywords.authoring.overrides import Overrides, check_overrides, lapsed
from lamplighter_keywords.authoring.school import with_own_lists
from lamplighter_keywords.bundles.bundle import (
    KEYWORDS,
    POLICY,
    Manifest,
    PartSum,
    RootDocument,
    read_bundle,
    read_manifest,
    read_root,
)
from lamplighter_keywords.bundles.compiled import compile_pack
from lamplighter_keywords.bundles.envelope import PrivateKey
from lamplighter_keywords.bundles.licensed_part import LICENSED, LICENSED_KEY
from lamplighter_keywords.bundles.overrides_part import OVERRIDES
from lamplighter_keywords.errors import KeywordsError
from lamplighter_keywords.policy.device_policy import DevicePolicy, policy_document
from lamplighter_keywords.policy.policy_reading import policy_from_toml
from lamplighter_keywords.shipped import compiled_shipped, load_shipped, shipped_knowledge, shipped_themes
from lamplighter_keywords.terms import KeywordPack
from sqlalchemy import Connection, Engine, RowMapping, insert, update

from lamplighter_collector.audit.services import COLLECTOR, AuditEntry, append
from lamplighter_collector.bundles.checking import LISTS, themes_of
from lamplighter_collector.bundles.models import bundles, root_documents
from lamplighter_collector.bundles.shelf import newest_number, newest_root, newest_version, parts_of
from lamplighter_collector.bundles.signing import ROOT, SIGNING, SigningKeys
from lamplighter_collector.clock import now_ms, utc_now
from lamplighter_collector.db.changes import bump
from lamplighter_collector.errors import NothingPublished, PublicationRefused, SigningKeyUnknown

ROOT_KEYS: Final = 3
THRESHOLD: Final = 2
DAYS: Final = 180
"""How long a version is in date. A summer holiday without a publication must fit."""
MIN_AGENT: Final = "0.1"
PUBLISHED: Final = "bundle-published"
ROTATED: Final = "root-rotated"
LICENSED_UNTIL: Final = "licensed-until"
"""Kept beside licensed lists and not signed: when the first licence ends, as digits; for alarms alone."""
_DAY_MS: Final = 86_400_000
_log = structlog.get_logger()

Change = Callable[[Connection], Mapping[str, bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """What is to change. Without ``drop`` every signing key of now is dropped."""

    drop: tuple[str, ...] = ()
    new_root_keys: bool = False


def packed_lists(folder: Path | None = None, *, beside: bool = False) -> bytes:
    """The lists of a folder, or the shipped ones, as devices get them.

    The folder holds lists, with the shipped themes, or is laid out as the shipped one: ``lists`` beside
    ``themes.toml``. Benign knowledge is always the shipped one. With ``beside`` they join the shipped lists.

    Raises:
        PublicationRefused: there are none, or one of them is wrong: names file, line and term.
    """
    try:
        if folder is None:
            return compiled_shipped()
        if beside:
            return compile_pack(with_own_lists(load_shipped(), folder))
        themes = themes_of(folder)
        if themes is not None:
            pack = load_folder(folder / LISTS, load_themes(themes), shipped_knowledge())
        else:
            pack = load_folder(folder, shipped_themes(), shipped_knowledge())
        return compile_pack(pack)
    except KeywordsError as error:
        raise PublicationRefused(str(error)) from error


def policy_of(path: Path) -> bytes:
    """A policy file (TOML) as devices get it.

    Raises:
        PublicationRefused: names the file and the setting that is wrong.
    """
    try:
        return policy_document(policy_from_toml(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise PublicationRefused(f"{path.name}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise PublicationRefused(f"{path.name}: not UTF-8") from error
    except KeywordsError as error:
        raise PublicationRefused(f"{path.name}: {error}") from error


def overrides_to_look_at(pack: KeywordPack, overrides: Overrides) -> list[str]:
    """What somebody should hear of changes that were published: terms that are gone, days that are past."""
    today = utc_now().date()
    return [str(one) for one in (*check_overrides(pack, overrides, today), *lapsed(overrides, today))]


def ensure_published(
    engine: Engine, keys: SigningKeys, organisation: str, policy: bytes | None = None
) -> None:
    """At the first start: keys, the first root, and version 1 from what is shipped, or with this policy."""
    with engine.begin() as connection:
        if newest_root(connection, organisation) is not None:
            return
    root_keys = [keys.create(ROOT) for _ in range(ROOT_KEYS)]
    signing_key = keys.create(SIGNING)
    root = RootDocument(
        organisation=organisation,
        version=1,
        root_keys=_public(root_keys),
        threshold=THRESHOLD,
        signing_keys=_public([signing_key]),
    )
    parts = {KEYWORDS: packed_lists(), POLICY: policy or policy_document(DevicePolicy())}
    with engine.begin() as connection:
        bump(connection, organisation, "bundles")
        if newest_root(connection, organisation) is not None:  # another collector was faster
            return
        _store_root(connection, root, root.seal(root_keys), actor=COLLECTOR)
        _store_bundle(connection, root, signing_key, parts, _Label(actor=COLLECTOR))
    _log.info("first-bundle-published", root=root.version, keys=keys.form)


def publish(
    engine: Engine, keys: SigningKeys, organisation: str, parts: Mapping[str, bytes], *, actor: str, days: int
) -> int:
    """Publish a new version; parts that are not given stay as they are. Answers its number.

    Raises:
        NothingPublished: there is no root yet: `serve` has never run.
        PublicationRefused, SigningKeyMissing, SecretError, PublicationDamaged
    """
    return publish_changed(engine, keys, organisation, lambda _: parts, actor=actor, days=days)


def publish_changed(
    engine: Engine, keys: SigningKeys, organisation: str, change: Change, *, actor: str, days: int = DAYS
) -> int:
    """Publish a new version with parts that are made in the same transaction. Answers its number.

    A part of no bytes is taken away.

    Raises:
        NothingPublished: there is no root yet: `serve` has never run.
        PublicationRefused, SigningKeyMissing, SecretError, PublicationDamaged
    """
    with engine.begin() as connection:
        # First: of two that publish at once, the second waits here.
        bump(connection, organisation, "bundles")
        root = newest_root(connection, organisation)
        if root is None:
            raise NothingPublished
        key, parts = keys.for_bundles(root), change(connection)
        return _store_bundle(connection, root, key, parts, _Label(actor=actor, days=days))


def rotate_root(
    engine: Engine, keys: SigningKeys, organisation: str, rotation: Rotation, *, actor: str
) -> RootDocument:
    """Make the next root: a new signing key, old ones dropped; root keys only on request. Publishes anew.

    Raises:
        NothingPublished, RootKeysMissing, SigningKeyUnknown, SecretError, PublicationDamaged
    """
    with engine.begin() as connection:
        old = newest_root(connection, organisation)
    if old is None:
        raise NothingPublished
    for name in rotation.drop:
        if name not in old.signing_keys:
            raise SigningKeyUnknown(name)
    signers = list(keys.for_roots(old))
    signing_key = keys.create(SIGNING)
    root_keys = [keys.create(ROOT) for _ in range(ROOT_KEYS)] if rotation.new_root_keys else []
    root = _next_root(old, rotation, signing_key, root_keys)
    envelope = root.seal([*signers, *root_keys])
    with engine.begin() as connection:
        bump(connection, organisation, "bundles")
        # Fails where somebody rotated in the meantime.
        read_root(envelope, organisation=organisation, before=newest_root(connection, organisation))
        _store_root(connection, root, envelope, actor=actor)
        _store_bundle(connection, root, signing_key, {}, _Label(actor=actor))
    keys.keep_only(root)
    return root


def _next_root(
    old: RootDocument, rotation: Rotation, signing_key: PrivateKey, root_keys: Sequence[PrivateKey]
) -> RootDocument:
    dropped = rotation.drop or tuple(old.signing_keys)
    kept = {name: public for name, public in old.signing_keys.items() if name not in dropped}
    gone = (*dropped, *old.root_keys) if root_keys else dropped
    return RootDocument(
        organisation=old.organisation,
        version=old.version + 1,
        root_keys=_public(root_keys) if root_keys else old.root_keys,
        threshold=THRESHOLD if root_keys else old.threshold,
        signing_keys={**kept, signing_key.id: signing_key.public},
        revoked=tuple(sorted({*old.revoked, *gone})),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Label:
    """Who publishes, and for how long."""

    actor: str
    days: int = DAYS


def _store_root(connection: Connection, root: RootDocument, envelope: bytes, *, actor: str) -> None:
    connection.execute(
        insert(root_documents).values(
            organisation=root.organisation, version=root.version, envelope=envelope, created_at=now_ms()
        )
    )
    entry = AuditEntry(
        organisation=root.organisation, actor=actor, verb=ROTATED, object=f"root {root.version}"
    )
    append(connection, entry)


def _store_bundle(
    connection: Connection, root: RootDocument, key: PrivateKey, parts: Mapping[str, bytes], label: _Label
) -> int:
    organisation, now = root.organisation, now_ms()
    before = newest_version(connection, organisation)
    whole = {name: part for name, part in {**_carried(before), **parts}.items() if part}
    licensed_key, until = whole.pop(LICENSED_KEY, None), whole.pop(LICENSED_UNTIL, None)
    manifest = Manifest(
        organisation=organisation,
        # Never from what a device says: one that lies would set the number for all.
        version=newest_number(connection, organisation) + 1,
        created=now,
        expires=now + label.days * _DAY_MS,
        min_agent=MIN_AGENT,
        parts={name: PartSum.of(content) for name, content in whole.items()},
    )
    envelope = manifest.seal(key)
    try:
        # As a device will: what no device could read must not be published.
        read_bundle(read_manifest(envelope, root), root, whole, closed=True).pack_on(utc_now().date())
    except KeywordsError as error:
        raise PublicationRefused(str(error)) from error
    connection.execute(
        insert(bundles).values(
            organisation=organisation,
            version=manifest.version,
            envelope=envelope,
            keywords=whole[KEYWORDS],
            policy=whole[POLICY],
            licensed=whole.get(LICENSED),
            overrides=whole.get(OVERRIDES),
            licensed_key=licensed_key,
            licensed_until=None if until is None else int(until),
            created_at=now,
            expires_at=manifest.expires,
        )
    )
    _forget_licensed(connection, organisation, before=manifest.version)
    entry = AuditEntry(
        organisation=organisation, actor=label.actor, verb=PUBLISHED, object=f"bundle {manifest.version}"
    )
    append(connection, entry)
    return manifest.version


def _carried(before: RowMapping | None) -> dict[str, bytes]:
    """What a version takes over from the one before: its parts, and what is kept beside licensed lists."""
    if before is None or before["licensed"] is None:
        return {} if before is None else parts_of(before)
    until = str(before["licensed_until"]).encode()
    return {**parts_of(before), LICENSED_KEY: bytes(before["licensed_key"]), LICENSED_UNTIL: until}


def _forget_licensed(connection: Connection, organisation: str, *, before: int) -> None:
    """Only the newest version is handed out: a list that was taken away must not stay in an older one."""
    older = (bundles.c.organisation == organisation) & (bundles.c.version < before)
    kept = older & bundles.c.licensed.is_not(None)
    connection.execute(
        update(bundles).where(kept).values(licensed=None, licensed_key=None, licensed_until=None)
    )


def _public(keys: Sequence[PrivateKey]) -> dict[str, bytes]:
    return {key.id: key.public for key in keys}
