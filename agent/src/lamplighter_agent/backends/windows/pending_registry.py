r"""What a device shall enrol with, in `HKLM\Software\Lamplighter\Enrolment`, as an MSI leaves it.

Ordinary accounts can't write below HKLM\Software, but read: so the key is closed to them as soon as it is
seen, and one that they could have written counts for nothing. Pure but for its two ports.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final, Protocol

from lamplighter_agent.errors import PendingUnusable

KEY: Final = "SOFTWARE\\Lamplighter\\Enrolment"
VALUES: Final = {
    "collector": "Collector",
    "pin": "Pin",
    "asset_tag": "AssetTag",
    "token": "Token",
    "token_file": "TokenFile",
}
_LONGEST: Final = 1024


class Values(Protocol):
    """The device's registry; raises OSError."""

    def read(self, key: str, name: str) -> int | str | None: ...

    def names(self, key: str) -> list[str]: ...

    def write(self, key: str, name: str, value: int | str) -> None: ...

    def is_there(self, key: str) -> bool: ...

    def remove(self, key: str) -> None:
        """Remove a key with its values."""


class Access(Protocol):
    """Who may do what; raises OSError."""

    def others_may_write(self, key: str) -> bool: ...

    def close(self, key: str) -> None:
        """Let nobody but the service and administrators read or write a key."""

    def file_is_shown(self, path: Path) -> bool:
        """Tell whether an ordinary account may read or write a file."""
        ...


class PendingRegistry:
    """Fulfils `PendingPlace`."""

    where = f"HKLM\\{KEY}"

    def __init__(self, values: Values, access: Access) -> None:
        self._values = values
        self._access = access

    def mark(self) -> object:
        try:
            if not self._values.is_there(KEY):
                return None
            found = {name: self._values.read(KEY, name) for name in VALUES.values()}
        except OSError:
            return None
        return hash(tuple(sorted((name, str(value)) for name, value in found.items())))

    def read(self) -> Mapping[str, object] | None:
        try:
            if not self._values.is_there(KEY):
                return None
            if self._access.others_may_write(KEY):
                raise PendingUnusable(f"others than administrators can write {self.where}")
            self._access.close(KEY)
            found = {ours: self._values.read(KEY, name) for ours, name in VALUES.items()}
        except OSError as error:
            raise PendingUnusable(f"{self.where} can't be read: {error.strerror}") from error
        # An MSI writes every value, also where its property was not given.
        told = {ours: value for ours, value in found.items() if value not in (None, "")}
        return told or None

    def token_in(self, file: Path) -> str:
        try:
            if self._access.file_is_shown(file):
                raise PendingUnusable(
                    f"others than administrators can read or write {file}: its token counts as known"
                )
            with file.open(encoding="utf-8") as source:
                return source.read(_LONGEST).strip()
        except OSError as error:
            raise PendingUnusable(f"{file} can't be read: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise PendingUnusable(f"{file} holds no text") from error

    def write(self, told: Mapping[str, str]) -> None:
        try:
            if self._values.is_there(KEY):
                self._values.remove(KEY)
            # Made with one value that says nothing, so that it is closed before the token comes.
            self._values.write(KEY, VALUES["token"], "")
            self._access.close(KEY)
            for name, value in told.items():
                self._values.write(KEY, VALUES[name], value)
        except OSError as error:
            raise PendingUnusable(f"{self.where} can't be written: {error.strerror}") from error

    def clear(self) -> None:
        try:
            file = self._values.read(KEY, VALUES["token_file"])
            if isinstance(file, str) and file:
                Path(file).unlink(missing_ok=True)
            self._values.remove(KEY)
        except OSError as error:
            raise PendingUnusable(f"{self.where} can't be removed: {error.strerror}") from error
