"""`python -m installers.package agent|collector deb|rpm OUT`: make a package, say its size."""

import sys
from pathlib import Path

from installers.package.build import KINDS, package


def main(arguments: list[str]) -> int:
    """Build one package; 2 where the command line names none."""
    if len(arguments) != 3 or arguments[1] not in KINDS.get(arguments[0], ()):
        sys.stderr.write("usage: python -m installers.package agent|collector deb|rpm OUT\n")
        return 2
    made = package(arguments[0], arguments[1], Path(arguments[2]))
    print(f"{made}: {made.stat().st_size / 1_000_000:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
