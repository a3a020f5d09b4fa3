"""Where a technician leaves what this device shall enrol with: what each system's backend of it promises.

It holds a token, so it is taken only where nobody but the administrator could have read or written it.
Messages name the place and never what lies there.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final, Protocol

# What may stand there; everything is text.
NAMES: Final = ("collector", "pin", "asset_tag", "token", "token_file")


class PendingPlace(Protocol):
    """One place. Any thread; each raises `PendingUnusable` where that can't be done as it should."""

    @property
    def where(self) -> str:
        """Say for a technician where it is."""
        ...

    def mark(self) -> object:
        """Return what changes with what lies there; None where nothing does. Never raises."""
        ...

    def read(self) -> Mapping[str, object] | None:
        """Return what lies there; None where nothing does."""
        ...

    def token_in(self, file: Path) -> str:
        """Return what a file holds that is named there."""
        ...

    def write(self, told: Mapping[str, str]) -> None:
        """Leave this there, for nobody else to read."""
        ...

    def clear(self) -> None:
        """Remove all of it, and the file with the token."""
        ...
