"""Chooses what a process asks of this system for itself. Light: it is loaded before anything else."""

import sys

__all__ = [
    "PLACES",
    "die_with_parent",
    "few_arenas",
    "harden",
    "on_end_signals",
    "running_seconds",
    "slept_seconds",
    "stand_in_streams",
    "started_at",
    "swap_forbidden",
    "trim_memory",
]

if sys.platform == "linux":
    from lamplighter_agent.backends.linux.hardening import die_with_parent, harden, swap_forbidden
    from lamplighter_agent.backends.linux.memory import few_arenas, trim_memory
    from lamplighter_agent.backends.linux.places import PLACES
    from lamplighter_agent.backends.linux.power import running_seconds, slept_seconds
    from lamplighter_agent.backends.linux.process_start import started_at
    from lamplighter_agent.backends.posix.end_signals import on_end_signals

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
        from lamplighter_agent.backends.windows.event_log import stand_in_streams
        from lamplighter_agent.backends.windows.hardening import harden
        from lamplighter_agent.backends.windows.places import PLACES
        from lamplighter_agent.backends.windows.process_start import (
            running_seconds,
            slept_seconds,
            started_at,
        )

    else:
        from lamplighter_agent.backends.macos.end_signals import on_end_signals
        from lamplighter_agent.backends.macos.hardening import harden
        from lamplighter_agent.backends.macos.places import PLACES
        from lamplighter_agent.backends.macos.power import running_seconds, slept_seconds
        from lamplighter_agent.backends.macos.process_start import started_at


if sys.platform != "win32":

    def stand_in_streams() -> None:
        """Every process has them here."""
