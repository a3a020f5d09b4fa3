"""The device key in a file: the named fallback `file`, for a Linux without a sealed store.

The file belongs to the service's user, mode 0600, in a state folder that others can't write. Whoever can read
it can read spool and lists: it keeps them from other accounts and from a copied folder, not from a copied
disk. One of the wrong owner or mode is refused.
"""

import os
import stat
from pathlib import Path

from lamplighter_agent.backends.key_files import KeyFiles


class FileKeyStore(KeyFiles):
    """A KeyStore in `folder`."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, _OnlyMine())


class _OnlyMine:
    """A Box that seals nothing: who may open the file is all that keeps it."""

    name = "file"

    def seal(self, plain: bytes) -> bytes:
        return plain

    def open(self, sealed: bytes) -> bytes:
        return sealed

    def check(self, descriptor: int) -> None:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode) or about.st_uid != os.geteuid():
            raise PermissionError(0, "not a file of the service's user")
        if stat.S_IMODE(about.st_mode) & 0o077:
            raise PermissionError(0, f"mode {stat.S_IMODE(about.st_mode):o}, must be 600")
