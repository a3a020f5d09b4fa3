"""Checksums of a folder, and a detached Ed25519 signature of them that openssl verifies."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

SUMS: Final = "SHA256SUMS"
SIGNATURE: Final = "SHA256SUMS.sig"
PUBLIC: Final = "release-key.pem"
# Whoever sees this name knows that nobody vouches for the folder.
TEST_PUBLIC: Final = "TEST-KEY-trust-nothing.pem"


class KeyRefused(Exception):
    """What should sign is no Ed25519 key in PEM without a password."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Who signs. `is_test`: a key made on the spot and forgotten, which vouches for nothing."""

    key: Ed25519PrivateKey
    is_test: bool

    @classmethod
    def by(cls, path: Path | None) -> Self:
        """Return the signer of a key's file, or of a test key without one; raises KeyRefused, OSError."""
        if path is None:
            return cls(key=Ed25519PrivateKey.generate(), is_test=True)
        try:
            key = load_pem_private_key(path.read_bytes(), password=None)
        except (ValueError, TypeError) as fault:
            raise KeyRefused("the release key is not PEM without a password") from fault
        if not isinstance(key, Ed25519PrivateKey):
            raise KeyRefused("the release key is not Ed25519")
        return cls(key=key, is_test=False)


def sign(folder: Path, signer: Signer) -> Path:
    """Write checksums, signature and public key into `folder`; return the checksums."""
    for name in (SUMS, SIGNATURE, PUBLIC, TEST_PUBLIC):
        (folder / name).unlink(missing_ok=True)
    sums = folder / SUMS
    lines = checksums(folder)
    sums.write_text(lines, encoding="utf-8")
    (folder / SIGNATURE).write_bytes(signer.key.sign(lines.encode()))
    public = signer.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (folder / (TEST_PUBLIC if signer.is_test else PUBLIC)).write_bytes(public)
    return sums


def checksums(folder: Path) -> str:
    """Return what `sha256sum --check` reads, for every file below `folder`, by name."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}\n"
        for path in files
    )
