"""What technicians do with bundles, from the command line."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lamplighter_keywords.authoring.overrides import Override
from lamplighter_keywords.bundles.bundle import KEYWORDS, POLICY
from lamplighter_keywords.bundles.compiled import read_pack
from lamplighter_keywords.bundles.licensed_part import LICENSED
from lamplighter_keywords.bundles.overrides_part import OVERRIDES
from lamplighter_keywords.policy.device_policy import policy_tables
from sqlalchemy import Connection

from lamplighter_collector.audit.services import CONSOLE, AuditEntry, append
from lamplighter_collector.bundles import services
from lamplighter_collector.bundles.checking import Changes, changes_of, faults_of_lists, refusal
from lamplighter_collector.bundles.services import Rotation
from lamplighter_collector.bundles.shelf import list_versions, newest_bundle, newest_root, newest_version
from lamplighter_collector.bundles.signing import ROOT, SIGNING, SigningKeys, key_from_file
from lamplighter_collector.clock import now_ms, shown, utc_now
from lamplighter_collector.config import Config
from lamplighter_collector.db.console import reading
from lamplighter_collector.errors import NothingPublished, PublicationRefused
from lamplighter_collector.keys.services import recording

MOVED = "root-keys-moved"
OVERRIDDEN = "overrides-published"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be published; what is not given stays as it is."""

    lists: Path | None
    shipped_lists: bool
    policy: Path | None
    days: int
    overrides: Path | None = None
    """The school's changes of the lists, all of them: a file without any takes away what was published."""


def publish(config: Config, order: Order) -> dict[str, object]:
    """Publish a new version; a running collector pushes it at once.

    Raises:
        BundleError, SecretError, StoreUnavailable
    """
    parts: dict[str, bytes] = {}
    faults: tuple[str, ...] = ()
    if order.lists is not None or order.shipped_lists:
        parts[KEYWORDS], faults = _packed(order)
    if order.policy is not None:
        parts[POLICY] = services.policy_of(order.policy)
    keys = SigningKeys(config.state)

    gone: list[str] = []
    lapsed: list[str] = []

    def changed(connection: Connection) -> dict[str, bytes]:
        changes = _changes(connection, config.organisation, order, parts.get(KEYWORDS))
        wrong = (*faults, *changes.faults) if changes else faults
        if wrong:
            raise refusal(wrong)
        gone.extend(_gone(connection, config.organisation, parts.get(KEYWORDS)))
        if changes is None:
            return parts
        lapsed.extend(changes.lapsed)
        _note_changes(connection, config.organisation, changes)
        return parts | {OVERRIDES: changes.part}

    with recording(config) as engine:
        version = services.publish_changed(
            engine, keys, config.organisation, changed, actor=CONSOLE, days=order.days
        )
        with engine.begin() as connection:
            answer: dict[str, object] = {"version": version}
            if gone:
                answer["lists_gone"] = gone
            return answer | _to_look_at(connection, config.organisation, lapsed)


def _gone(connection: Connection, organisation: str, packed: bytes | None) -> list[str]:
    """Name the lists of the newest version that these are without: easily forgotten, never noticed."""
    if packed is None or newest_version(connection, organisation) is None:
        return []
    before = {one.id for one in newest_bundle(connection, organisation).pack.lists}
    return sorted(before - {one.id for one in read_pack(packed).lists})


def _packed(order: Order) -> tuple[bytes, tuple[str, ...]]:
    """The lists as devices get them, and what lint says of the school's own."""
    if order.lists is None:
        return services.packed_lists(), ()
    faults = faults_of_lists(order.lists, beside=order.shipped_lists)
    try:
        return services.packed_lists(order.lists, beside=order.shipped_lists), faults
    except PublicationRefused as error:
        raise refusal((*faults, str(error))) from error


def _changes(connection: Connection, organisation: str, order: Order, packed: bytes | None) -> Changes | None:
    """The school's changes, looked at beside the lists that they will stand with; None for none given."""
    if order.overrides is None:
        return None
    pack = newest_bundle(connection, organisation).pack if packed is None else read_pack(packed)
    return changes_of(order.overrides, pack, utc_now().date())


