"""Release files: what the gate in polkit's rule looks for before a person may use a volume.

A release is one empty file `NODE.SEQUENCE.USE.ACCOUNT` in a folder that only root may write and only root
and polkit's daemon may look into. The file counts only while this process holds an exclusive lock on it; the
kernel lets go of the lock when the process ends, however it ends. What a killed service leaves behind
releases nothing, and is deleted at the next start.

Used on one thread; everything lies in memory (/run), so nothing here takes long.
"""

import contextlib
import fcntl
import grp
import os
import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from lamplighter_agent.errors import BackendUnavailable, NotReleased

FOLDER: Final = Path("/run/lamplighter-media")
READERS: Final = "polkitd"
# Locked by what withdraws behind the service (`media_keeper`); no release.
KEEPER: Final = ".keeper"
_NODE: Final = re.compile(r"[A-Za-z0-9_-]+")
_LONGEST_NAME: Final = 255


class Use(StrEnum):
    """What a release is for."""

    MOUNT = "mount"
    # Opening a locked container; its content is a volume of its own.
    UNLOCK = "unlock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One account and one volume. `node` is the kernel's name, such as "sdb1"; `sequence` its insertion's."""

    node: str
    sequence: int
    use: Use
    account: str

    @property
    def file_name(self) -> str:
        """Return the name that the gate looks for; raises `NotReleased` for what can't be one."""
        if not _NODE.fullmatch(self.node) or self.sequence < 0:
            raise NotReleased("the volume has no proper name")
        if not self.account.isprintable() or "/" in self.account or self.account.strip(".") == "":
            raise NotReleased("the account has no proper name")
        name = f"{self.node}.{self.sequence}.{self.use}.{self.account}"
        if len(os.fsencode(name)) > _LONGEST_NAME:
            raise NotReleased("the account's name is too long")
        return name


class ReleaseFiles:
    """The releases of this process. `folder` is the gate's, another one only in tests of this class."""

    def __init__(self, folder: Path = FOLDER, readers: str = READERS) -> None:
        self._path = folder
        self._readers = readers
        self._folder = -1
        self._held: dict[Release, int] = {}

    @property
    def releases(self) -> frozenset[Release]:
        return frozenset(self._held)

    @property
    def is_open(self) -> bool:
        return self._folder >= 0

    def open(self) -> None:
        """Make the folder and delete whatever lies in it.

        Raises:
            BackendUnavailable: polkit's daemon has no account here, or the folder is not ours.
        """
        self.close()
        try:
            group = grp.getgrnam(self._readers).gr_gid
        except KeyError as error:
            raise BackendUnavailable("MediaGuard", "polkit is not installed", "install polkitd") from error
        try:
            with contextlib.suppress(FileExistsError):
                self._path.mkdir(mode=0o750, parents=True)
            self._folder = os.open(self._path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            if os.fstat(self._folder).st_uid != os.geteuid():
                raise PermissionError(1, "belongs to somebody else")
            os.fchown(self._folder, -1, group)
            os.fchmod(self._folder, 0o750)
            with os.scandir(self._folder) as left:
                for one in left:
                    if one.name != KEEPER:
                        os.unlink(one.name, dir_fd=self._folder)
        except OSError as error:
            self.close()
            raise BackendUnavailable(
                "MediaGuard", f"{self._path}: {error.strerror}", "start the service as root"
            ) from error

    def put(self, release: Release) -> None:
        """Release; a second time is the same. Raises `NotReleased`."""
        name = release.file_name
        if release in self._held:
            return
        if self._folder < 0:
            raise NotReleased("the guard is not started")
        # A file is asked for by its last name only, so it is locked before anybody finds it.
        aside = f".{os.getpid()}.{len(self._held)}"
        try:
            file = os.open(
                aside, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o640, dir_fd=self._folder
            )
            try:
                os.fchown(file, -1, os.fstat(self._folder).st_gid)
                os.fchmod(file, 0o640)
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.rename(aside, name, src_dir_fd=self._folder, dst_dir_fd=self._folder)
            except OSError:
                os.close(file)
                os.unlink(aside, dir_fd=self._folder)
                raise
        except OSError as error:
            raise NotReleased(f"no release could be written: {error.strerror}") from error
        self._held[release] = file

    def drop(self, *nodes: str) -> None:
        """Take back every release of these nodes."""
        for release in [one for one in self._held if one.node in nodes]:
            # The lock first: from here on the gate refuses, whatever becomes of the file.
            os.close(self._held.pop(release))
            with contextlib.suppress(FileNotFoundError):
                os.unlink(release.file_name, dir_fd=self._folder)

    def close(self) -> None:
        """Take back everything."""
        self.drop(*{release.node for release in self._held})
        if self._folder >= 0:
            os.close(self._folder)
            self._folder = -1
