"""Where the agent's own files are, unless the configuration says otherwise."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Paths of one system. `runtime` holds the local socket, where there is one."""

    config: str
    state: str
    runtime: str
