"""The device key in a file: the named fallback `file`, for a Linux without a sealed store.

The file belongs to the service's user, mode 0600, in a state folder that others can't write. Whoever can read
it can read spool and lists: it keeps them from other accounts and from a copied folder, not from a copied
disk. It is made whole (written aside, then linked to its name, which fails if somebody was faster)
and never replaced: a key of the wrong size, owner or mode is refused, because a new key would silently give
up the old spool.

Beside it, with the same care, lies the device's id: no secret, but what the spool's seals are bound to, so it
must outlive every change of the configuration.
"""

import os
import secrets
import stat
from pathlib import Path

from lamplighter_agent.backends.posix.disk import sync_folder
from lamplighter_agent.errors import KeyUnavailable

_BYTES = 32
_KEY = "device.key"
_ID = "device.id"


class FileKeyStore:
    """A KeyStore in `folder`."""

    backend = "file"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def device_key(self) -> bytes:
        return self._kept(_KEY)

    def device_id(self) -> str:
        return self._kept(_ID).hex()

    def erase(self) -> None:
        """Overwrite and unlink. On flash the overwrite may go elsewhere; the unlink is what counts there."""
        path = self._folder / _KEY
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            return
        except OSError as error:
            raise KeyUnavailable(f"{_KEY}: {error.strerror}") from error
        try:
            os.write(descriptor, bytes(_BYTES))
            os.fsync(descriptor)
            path.unlink(missing_ok=True)
            sync_folder(self._folder)
        except OSError as error:
            raise KeyUnavailable(f"{_KEY}: {error.strerror}") from error
        finally:
            os.close(descriptor)

    def _kept(self, name: str) -> bytes:
        """Return what the file holds; made at the first call."""
        try:
            if not os.path.lexists(self._folder / name):
                self._create(name)
            return self._read(name)
        except OSError as error:
            raise KeyUnavailable(f"{name}: {error.strerror}") from error

    def _read(self, name: str) -> bytes:
        descriptor = os.open(self._folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            about = os.fstat(descriptor)
            if not stat.S_ISREG(about.st_mode) or about.st_uid != os.geteuid():
                raise KeyUnavailable(f"{name}: not a file of the service's user")
            if stat.S_IMODE(about.st_mode) & 0o077:
                raise KeyUnavailable(f"{name}: mode {stat.S_IMODE(about.st_mode):o}, must be 600")
            content = os.read(descriptor, _BYTES + 1)
        finally:
            os.close(descriptor)
        if len(content) != _BYTES:
            raise KeyUnavailable(f"{name}: {len(content)} bytes, must be {_BYTES}")
        return content

    def _create(self, name: str) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        aside = self._folder / f".{name}.{secrets.token_hex(8)}"
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            try:
                os.write(descriptor, secrets.token_bytes(_BYTES))
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            # A link, not a rename: of two that start together the second must read the first one's.
            try:
                os.link(aside, self._folder / name)
            except FileExistsError:
                return
            sync_folder(self._folder)
        finally:
            aside.unlink()
