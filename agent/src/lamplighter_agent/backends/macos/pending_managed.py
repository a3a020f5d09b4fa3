"""What a Mac shall enrol with: settings from its profile, and a token that device management leaves beside.

A profile can be read by everybody on the Mac, so it never holds the token. The settings count while
`enrolment.token` lies beside the configuration, and only then: that file is removed once it was used, and a
Mac that is to enrol again is given another. `enrolment.toml`, where there is one, comes first and holds all.
"""

import os
import plistlib
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from xml.parsers.expat import ExpatError

from lamplighter_agent.backends.posix.pending_file import PendingFile
from lamplighter_agent.errors import PendingUnusable
from lamplighter_agent.files import remove

# Where the system keeps what profiles say to the program of this name.
MANAGED: Final = Path("/Library/Managed Preferences/lamplighter.agent.plist")
BESIDE: Final = "enrolment.token"
VALUES: Final = {"collector": "Collector", "pin": "Pin", "asset_tag": "AssetTag"}
_LONGEST: Final = 64 * 1024


class ManagedEnrolment:
    """Fulfils `PendingPlace`."""

    def __init__(self, config: Path, *, managed: Path = MANAGED) -> None:
        """Take the path of the configuration, and where the profile's settings are."""
        self._file = PendingFile(config)
        self._managed = managed
        self._token = config.with_name(BESIDE)

    @property
    def where(self) -> str:
        return self._file.where if self._by_file() else f"{self._managed} and {self._token}"

    def mark(self) -> object:
        if (own := self._file.mark()) is not None:
            return own
        try:
            return tuple(
                (about.st_ino, about.st_mtime_ns, about.st_mode, about.st_uid)
                for about in (self._managed.lstat(), self._token.lstat())
            )
        except OSError:
            return None

    def read(self) -> Mapping[str, object] | None:
        if self._by_file():
            return self._file.read()
        if self.mark() is None:
            return None
        found = _settings(self._managed)
        told = {ours: found[name] for ours, name in VALUES.items() if name in found}
        return {**told, "token_file": str(self._token)}

    def token_in(self, file: Path) -> str:
        return self._file.token_in(file)

    def write(self, told: Mapping[str, str]) -> None:
        self._file.write(told)

    def clear(self) -> None:
        if self._by_file():
            self._file.clear()
            return
        try:
            remove(self._token)
        except OSError as error:
            raise PendingUnusable(f"{self._token} can't be removed: {error.strerror}") from error

    def _by_file(self) -> bool:
        return self._file.mark() is not None


def _settings(path: Path) -> Mapping[str, object]:
    """Return what a profile says; raises PendingUnusable where others could have written it."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise PendingUnusable(f"{path} can't be read: {error.strerror}") from error
    with os.fdopen(descriptor, "rb") as file:
        about = os.fstat(descriptor)
        theirs = about.st_uid not in (0, os.geteuid())
        if theirs or not stat.S_ISREG(about.st_mode) or about.st_mode & 0o022:
            raise PendingUnusable(f"others than root can write {path}")
        try:
            found = plistlib.loads(file.read(_LONGEST))
        except (OSError, ValueError, ExpatError) as error:
            # Its words may quote what stands there.
            raise PendingUnusable(f"{path} is no property list") from error
    return found if isinstance(found, dict) else {}
