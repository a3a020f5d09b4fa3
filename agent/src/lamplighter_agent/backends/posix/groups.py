"""The groups that a device knows by name."""

import grp
from collections.abc import Iterable


def groups_named(names: Iterable[str]) -> frozenset[int]:
    """Return the groups of these names; one that this device does not know is left out."""
    found = set()
    for name in names:
        try:
            found.add(grp.getgrnam(name).gr_gid)
        except KeyError:
            continue
    return frozenset(found)
