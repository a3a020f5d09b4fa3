"""A key store whose key lies in a file.

What seals it, or says that it is the service's alone, is the system's (`windows/dpapi.py`,
`linux/keystore.py`). The file is made whole, written aside and linked to its name, which fails if somebody
was faster; it is never replaced: one that can't be opened is refused, because a new key would silently give
up the old spool. Beside it, with the same care, lies the device's id: no secret, but what the spool's seals
are bound to, so it must outlive every change of the configuration.
"""

import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol, TypeAlias

from lamplighter_agent.backends.select_files import disk, durability
from lamplighter_agent.errors import KeyUnavailable

BYTES: Final = 32
KEY: Final = "device.key"
ID: Final = "device.id"
# No box makes more of 32 bytes.
_LARGEST: Final = 4096
_Change: TypeAlias = Callable[[bytes], bytes]


class Box(Protocol):
    """Seals a few bytes so that this system alone opens them; each method raises `OSError`."""

    @property
    def name(self) -> str: ...

    def seal(self, plain: bytes) -> bytes: ...

    def open(self, sealed: bytes) -> bytes: ...

    def check(self, descriptor: int) -> None:
        """Refuse an open file that, by its owner or mode, isn't the service's alone."""
        ...


class KeyFiles:
    """A KeyStore in `folder`, which others can't write to."""

    def __init__(self, folder: Path, box: Box) -> None:
        self.backend = box.name
        self._folder = folder
        self._box = box

    def device_key(self) -> bytes:
        return self._kept(KEY, self._box.seal, self._box.open)

    def device_id(self) -> str:
        return self._kept(ID, bytes, bytes).hex()

    def erase(self) -> None:
        """Overwrite and remove. On flash the overwrite may go elsewhere; the removal is what counts there."""
        path = self._folder / KEY
        try:
            descriptor = os.open(path, os.O_WRONLY | disk.FLAGS)
        except FileNotFoundError:
            return
        except OSError as error:
            raise KeyUnavailable(f"{KEY}: {error.strerror}") from error
        try:
            try:
                disk.write_at(descriptor, memoryview(bytes(os.fstat(descriptor).st_size)), 0)
                durability.sync(descriptor)
            finally:
                os.close(descriptor)
            path.unlink(missing_ok=True)
            disk.sync_folder(self._folder)
        except OSError as error:
            raise KeyUnavailable(f"{KEY}: {error.strerror}") from error

    def _kept(self, name: str, seal: _Change, unseal: _Change) -> bytes:
        try:
            if not os.path.lexists(self._folder / name):
                self._create(name, seal(secrets.token_bytes(BYTES)))
            descriptor = os.open(self._folder / name, os.O_RDONLY | disk.FLAGS)
            try:
                self._box.check(descriptor)
                content = unseal(disk.read_at(descriptor, _LARGEST, 0))
            finally:
                os.close(descriptor)
        except OSError as error:
            raise KeyUnavailable(f"{name}: {error.strerror}") from error
        if len(content) != BYTES:
            raise KeyUnavailable(f"{name}: {len(content)} bytes, must be {BYTES}")
        return content

    def _create(self, name: str, content: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        aside = self._folder / f".{name}.{secrets.token_hex(8)}"
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | disk.FLAGS, 0o600)
        try:
            try:
                disk.write_at(descriptor, memoryview(content), 0)
                durability.sync(descriptor)
            finally:
                os.close(descriptor)
            # A link, not a rename: of two that start together the second must read the first one's.
            try:
                os.link(aside, self._folder / name)
            except FileExistsError:
                return
            disk.sync_folder(self._folder)
        finally:
            aside.unlink()
