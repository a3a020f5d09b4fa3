"""The word of a shell on the session bus, on whether it hides all windows: what is common to all of them."""

from typing import Any, Final, Protocol

from dbus_fast import Variant

from lamplighter_agent.backends.linux._bus_socket import BusSocket
from lamplighter_agent.backends.linux._xstrip import Hidden

# What can't be undone by us: it ends when the person ends it.
OF_THE_SHELL: Final = frozenset({Hidden.OVERVIEW, Hidden.LOCKED, Hidden.EFFECT, Hidden.UNTOLD})


class ShellWord(Protocol):
    """What one shell says of itself. Every method may raise ConnectionError: it, or the bus, is gone."""

    # Tells of news for `take`.
    descriptor: int
    # How often it has to be asked; None where it tells by itself.
    ask_every_s: float | None

    def hides(self) -> Hidden | None:
        """Return why no window can be seen now, by what was taken so far."""
        ...

    def take(self) -> bool:
        """Take what the shell has said meanwhile, without waiting; return whether it said anything."""
        ...

    def ask(self) -> None:
        """Ask again; the answer comes by `take`."""
        ...

    def close(self) -> None: ...


def owner_of(bus: BusSocket, name: str, pid: int) -> str:
    """Return who has a name on the bus; raises ConnectionError where that is not this process."""
    (owner,) = bus.ask("GetNameOwner", "s", [name])
    if bus.ask("GetConnectionUnixProcessID", "s", [owner]) != [pid]:
        raise ConnectionError("another process has the shell's name")
    return str(owner)


def value_in(body: list[Any]) -> Any:
    """Return the one value that was said; None where it was something else."""
    told = body[0] if len(body) == 1 else None
    return told.value if isinstance(told, Variant) else told


def flag_in(body: list[Any]) -> bool | None:
    """Return the one truth value that was said; None where it was something else."""
    value = value_in(body)
    return value if isinstance(value, bool) else None
