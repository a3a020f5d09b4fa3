"""`python -m installers.frozen agent|collector OUT`: make OUT/lamplighter-... and say how large it is."""

import sys
from pathlib import Path

from installers.frozen.build import build, size_bytes
from installers.frozen.contents import PROGRAMS


def main(arguments: list[str]) -> int:
    """Build one program; 2 where the command line names none."""
    if len(arguments) != 2 or arguments[0] not in PROGRAMS:
        sys.stderr.write(f"usage: python -m installers.frozen {'|'.join(PROGRAMS)} OUT\n")
        return 2
    folder = build(PROGRAMS[arguments[0]], Path(arguments[1]))
    print(f"{folder}: {size_bytes(folder) / 1_000_000:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
