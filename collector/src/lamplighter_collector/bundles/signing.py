"""The keys that sign: root keys, which say whose signatures count, and signing keys, which sign bundles.

They lie as secrets in ``<state>/signing``, each named by its kind and id. Root keys are wanted only for a
rotation, so they may be kept away from this machine: `move_root_keys` writes them as PEM files and erases
them here, and a rotation is then given the files.
"""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from lamplighter_keywords.bundles.bundle import RootDocument
from lamplighter_keywords.bundles.envelope import KEY_BYTES, PrivateKey

from lamplighter_collector.errors import KeyFileUnusable, RootKeysMissing, SigningKeyMissing
from lamplighter_collector.keys.secrets import Secrets

ROOT: Final = "root"
SIGNING: Final = "signing"
_LARGEST_FILE: Final = 16 << 10


class SigningKeys:
    """The keys of one collector, and those that were handed in for one rotation. Blocks; any thread."""

    def __init__(self, state: Path, handed: Iterable[PrivateKey] = ()) -> None:
        self._secrets = Secrets(state / "signing")
        self._handed = {key.id: key for key in handed}

    @property
    def form(self) -> str:
        """How new keys are kept."""
        return self._secrets.form

    def create(self, kind: str) -> PrivateKey:
        """Make a key; durable when this returns."""
        key = PrivateKey.generate()
        self._secrets.create(f"{kind}-{key.id}", key.secret)
        return key

    def here(self, kind: str) -> tuple[str, ...]:
        """Ids of the keys of a kind that this machine holds."""
        prefix = f"{kind}-"
        return tuple(name.removeprefix(prefix) for name in self._secrets.names() if name.startswith(prefix))

    def for_roots(self, root: RootDocument) -> tuple[PrivateKey, ...]:
        """Root keys enough to sign what follows ``root``.

        Raises:
            RootKeysMissing: fewer than its threshold are here or were handed in.
            SecretError: one that is here can't be read.
        """
        keys = [self._handed[name] for name in root.root_keys if name in self._handed]
        found = {key.id for key in keys}
        keys += [self._load(ROOT, name) for name in self.here(ROOT) if name in root.root_keys.keys() - found]
        if len(keys) < root.threshold:
            raise RootKeysMissing(root.threshold, len(keys))
        return tuple(keys)

    def for_bundles(self, root: RootDocument) -> PrivateKey:
        """A key that ``root`` lets sign bundles.

        Raises:
            SigningKeyMissing: none of them is here.
            SecretError: it can't be read.
        """
        for name in self.here(SIGNING):
            if name in root.signing_keys:
                return self._load(SIGNING, name)
        raise SigningKeyMissing

    def keep_only(self, root: RootDocument) -> None:
        """Erase the keys that ``root`` does not name."""
        for kind, named in ((ROOT, root.root_keys), (SIGNING, root.signing_keys)):
            self._erase(kind, set(self.here(kind)) - set(named))

    def move_root_keys(self, folder: Path, root: RootDocument) -> tuple[Path, ...]:
        """Write the root keys that are here to a folder, then erase them here.

        Raises:
            RootKeysMissing: none is here.
            KeyFileUnusable: a file can't be written; then nothing was erased.
        """
        keys = {name: self._load(ROOT, name) for name in self.here(ROOT) if name in root.root_keys}
        if not keys:
            raise RootKeysMissing(root.threshold, 0)
        paths = tuple(_write(folder / f"root-{name}.pem", key) for name, key in keys.items())
        for path, name in zip(paths, keys, strict=True):
            if key_from_file(path).id != name:
                raise KeyFileUnusable(path.name, "does not hold what was written to it")
        self._erase(ROOT, keys)
        return paths

    def _load(self, kind: str, name: str) -> PrivateKey:
        return PrivateKey(secret=self._secrets.load(f"{kind}-{name}"))

    def _erase(self, kind: str, names: Iterable[str] | Mapping[str, object]) -> None:
        for name in names:
            self._secrets.retire(f"{kind}-{name}")
        self._secrets.forget_retired()


def key_from_file(path: Path) -> PrivateKey:
    """A root key that was kept elsewhere: PEM, or the 32 bytes as the state folder keeps them.

    Raises:
        KeyFileUnusable: it can't be read, or is neither.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_FILE)
    except OSError as error:
        raise KeyFileUnusable(path.name, error.strerror or "can't be read") from error
    if len(content) == KEY_BYTES:
        return PrivateKey(secret=content)
    try:
        key = load_pem_private_key(content, password=None)
    except (ValueError, TypeError) as error:
        raise KeyFileUnusable(path.name, "holds no private key in PEM form without a passphrase") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFileUnusable(path.name, "is not an Ed25519 key")
    return PrivateKey(secret=key.private_bytes_raw())


def _write(path: Path, key: PrivateKey) -> Path:
    pem = Ed25519PrivateKey.from_private_bytes(key.secret).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise KeyFileUnusable(path.name, error.strerror or "can't be written") from error
    return path
