"""A licensed list for tests, of words that are nowhere else."""

from pathlib import Path

WORDS = ("quibblefen", "mudlarkish", "fenwicket")
LIST = "# from the partner\nquibblefen\nmudlarkish fenwicket\n"
LICENCE = (
    *("--id", "partner-1", "--provider", "Example Trust"),
    *("--theme", "csam", "--severity", "5", "--expires", "2099-12-31"),
)


def list_file(folder: Path, text: str | bytes = LIST) -> Path:
    """What the partner sent, outside of everything that is searched."""
    folder.mkdir(exist_ok=True)
    path = folder / "partner.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path
