"""Publishing and rotating: what devices may believe afterwards, and what the audit trail says of it."""

from datetime import timedelta
from pathlib import Path

import pytest
from lamplighter_collector.audit.services import entries
from lamplighter_collector.bundles import services
from lamplighter_collector.bundles.checking import changes_of
from lamplighter_collector.bundles.models import bundles, root_documents
from lamplighter_collector.bundles.reports import Report, record
from lamplighter_collector.bundles.services import Rotation
from lamplighter_collector.bundles.shelf import newest_bundle, newest_root, read_shelf
from lamplighter_collector.bundles.signing import ROOT, SIGNING, SigningKeys, key_from_file
from lamplighter_collector.clock import utc_now
from lamplighter_collector.devices.identity import DeviceName
from lamplighter_collector.errors import (
    NothingPublished,
    PublicationDamaged,
    PublicationRefused,
    RootKeysMissing,
    SigningKeyMissing,
    SigningKeyUnknown,
)
from lamplighter_keywords.bundles.bundle import (
    KEYWORDS,
    LARGEST_NUMBER,
    POLICY,
    Bundle,
    Manifest,
    PartSum,
    RootDocument,
    follow_roots,
    read_manifest,
)
from lamplighter_keywords.bundles.compiled import read_pack
from lamplighter_keywords.bundles.envelope import PrivateKey
from lamplighter_keywords.errors import SignatureInvalid
from lamplighter_keywords.policy.device_policy import DevicePolicy
from lamplighter_keywords.shipped import compiled_shipped
from sqlalchemy import Engine, insert, update

from tests.collector.stores import register

SCHOOL = "Lantern Lane School"
LIST = b"""
[list]
id = "lamps.en"
theme = "bullying"
language = "en"
[[term]]
id = "la-1"
text = "lamp"
match = "word"
severity = 3
"""


@pytest.fixture
def keys(tmp_path: Path) -> SigningKeys:
    return SigningKeys(tmp_path / "state")


@pytest.fixture
def started(engine: Engine, keys: SigningKeys) -> Engine:
    """A store on which `serve` ran once."""
    services.ensure_published(engine, keys, SCHOOL)
    return engine


def newest(engine: Engine) -> Bundle:
    with engine.begin() as connection:
        return newest_bundle(connection, SCHOOL)


def root_of(engine: Engine) -> RootDocument:
    with engine.begin() as connection:
        root = newest_root(connection, SCHOOL)
    assert root is not None
    return root


def publish(engine: Engine, keys: SigningKeys, **parts: bytes) -> int:
    return services.publish(engine, keys, SCHOOL, parts, actor="console", days=30)


def trail(engine: Engine) -> list[tuple[str, str, str]]:
    with engine.begin() as connection:
        return [(link.actor, link.verb, link.object) for link in entries(connection, SCHOOL)]


def lists(folder: Path, content: bytes = LIST) -> Path:
    folder.mkdir()
    (folder / "lamps.en.toml").write_bytes(content)
    return folder


def test_the_first_start_publishes_what_is_shipped(started: Engine, keys: SigningKeys) -> None:
    bundle = newest(started)
    assert bundle.manifest.version == 1
    assert bundle.pack == read_pack(compiled_shipped())
    assert bundle.policy == DevicePolicy()
    assert (bundle.root.version, bundle.root.threshold, len(bundle.root.root_keys)) == (1, 2, 3)
    assert bundle.manifest.expires - bundle.manifest.created == services.DAYS * 86_400_000
    assert trail(started) == [
        ("collector", "root-rotated", "root 1"),
        ("collector", "bundle-published", "bundle 1"),
    ]


def test_the_second_start_publishes_nothing(started: Engine, keys: SigningKeys) -> None:
    services.ensure_published(started, keys, SCHOOL)
    assert newest(started).manifest.version == 1
    assert len(keys.here(ROOT)) == 3


def test_what_is_not_given_stays_as_it_is(started: Engine, keys: SigningKeys, tmp_path: Path) -> None:
    packed = services.packed_lists(lists(tmp_path / "lists"))
    assert publish(started, keys, keywords=packed) == 2
    (tmp_path / "policy.toml").write_text("silent_days = 30")
    assert publish(started, keys, policy=services.policy_of(tmp_path / "policy.toml")) == 3
    bundle = newest(started)
    assert [one.id for one in bundle.pack.lists] == ["lamps.en"]
    assert bundle.policy.silent_days == 30
    assert publish(started, keys, keywords=services.packed_lists()) == 4
    assert newest(started).pack == read_pack(compiled_shipped())


def test_a_folder_may_bring_themes_of_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    lists(folder / "lists")
    (folder / "themes.toml").write_text('[[theme]]\nslug = "x"')
    with pytest.raises(PublicationRefused, match=r"themes\.toml"):
        services.packed_lists(folder)


