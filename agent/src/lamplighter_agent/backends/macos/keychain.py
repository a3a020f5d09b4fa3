"""The device's key in the Mac's system keychain, which the system opens for the program that put it there.

It protects from other programs and from a copied folder, not from a copied disk: what opens the system
keychain lies on that, too. Takes the keychain, so that a pretended one can stand for it.
"""

import secrets
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from lamplighter_agent.backends.key_files import BYTES, ID, KEY
from lamplighter_agent.errors import KeyUnavailable


class Keychain(Protocol):
    """Small secrets by name and owner; each raises `OSError` where the system refuses."""

    def find(self, name: str, owner: str) -> bytes | None: ...

    def add(self, name: str, owner: str, secret: bytes) -> None:
        """Keep a secret; raises `FileExistsError` where there is one of that name already."""
        ...

    def delete(self, name: str, owner: str) -> None:
        """Remove a secret; one that is not there is fine."""
        ...


class KeychainKeyStore:
    """A KeyStore for the service whose state folder is `folder`."""

    backend = "Keychain"

    def __init__(self, folder: Path, keychain: Keychain) -> None:
        self._owner = str(folder)
        self._keychain = keychain

    def device_key(self) -> bytes:
        return self._kept(KEY)

    def device_id(self) -> str:
        return self._kept(ID).hex()

    def erase(self) -> None:
        try:
            self._keychain.delete(KEY, self._owner)
        except OSError as error:
            raise KeyUnavailable(f"{KEY}: {error.strerror}") from error

    def _kept(self, name: str) -> bytes:
        """Return the secret; made at the first call, and of two that start together the first one's."""
        try:
            found = self._keychain.find(name, self._owner)
            if found is None:
                with suppress(FileExistsError):
                    self._keychain.add(name, self._owner, secrets.token_bytes(BYTES))
                found = self._keychain.find(name, self._owner)
        except OSError as error:
            raise KeyUnavailable(f"{name}: {error.strerror}") from error
        if found is None or len(found) != BYTES:
            raise KeyUnavailable(f"{name}: {len(found or b'')} bytes, must be {BYTES}")
        return found
