"""The keys that sign: made, found, dropped, kept elsewhere."""

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lamplighter_collector.bundles.signing import ROOT, SIGNING, SigningKeys, key_from_file
from lamplighter_collector.errors import KeyFileUnusable, RootKeysMissing, SigningKeyMissing
from lamplighter_keywords.bundles.bundle import RootDocument
from lamplighter_keywords.bundles.envelope import PrivateKey


def root_of(root_keys: list[PrivateKey], signing: PrivateKey) -> RootDocument:
    return RootDocument(
        organisation="Lantern Lane School",
        version=1,
        root_keys={key.id: key.public for key in root_keys},
        threshold=2,
        signing_keys={signing.id: signing.public},
    )


def made(state: Path) -> tuple[SigningKeys, RootDocument]:
    keys = SigningKeys(state)
    return keys, root_of([keys.create(ROOT) for _ in range(3)], keys.create(SIGNING))


def test_keys_are_made_and_found_by_another_process(tmp_path: Path) -> None:
    _, root = made(tmp_path)
    keys = SigningKeys(tmp_path)
    assert set(keys.here(ROOT)) == set(root.root_keys)
    assert {key.id for key in keys.for_roots(root)} == set(root.root_keys)
    assert keys.for_bundles(root).id in root.signing_keys
    assert keys.form


def test_the_folder_is_for_the_collector_alone(tmp_path: Path) -> None:
    made(tmp_path)
    folder = tmp_path / "signing"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_keys_that_the_root_does_not_name_are_not_used(tmp_path: Path) -> None:
    keys, _ = made(tmp_path)
    strangers = [PrivateKey.generate() for _ in range(3)]
    other = root_of(strangers, PrivateKey.generate())
    with pytest.raises(SigningKeyMissing):
        keys.for_bundles(other)
    with pytest.raises(RootKeysMissing, match="2 root keys are needed, 0 found"):
        keys.for_roots(other)


def test_keys_that_are_handed_in_count(tmp_path: Path) -> None:
    _, root = made(tmp_path)
    handed = SigningKeys(tmp_path).for_roots(root)[:2]
    elsewhere = SigningKeys(tmp_path / "other", handed)
    assert {key.id for key in elsewhere.for_roots(root)} == {key.id for key in handed}
    with pytest.raises(RootKeysMissing):
        SigningKeys(tmp_path / "other", handed[:1]).for_roots(root)


def test_keys_that_no_root_names_any_more_are_erased(tmp_path: Path) -> None:
    keys, root = made(tmp_path)
    kept = keys.create(SIGNING)
    keys.keep_only(root_of(list(keys.for_roots(root)), kept))
    assert keys.here(SIGNING) == (kept.id,)
    assert set(keys.here(ROOT)) == set(root.root_keys)
    assert len(list((tmp_path / "signing").iterdir())) == 4


def test_root_keys_are_moved_to_files_and_used_from_them(tmp_path: Path) -> None:
    keys, root = made(tmp_path)
    stick = tmp_path / "stick"
    stick.mkdir()
    paths = keys.move_root_keys(stick, root)
    assert keys.here(ROOT) == ()
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths} == {0o600}
    handed = [key_from_file(path) for path in paths]
    assert {key.id for key in handed} == set(root.root_keys)
    assert SigningKeys(tmp_path, handed).for_roots(root)
    with pytest.raises(RootKeysMissing):
        keys.move_root_keys(stick, root)


def test_where_a_file_can_t_be_written_nothing_is_erased(tmp_path: Path) -> None:
    keys, root = made(tmp_path)
    with pytest.raises(KeyFileUnusable, match="No such file"):
        keys.move_root_keys(tmp_path / "nowhere", root)
    (tmp_path / f"root-{keys.here(ROOT)[-1]}.pem").touch()
    with pytest.raises(KeyFileUnusable, match="File exists"):
        keys.move_root_keys(tmp_path, root)
    assert set(keys.here(ROOT)) == set(root.root_keys)


def test_a_key_file_may_hold_the_bare_bytes(tmp_path: Path) -> None:
    key = PrivateKey.generate()
    path = tmp_path / "root.key"
    path.write_bytes(key.secret)
    assert key_from_file(path) == key


def test_a_file_that_is_no_key_is_refused(tmp_path: Path) -> None:
    other = ec.generate_private_key(ec.SECP256R1())
    pem = other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for content, problem in ((b"", "no private key"), (pem, "Ed25519"), (pem[:-40], "no private key")):
        path = tmp_path / "key.pem"
        path.write_bytes(content)
        with pytest.raises(KeyFileUnusable, match=problem):
            key_from_file(path)
    with pytest.raises(KeyFileUnusable, match="No such file"):
        key_from_file(tmp_path / "none.pem")
