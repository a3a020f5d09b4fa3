"""Reads the options of the two long-running verbs: `--name value` and nothing else."""

from collections.abc import Sequence

from lamplighter_agent.errors import ConfigError


def options(arguments: Sequence[str], known: frozenset[str]) -> dict[str, str]:
    """Return the options by name; raise `ConfigError` for an unknown, repeated or valueless one."""
    found: dict[str, str] = {}
    rest = list(arguments)
    while rest:
        name = rest.pop(0)
        if name not in known:
            raise ConfigError(name, "unknown option")
        if name in found or not rest:
            raise ConfigError(name, "needs exactly one value")
        found[name] = rest.pop(0)
    return found


def all_options(arguments: Sequence[str], known: frozenset[str]) -> dict[str, str]:
    """Return the options by name; raise `ConfigError` also for any that is not given."""
    found = options(arguments, known)
    if missing := sorted(known - found.keys()):
        raise ConfigError(" and ".join(missing), "is needed" if len(missing) == 1 else "are needed")
    return found
