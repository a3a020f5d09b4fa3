"""Checksums and signature, checked by the programs that a school checks them with."""

import subprocess
from pathlib import Path

import pytest

from installers.release.signing import PUBLIC, SIGNATURE, SUMS, TEST_PUBLIC, KeyRefused, Signer, sign


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "dist"
    (made / "macos").mkdir(parents=True)
    (made / "x.deb").write_bytes(b"package")
    (made / "macos/Info.plist").write_bytes(b"list")
    return made


def key(tmp_path: Path, kind: str = "ed25519") -> Path:
    path = tmp_path / "key.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", kind, "-out", str(path)], check=True)
    return path


def verified(folder: Path, public: str) -> bool:
    words = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", public, "-rawin"]
    words += ["-in", SUMS, "-sigfile", SIGNATURE]
    return subprocess.run(words, cwd=folder, capture_output=True, check=False).returncode == 0


def whole(folder: Path) -> bool:
    words = ["sha256sum", "--check", "--strict", "--quiet", SUMS]
    return subprocess.run(words, cwd=folder, capture_output=True, check=False).returncode == 0


def test_openssl_and_sha256sum_find_it_whole(folder: Path, tmp_path: Path) -> None:
    sign(folder, Signer.by(key(tmp_path)))
    assert verified(folder, PUBLIC)
    assert whole(folder)
    assert not (folder / TEST_PUBLIC).exists()
    assert "macos/Info.plist" in (folder / SUMS).read_text(encoding="utf-8")


def test_a_changed_file_and_changed_sums_are_both_noticed(folder: Path, tmp_path: Path) -> None:
    sign(folder, Signer.by(key(tmp_path)))
    (folder / "x.deb").write_bytes(b"another")
    assert not whole(folder)
    (folder / SUMS).write_text("", encoding="utf-8")
    assert not verified(folder, PUBLIC)


def test_a_test_key_is_named_so_and_replaces_no_real_one_s_name(folder: Path, tmp_path: Path) -> None:
    sign(folder, Signer.by(key(tmp_path)))
    sign(folder, Signer.by(None))
    assert verified(folder, TEST_PUBLIC)
    assert not (folder / PUBLIC).exists()


@pytest.mark.parametrize("kind", ["ed448", "x25519"])
def test_another_kind_of_key_is_refused(kind: str, tmp_path: Path) -> None:
    with pytest.raises(KeyRefused):
        Signer.by(key(tmp_path, kind))


def test_what_is_no_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text("no key", encoding="utf-8")
    with pytest.raises(KeyRefused):
        Signer.by(tmp_path / "key.pem")
