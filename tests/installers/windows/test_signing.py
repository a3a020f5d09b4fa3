"""Who signs, by the settings; and a real MSI signed by a test's certificate."""

import stat
import subprocess
from pathlib import Path

import pytest

from installers.windows.package import package
from installers.windows.signing import TEST_NAME, SigningRefused, signer


def test_a_file_with_a_certificate_is_named_and_its_password_only_by_its_file(tmp_path: Path) -> None:
    told = {"LAMPLIGHTER_SIGN_PFX": "/keys/a.pfx", "LAMPLIGHTER_SIGN_PASSWORD_FILE": "/keys/word"}
    found = signer(told | {"LAMPLIGHTER_SIGN_TIMESTAMP": "http://time.school.example"}, tmp_path)
    command = found.command(Path("in.msi"), Path("out.msi"), "Lamplighter")
    assert not found.is_test
    assert command[:4] == ["osslsigncode", "sign", "-pkcs12", "/keys/a.pfx"]
    assert command[4:6] == ["-readpass", "/keys/word"]
    assert command[command.index("-ts") + 1] == "http://time.school.example"
    assert command[command.index("-h") + 1] == "sha256"
    assert list(tmp_path.iterdir()) == []


def test_a_key_in_a_token_is_named(tmp_path: Path) -> None:
    told = {"KEY": "pkcs11:object=code", "MODULE": "/lib/p11.so", "CERTIFICATES": "/keys/chain.pem"}
    found = signer({f"LAMPLIGHTER_SIGN_{name}": value for name, value in told.items()}, tmp_path)
    assert list(found.options) == [
        *("-pkcs11module", "/lib/p11.so"),
        *("-key", "pkcs11:object=code", "-certs", "/keys/chain.pem"),
    ]
    assert not found.is_test


@pytest.mark.parametrize("half", [{"PFX": "a"}, {"KEY": "k", "MODULE": "m"}, {"PFX": "a", "KEY": "k"}])
def test_half_of_a_certificate_is_refused_and_never_replaced_by_a_test_s(
    half: dict[str, str], tmp_path: Path
) -> None:
    with pytest.raises(SigningRefused, match="wanted is PFX with PASSWORD_FILE, or KEY"):
        signer({f"LAMPLIGHTER_SIGN_{name}": value for name, value in half.items()}, tmp_path)


def test_without_any_the_signature_says_that_it_is_a_test_s(tmp_path: Path) -> None:
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "lamplighter-agent.exe").write_bytes(b"MZ")
    msi = package(tmp_path / "made", "0.1.0", tmp_path / "agent.msi")
    found = signer({}, tmp_path)
    assert found.is_test
    assert stat.S_IMODE((tmp_path / "test-key.pem").stat().st_mode) == 0o600
    found.sign(msi, "Lamplighter")
    said = subprocess.run(
        ["osslsigncode", "verify", "-CAfile", str(tmp_path / "test-certificate.pem"), "-in", str(msi)],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    assert TEST_NAME in said
    assert "Number of verified signatures: 1" in said


def test_what_cannot_be_signed_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "agent.msi"
    file.write_bytes(b"no MSI")
    with pytest.raises(SigningRefused, match="osslsigncode"):
        signer({}, tmp_path).sign(file, "Lamplighter")
    assert file.read_bytes() == b"no MSI"
