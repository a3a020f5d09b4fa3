"""The repository's own files, as git knows them."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def tracked() -> list[Path]:
    """Every file that git tracks or would track, relative to the root."""
    command = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    return [Path(name) for name in listed if (ROOT / name).is_file()]


def hand_written() -> list[Path]:
    """Python that a person wrote, absolute paths."""
    return [ROOT / path for path in tracked() if path.suffix == ".py" and "_pb2" not in path.name]
