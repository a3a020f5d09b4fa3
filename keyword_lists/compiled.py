"""Compiles the shipped lists, so that a collector's first start need not read them; run by `make setup`.

Lists with a fault are left to lint, which says more: then there is no file, and the lists are read.
"""

import sys
from pathlib import Path

from lamplighter_keywords.errors import KeywordsError
from lamplighter_keywords.shipped import ready_made


def main(target: Path) -> None:
    """Write the file; an old one is replaced."""
    try:
        target.write_bytes(ready_made())
    except KeywordsError as error:
        target.unlink(missing_ok=True)
        sys.stderr.write(f"{target.name} was not made: {error}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
