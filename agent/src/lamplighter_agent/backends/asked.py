"""What a process that shows one dialog is told, and what its end says. Pure.

It is told by its command line, since it may inherit nothing of the service, and answers by its exit code,
since whoever waits for it has its handle alone.
"""

import json
from dataclasses import asdict, dataclass
from typing import Final

# Statuses of our own: a program that is ended from outside has none of them.
BUTTONS: Final = 20
CLOSED: Final = 30
UNSHOWN: Final = 31
OPTIONS: Final = 40
# How Windows begins the codes of programs that fell over.
_FELL_OVER: Final = 0xC000_0000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Words for a person. The first button is the one that Enter presses; `options` are to choose one of.

    With `seconds` it goes away by itself.
    """

    title: str
    text: str
    buttons: tuple[str, ...]
    options: tuple[str, ...] = ()
    seconds: int = 0
    right_to_left: bool = False


def argument_of(asked: Asked) -> str:
    """Return it as one argument of a command line."""
    return json.dumps(asdict(asked))


def asked_of(argument: str) -> Asked:
    """Return what `argument_of` was given; raise `ValueError` or `TypeError` else."""
    told = json.loads(argument)
    return Asked(**told | {name: tuple(told[name]) for name in ("buttons", "options") if name in told})


def status_of(asked: Asked, button: int | None, option: int | None) -> int:
    """Return how the process ends, by the places of what was chosen; None where nothing was."""
    if button is None or (button == 0 and asked.options and option is None):
        return CLOSED
    return OPTIONS + option if button == 0 and option is not None else BUTTONS + button


def chosen(code: int, count: int, first: int) -> int | None:
    """Return the place, of `count` from a first status, that an exit code names; None where it does not."""
    place = code - first
    return place if 0 <= place < count else None


def was_shown(code: int) -> bool:
    """Tell whether it could be shown, by the exit code of one that ended without a choice."""
    return code != UNSHOWN and code & 0xFFFF_FFFF < _FELL_OVER
