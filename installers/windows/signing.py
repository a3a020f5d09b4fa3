"""Authenticode by osslsigncode: with a certificate that is a setting, or with a test's.

    LAMPLIGHTER_SIGN_PFX        a PKCS#12 file, and LAMPLIGHTER_SIGN_PASSWORD_FILE the file of its password
    LAMPLIGHTER_SIGN_KEY        else a PKCS#11 address, LAMPLIGHTER_SIGN_MODULE the token's library and
                                LAMPLIGHTER_SIGN_CERTIFICATES a file of the certificate and those above it
    LAMPLIGHTER_SIGN_TIMESTAMP  the address of a timestamp server; without one a signature ends with its
                                certificate

Without either one is made on the spot that says of itself that it is a test's; no Windows trusts it.
"""

import datetime as dt
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

TEST_NAME: Final = "Lamplighter TEST certificate: trust nothing signed by it"
_PREFIX: Final = "LAMPLIGHTER_SIGN_"
_DAYS: Final = 30


class SigningRefused(ValueError):
    """The settings name no certificate, or half of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Whose name is put on a file. `options` are osslsigncode's; a password is named by its file alone."""

    options: Sequence[str]
    is_test: bool = False

    def command(self, file: Path, signed: Path, about: str) -> list[str]:
        """Return the command that writes `signed`."""
        told = ["-h", "sha256", "-n", about, "-in", str(file), "-out", str(signed)]
        return ["osslsigncode", "sign", *self.options, *told]

    def sign(self, file: Path, about: str) -> None:
        """Sign a file in its place; raises `SigningRefused` with what osslsigncode says."""
        signed = file.with_name(f"{file.name}.signed")
        signed.unlink(missing_ok=True)
        done = subprocess.run(self.command(file, signed, about), capture_output=True, text=True, check=False)
        if done.returncode or not signed.exists():
            raise SigningRefused(f"osslsigncode: {(done.stdout + done.stderr).strip()}")
        signed.chmod(file.stat().st_mode)
        signed.replace(file)


def signer(environment: Mapping[str, str], work: Path) -> Signer:
    """Return who signs, by the settings; a test's certificate is kept in `work`. Raises `SigningRefused`."""
    told = {
        name.removeprefix(_PREFIX): value
        for name, value in environment.items()
        if name.startswith(_PREFIX) and value
    }
    timestamp = ["-ts", told.pop("TIMESTAMP")] if "TIMESTAMP" in told else []
    match told:
        case {"PFX": pfx, "PASSWORD_FILE": password, **others} if not others:
            return Signer(options=["-pkcs12", pfx, "-readpass", password, *timestamp])
        case {"KEY": key, "MODULE": module, "CERTIFICATES": certificates, **others} if not others:
            named = ["-pkcs11module", module, "-key", key, "-certs", certificates]
            return Signer(options=[*named, *timestamp])
        case _ if told:
            whole = "PFX with PASSWORD_FILE, or KEY with MODULE and CERTIFICATES"
            raise SigningRefused(f"{_PREFIX}{', '.join(sorted(told))}: wanted is {whole}")
    return Signer(options=[*_test_certificate(work), *timestamp], is_test=True)


def _test_certificate(work: Path) -> list[str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, TEST_NAME)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=_DAYS))
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, private = work / "test-certificate.pem", work / "test-key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.touch(mode=0o600)
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return ["-certs", str(certificate), "-key", str(private)]
