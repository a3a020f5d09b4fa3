"""The part of requirements.lock that one distribution needs, hashes included.

Usage: python -m installers.closure DISTRIBUTION > requirements.txt. What reaches a device is exactly what
the lock pins, and nothing that only builds or tests.
"""

import re
import sys
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCK = Path(__file__).parents[1] / "requirements.lock"
OURS = "lamplighter-"


def needed(distribution: str) -> set[str]:
    """Return the canonical names that `distribution` needs here, without our own."""
    names: set[str] = set()
    queue = [Requirement(distribution)]
    while queue:
        requirement = queue.pop()
        for text in metadata.requires(requirement.name) or []:
            child = Requirement(text)
            extras = requirement.extras or {""}
            if child.marker is not None and not any(child.marker.evaluate({"extra": e}) for e in extras):
                continue
            if canonicalize_name(child.name) not in names:
                names.add(canonicalize_name(child.name))
                queue.append(child)
    return {name for name in names if not name.startswith(OURS)}


def locked(names: set[str]) -> str:
    """Return the blocks of requirements.lock for `names`."""
    blocks = re.split(r"(?m)^(?=[A-Za-z0-9])", LOCK.read_text(encoding="utf-8"))
    return "".join(block for block in blocks if canonicalize_name(re.split(r"[=\[ ;]", block)[0]) in names)


if __name__ == "__main__":
    sys.stdout.write(locked(needed(sys.argv[1])))
