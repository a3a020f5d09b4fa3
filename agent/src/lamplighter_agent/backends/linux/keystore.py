"""The device key in a file: the named fallback `file`, for a Linux without a sealed store.

The file belongs to the service's user, mode 0600, in a state folder that others can't write. Whoever can read
it can read the spool: it keeps the spool from other accounts and from a copied spool folder, not from a
copied disk. It is made whole (written aside, then linked to its name, which fails if somebody was faster)
and never replaced: a key of the wrong size, owner or mode is refused, because a new key would silently give
up the old spool.
"""

import os
import secrets
import stat
from pathlib import Path

from lamplighter_agent.errors import KeyUnavailable

_KEY_BYTES = 32
_NAME = "device.key"


class FileKeyStore:
    """A KeyStore in `folder`/device.key."""

    backend = "file"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / _NAME

    def device_key(self) -> bytes:
        try:
            if not os.path.lexists(self._path):
                self._create()
            return self._read()
        except OSError as error:
            raise KeyUnavailable(f"device key: {error.strerror}") from error

    def erase(self) -> None:
        """Overwrite and unlink. On flash the overwrite may go elsewhere; the unlink is what counts there."""
        try:
            descriptor = os.open(self._path, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            return
        except OSError as error:
            raise KeyUnavailable(f"device key: {error.strerror}") from error
        try:
            os.write(descriptor, bytes(_KEY_BYTES))
            os.fsync(descriptor)
            self._path.unlink(missing_ok=True)
            self._sync_folder()
        except OSError as error:
            raise KeyUnavailable(f"device key: {error.strerror}") from error
        finally:
            os.close(descriptor)

    def _read(self) -> bytes:
        descriptor = os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            about = os.fstat(descriptor)
            if not stat.S_ISREG(about.st_mode) or about.st_uid != os.geteuid():
                raise KeyUnavailable("device key: not a file of the service's user")
            if stat.S_IMODE(about.st_mode) & 0o077:
                raise KeyUnavailable(f"device key: mode {stat.S_IMODE(about.st_mode):o}, must be 600")
            key = os.read(descriptor, _KEY_BYTES + 1)
        finally:
            os.close(descriptor)
        if len(key) != _KEY_BYTES:
            raise KeyUnavailable(f"device key: {len(key)} bytes, must be {_KEY_BYTES}")
        return key

    def _create(self) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        aside = self._folder / f".{_NAME}.{secrets.token_hex(8)}"
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            try:
                os.write(descriptor, secrets.token_bytes(_KEY_BYTES))
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            # A link, not a rename: of two that start together the second must read the first one's key.
            try:
                os.link(aside, self._path)
            except FileExistsError:
                return
            self._sync_folder()
        finally:
            aside.unlink()

    def _sync_folder(self) -> None:
        descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
