"""The groups that a device knows by name."""

import grp
from collections.abc import Iterable


def group_members(group: str) -> int:
    """Return how many accounts were put into a group; 0 for one that is not there."""
    try:
        return len(grp.getgrnam(group).gr_mem)
    except KeyError:
        return 0


def groups_named(names: Iterable[str]) -> frozenset[int]:
    """Return the groups of these names; one that this device does not know is left out."""
    found = set()
    for name in names:
        try:
            found.add(grp.getgrnam(name).gr_gid)
        except KeyError:
            continue
    return frozenset(found)