@pytest.mark.parametrize(
    ("content", "problem"), [(b'[list]\nlanguage = "en"\nid = 1', "lamps.en.toml:3"), (b"\xff", "not UTF-8")]
)
def test_lists_with_a_fault_are_not_packed(tmp_path: Path, content: bytes, problem: str) -> None:
    with pytest.raises(PublicationRefused, match=problem):
        services.packed_lists(lists(tmp_path / "lists", content))
    with pytest.raises(PublicationRefused, match="no lists"):
        services.packed_lists(tmp_path / "nowhere")


def overrides(folder: Path, table: str, until: str = "2027-03-31") -> Path:
    path = folder / "overrides.toml"
    path.write_text(f'{table}\nreason = "agreed"\nowner = "A. Quill"\nexpires = {until}\n')
    return path


def soon() -> str:
    return (utc_now().date() + timedelta(days=90)).isoformat()


def test_a_school_s_changes_survive_an_update_of_the_lists(
    started: Engine, keys: SigningKeys, tmp_path: Path
) -> None:
    packed = services.packed_lists(lists(tmp_path / "lists"))
    path = overrides(tmp_path, '[[disable]]\nterm = "la-1"', soon())
    changes = changes_of(path, read_pack(packed), utc_now().date())
    assert publish(started, keys, keywords=packed, overrides=changes.part) == 2
    assert publish(started, keys, keywords=packed) == 3
    bundle = newest(started)
    assert [one.term for one in bundle.overrides] == ["la-1"]
    assert bundle.pack_on(utc_now().date()).lists[0].terms == ()
    # An update that took the term away is published all the same, and somebody hears of it.
    assert publish(started, keys, keywords=services.packed_lists()) == 4
    bundle = newest(started)
    assert "there is no such term" in services.overrides_to_look_at(bundle.pack, bundle.overrides)[0]
    assert publish(started, keys, overrides=b"") == 5
    assert newest(started).overrides == ()


def test_a_term_of_a_core_theme_is_not_left_out(started: Engine, keys: SigningKeys, tmp_path: Path) -> None:
    """Nor where an update made it one after the change was published."""
    core = services.packed_lists(lists(tmp_path / "lists", LIST.replace(b"bullying", b"suicide")))
    table = overrides(tmp_path, '[[disable]]\nterm = "la-1"', soon())
    packed = services.packed_lists(lists(tmp_path / "before"))
    changes = changes_of(table, read_pack(packed), utc_now().date())
    publish(started, keys, keywords=packed, overrides=changes.part)
    with pytest.raises(PublicationRefused, match="la-1: a term of a core theme can't be disabled"):
        publish(started, keys, keywords=core)


