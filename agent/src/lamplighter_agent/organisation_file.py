"""Whose device this is, for a helper that the service does not start: a file beside the local socket.

Only the service may write there, and everybody may read it: it is what strip and page show.
"""

from pathlib import Path
from typing import Final

NAME: Final = "organisation"
_LARGEST: Final = 4096


def path_beside(socket: Path) -> Path:
    """Return where it is for the service of this socket."""
    return socket.with_name(NAME)


def read(path: Path) -> str:
    """Return the name; raise `OSError` where no service has said it yet."""
    with path.open("rb") as file:
        return file.read(_LARGEST).decode("utf-8", errors="replace")
