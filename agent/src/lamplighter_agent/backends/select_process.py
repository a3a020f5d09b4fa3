"""Chooses what a process of ours asks of this system for itself. Light: it is loaded before anything else."""

import sys
from collections.abc import Callable

from lamplighter_agent.backends.ports import Hardening

__all__ = [
    "die_with_parent",
    "few_arenas",
    "harden",
    "on_end_signals",
    "swap_forbidden",
    "trim_memory",
]

if sys.platform == "linux":
    from lamplighter_agent.backends.linux.end_signals import on_end_signals
    from lamplighter_agent.backends.linux.hardening import die_with_parent, harden, swap_forbidden
    from lamplighter_agent.backends.linux.memory import few_arenas, trim_memory

else:

    def die_with_parent(_signal_number: int) -> None:
        """Nothing is to be asked: the end of the connection to the service ends the helper."""

    def few_arenas() -> None:
        """Nothing is to be asked."""

    def trim_memory() -> None:
        """Nothing is to be given back by hand."""

    def swap_forbidden() -> bool:
        """Nothing forbids it."""
        return False

    if sys.platform == "win32":
        from lamplighter_agent.backends.windows.end_signals import on_end_signals
        from lamplighter_agent.backends.windows.hardening import harden

    else:

        def harden() -> Hardening:
            """Say that nothing holds."""
            return Hardening(
                not_dumpable=False, no_core=False, memory_locked=False, reason="not built for this system"
            )

        def on_end_signals(_stop: Callable[[], None]) -> None:
            """Nothing tells of them here yet."""
