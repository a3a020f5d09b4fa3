"""`python -m installers.package agent deb|rpm OUT`: make a package and say where it is and how large."""

import sys
from pathlib import Path

from installers.frozen.contents import PROGRAMS
from installers.package.build import KINDS, package


def main(arguments: list[str]) -> int:
    """Build one package; 2 where the command line names none."""
    if len(arguments) != 3 or arguments[0] not in PROGRAMS or arguments[1] not in KINDS:
        sys.stderr.write(f"usage: python -m installers.package {'|'.join(PROGRAMS)} {'|'.join(KINDS)} OUT\n")
        return 2
    made = package(arguments[0], arguments[1], Path(arguments[2]))
    print(f"{made}: {made.stat().st_size / 1_000_000:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