def test_a_policy_with_a_fault_names_the_setting(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    path.write_text('[hours.pupil]\nfrom = "7"')
    with pytest.raises(PublicationRefused, match=r"hours\.pupil\.from"):
        services.policy_of(path)
    path.write_bytes(b"\xff")
    with pytest.raises(PublicationRefused, match="not UTF-8"):
        services.policy_of(path)
    with pytest.raises(PublicationRefused, match="No such file"):
        services.policy_of(tmp_path / "none.toml")


@pytest.mark.fault
@pytest.mark.parametrize("version", [2, 41, LARGEST_NUMBER - 1, LARGEST_NUMBER])
def test_what_a_device_says_of_its_version_sets_nobody_s(
    started: Engine, keys: SigningKeys, version: int
) -> None:
    name = DeviceName(organisation=SCHOOL, device="AV-1", identity="1")
    register(started, name)
    said = Report(version=version, root_version=1, state="current", problem="")
    with started.begin() as connection:
        record(connection, SCHOOL, "AV-1", said, 1)
    assert publish(started, keys) == 2
    assert newest(started).manifest.version == 2


@pytest.mark.fault
@pytest.mark.parametrize("version", [2_000, LARGEST_NUMBER])
def test_a_row_far_above_all_others_is_not_counted_from(
    started: Engine, keys: SigningKeys, version: int
) -> None:
    stolen = keys.for_bundles(root_of(started))
    with started.begin() as connection:
        shelf = read_shelf(connection, SCHOOL)
        forged = {"version": version, "envelope": signed_by(stolen, shelf.parts, version), **shelf.parts}
        times = {"created_at": 1, "expires_at": 2}
        connection.execute(insert(bundles).values(organisation=SCHOOL, **forged, **times))
    assert newest(started).manifest.version == 1
    assert publish(started, keys) == 2
    services.rotate_root(started, keys, SCHOOL, Rotation(), actor="console")
    assert newest(started).manifest.version == 3


@pytest.mark.fault
def test_what_no_device_could_read_is_not_published(started: Engine, keys: SigningKeys) -> None:
    with pytest.raises(PublicationRefused, match="keywords"):
        publish(started, keys, keywords=b"no pack")
    with pytest.raises(PublicationRefused, match="manifest: expires"):
        services.publish(started, keys, SCHOOL, {}, actor="console", days=LARGEST_NUMBER)
    assert newest(started).manifest.version == 1


def test_nothing_can_be_published_before_the_first_start(engine: Engine, keys: SigningKeys) -> None:
    with pytest.raises(NothingPublished):
        publish(engine, keys)
    with pytest.raises(NothingPublished):
        services.rotate_root(engine, keys, SCHOOL, Rotation(), actor="console")
    with engine.begin() as connection, pytest.raises(NothingPublished):
        read_shelf(connection, SCHOOL)


def test_without_its_signing_key_a_machine_publishes_nothing(started: Engine, tmp_path: Path) -> None:
    with pytest.raises(SigningKeyMissing):
        publish(started, SigningKeys(tmp_path / "elsewhere"))
    assert newest(started).manifest.version == 1


def test_a_rotation_drops_the_signing_key_and_publishes_anew(started: Engine, keys: SigningKeys) -> None:
    old = root_of(started)
    (dropped,) = old.signing_keys
    root = services.rotate_root(started, keys, SCHOOL, Rotation(drop=(dropped,)), actor="console")
    assert root.version == 2
    assert root.revoked == (dropped,)
    assert dropped not in root.signing_keys
    assert keys.here(SIGNING) == tuple(root.signing_keys)
    bundle = newest(started)
    assert (bundle.manifest.version, bundle.root) == (2, root)
    assert bundle.pack == read_pack(compiled_shipped())
    assert trail(started)[2:] == [
        ("console", "root-rotated", "root 2"),
        ("console", "bundle-published", "bundle 2"),
    ]


def test_devices_can_follow_and_refuse_the_stolen_key(started: Engine, keys: SigningKeys) -> None:
    stolen = keys.for_bundles(root_of(started))
    services.rotate_root(started, keys, SCHOOL, Rotation(), actor="console")
    with started.begin() as connection:
        shelf = read_shelf(connection, SCHOOL)
    first, second = follow_roots(shelf.roots, organisation=SCHOOL, trusted=None)
    assert follow_roots(shelf.roots_after(1), organisation=SCHOOL, trusted=first) == (second,)
    assert read_manifest(shelf.manifest, second).version == 2
    forged = signed_by(stolen, shelf.parts)
    assert read_manifest(forged, first)
    with pytest.raises(SignatureInvalid):
        read_manifest(forged, second)


def signed_by(key: PrivateKey, parts: object, version: int = 99) -> bytes:
    assert isinstance(parts, dict)
    manifest = Manifest(
        organisation=SCHOOL,
        version=version,
        created=1,
        expires=2,
        min_agent="0",
        parts={name: PartSum.of(parts[name]) for name in (KEYWORDS, POLICY)},
    )
    return manifest.seal(key)


def test_root_keys_are_replaced_on_request(started: Engine, keys: SigningKeys) -> None:
    old = root_of(started)
    root = services.rotate_root(started, keys, SCHOOL, Rotation(new_root_keys=True), actor="console")
    assert not set(old.root_keys) & set(root.root_keys)
    assert set(old.root_keys) | set(old.signing_keys) == set(root.revoked)
    assert set(keys.here(ROOT)) == set(root.root_keys)
    # And from there on.
    services.rotate_root(started, keys, SCHOOL, Rotation(), actor="console")
    assert root_of(started).version == 3


def test_root_keys_that_are_kept_elsewhere_are_handed_in(
    started: Engine, keys: SigningKeys, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    paths = keys.move_root_keys(stick, root_of(started))
    with pytest.raises(RootKeysMissing):
        services.rotate_root(started, keys, SCHOOL, Rotation(), actor="console")
    assert root_of(started).version == 1
    handed = SigningKeys(tmp_path / "state", [key_from_file(path) for path in paths[:2]])
    services.rotate_root(started, handed, SCHOOL, Rotation(), actor="console")
    assert root_of(started).version == 2


def test_a_key_that_no_root_names_can_t_be_dropped(started: Engine, keys: SigningKeys) -> None:
    with pytest.raises(SigningKeyUnknown, match="0123456789abcdef"):
        services.rotate_root(started, keys, SCHOOL, Rotation(drop=("0123456789abcdef",)), actor="console")
    assert len(keys.here(SIGNING)) == 1


@pytest.mark.fault
def test_a_store_that_was_changed_is_not_built_upon(started: Engine, keys: SigningKeys) -> None:
    with started.begin() as connection:
        connection.execute(update(bundles).values(policy=b"{}"))
    with pytest.raises(PublicationDamaged, match="policy"):
        newest(started)
    with started.begin() as connection:
        connection.execute(update(root_documents).values(envelope=b"{}"))
    with pytest.raises(PublicationDamaged, match="root"):
        publish(started, keys)


def test_organisations_are_apart(started: Engine, keys: SigningKeys, tmp_path: Path) -> None:
    services.ensure_published(started, SigningKeys(tmp_path / "other"), "Other School")
    publish(started, keys)
    with started.begin() as connection:
        other = newest_bundle(connection, "Other School")
        root = newest_root(connection, "Other School")
    assert (other.manifest.version, other.manifest.organisation) == (1, "Other School")
    assert root is not None
    assert root.organisation == "Other School"
