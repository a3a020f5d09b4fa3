"""The folder where the service keeps what it stores."""

from pathlib import Path


def make_state_folder(folder: Path) -> None:
    """Make it, where there is none, writable by nobody else; raise `OSError` where that can't be."""
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