def _note_changes(connection: Connection, organisation: str, changes: Changes) -> None:
    about = f"overrides, {changes.number} changes"
    append(connection, AuditEntry(organisation=organisation, actor=CONSOLE, verb=OVERRIDDEN, object=about))


def _to_look_at(connection: Connection, organisation: str, lapsed: Sequence[str]) -> dict[str, object]:
    """What an update of the lists, or time, has made of a school's changes; nothing where there are none."""
    row = newest_version(connection, organisation)
    if row is None or row["overrides"] is None:
        return {"overrides": 0, "look_at": lapsed} if lapsed else {}
    bundle = newest_bundle(connection, organisation)
    problems = services.overrides_to_look_at(bundle.pack, bundle.overrides)
    return {"overrides": len(bundle.overrides), "look_at": [*lapsed, *problems]}


def rotate(config: Config, rotation: Rotation, root_keys: Sequence[Path]) -> dict[str, object]:
    """Make the next root, and publish under it.

    Raises:
        BundleError, SecretError, StoreUnavailable
    """
    keys = SigningKeys(config.state, [key_from_file(path) for path in root_keys])
    with recording(config) as engine:
        root = services.rotate_root(engine, keys, config.organisation, rotation, actor=CONSOLE)
    return {
        "root": root.version,
        "signing_keys": sorted(root.signing_keys),
        "root_keys": sorted(root.root_keys),
    }


def move_root_keys(config: Config, folder: Path) -> dict[str, object]:
    """Write the root keys to a folder, such as one on a stick, and erase them here.

    Raises:
        BundleError, SecretError, StoreUnavailable
    """
    with recording(config) as engine, engine.begin() as connection:
        root = newest_root(connection, config.organisation)
        if root is None:
            raise NothingPublished
        paths = SigningKeys(config.state).move_root_keys(folder, root)
        entry = AuditEntry(
            organisation=config.organisation, actor=CONSOLE, verb=MOVED, object=f"root {root.version}"
        )
        append(connection, entry)
    return {"files": [path.name for path in paths]}


def versions(config: Config) -> list[dict[str, object]]:
    """Every publication, newest first.

    Raises:
        StoreUnavailable
    """
    now = now_ms()
    with reading(config.store_url) as connection:
        found = list_versions(connection, config.organisation)
    return [
        {
            "version": row.version,
            "created": shown(row.created_at),
            "expires": shown(row.expires_at),
            "state": "expired" if now >= row.expires_at else "in date",
        }
        for row in found
    ]


def newest(config: Config) -> dict[str, object]:
    """What the newest version says, every byte of it verified, and where the keys are.

    Raises:
        BundleError, SecretError, StoreUnavailable
    """
    keys = SigningKeys(config.state)
    with reading(config.store_url) as connection:
        bundle = newest_bundle(connection, config.organisation)
    root, manifest = bundle.root, bundle.manifest
    return {
        "version": manifest.version,
        "created": shown(manifest.created),
        "expires": shown(manifest.expires),
        "min_agent": manifest.min_agent,
        "root": {
            "version": root.version,
            "threshold": root.threshold,
            "root_keys": _where(root.root_keys, keys.here(ROOT)),
            "signing_keys": _where(root.signing_keys, keys.here(SIGNING)),
            "dropped_keys": list(root.revoked),
        },
        "keys_are": keys.form,
        "lists": len(bundle.pack.lists),
        "terms": sum(len(one.terms) for one in bundle.pack.lists),
        "licensed_lists": "sealed" if LICENSED in manifest.parts else "none",
        "overrides": [
            {"term": one.term, "change": _change(one), "until": one.expires.isoformat()}
            for one in bundle.overrides
        ],
        "policy": policy_tables(bundle.policy),
    }


def _change(override: Override) -> str:
    if override.disabled:
        return "disabled"
    if override.severity is not None:
        return f"severity {override.severity}"
    return "exceptions: " + ", ".join(override.exceptions)


def _where(named: Iterable[str], here: Sequence[str]) -> dict[str, str]:
    return {name: "on this machine" if name in here else "kept elsewhere" for name in named}
