"""`enrolment.toml` beside the configuration: what a device shall enrol with, where there are files and modes.

A file counts when it is an ordinary one, of root or of our own user, and nobody else may read or write it. It
is looked at by its descriptor, so that nobody exchanges it in between.
"""

import os
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from lamplighter_agent.errors import PendingUnusable
from lamplighter_agent.files import remove, replace_whole

NAME: Final = "enrolment.toml"
_LONGEST: Final = 16 * 1024


class PendingFile:
    """Fulfils `PendingPlace`."""

    def __init__(self, config: Path) -> None:
        """Take the path of the configuration."""
        self._path = config.with_name(NAME)

    @property
    def where(self) -> str:
        return str(self._path)

    def mark(self) -> object:
        own = _mark(self._path)
        return None if own is None else (own, _mark(self._token_file()))

    def read(self) -> Mapping[str, object] | None:
        text = _guarded(self._path)
        if text is None:
            return None
        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            # Its words may quote the line.
            raise PendingUnusable(f"{self._path} is not TOML") from error

    def token_in(self, file: Path) -> str:
        text = _guarded(file)
        if text is None:
            raise PendingUnusable(f"{file} is not there")
        return text.strip()

    def write(self, told: Mapping[str, str]) -> None:
        lines = "".join(f"{name} = {_quoted(value)}\n" for name, value in told.items())
        try:
            replace_whole(self._path, lines.encode())
        except OSError as error:
            raise PendingUnusable(f"{self._path} can't be written: {error.strerror}") from error

    def clear(self) -> None:
        try:
            # The token first: without it the rest is of no use to anybody.
            if (file := self._token_file()) is not None:
                remove(file)
            remove(self._path)
        except OSError as error:
            raise PendingUnusable(f"{self._path} can't be removed: {error.strerror}") from error

    def _token_file(self) -> Path | None:
        try:
            named = (self.read() or {}).get("token_file")
        except PendingUnusable:
            return None
        return Path(named) if isinstance(named, str) and named.startswith("/") else None


def _mark(path: Path | None) -> object:
    try:
        about = None if path is None else path.lstat()
    except OSError:
        return None
    return about and (about.st_ino, about.st_mtime_ns, about.st_size, about.st_mode, about.st_uid)


def _guarded(path: Path) -> str | None:
    """Return what a file holds that nobody else can have read or written; None where it is not there."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise PendingUnusable(f"{path} can't be read: {error.strerror}") from error
    with os.fdopen(descriptor, "rb") as file:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode):
            raise PendingUnusable(f"{path} is no ordinary file")
        if about.st_uid not in (0, os.geteuid()) or about.st_mode & 0o077:
            raise PendingUnusable(
                f"others than root can read or write {path}: its token counts as known; "
                "chown root and chmod 600, with a new token"
            )
        try:
            return file.read(_LONGEST).decode()
        except (OSError, UnicodeDecodeError) as error:
            raise PendingUnusable(f"{path} holds no text") from error


def _quoted(value: str) -> str:
    if not value.isprintable():
        raise PendingUnusable("a value is not one line of text")
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
