"""One dialog of the system's own, for the process that shows it and nothing else."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogWords:
    """What it shows. Without `cancel` and `other` there is one button; without `ok` none."""

    title: str
    text: str = field(repr=False)
    ok: str = ""
    cancel: str = ""
    other: str = ""
    # One of these is chosen.
    options: tuple[str, ...] = ()
    # One short line is entered.
    line: bool = False
    # It shows how far something is, beginning at nothing.
    bar: bool = False
    # It goes away by itself after so many; 0: when it is closed.
    seconds: int = 0


class Button(StrEnum):
    """What ended it."""

    OK = "ok"
    CANCEL = "cancel"
    OTHER = "other"
    # It went away without a choice.
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogEnd:
    """How it ended: what was chosen, from 0, or entered, where it was ended by OK."""

    button: Button
    option: int = 0
    line: str = field(repr=False, default="")


class OpenDialog(Protocol):
    """A dialog that shows. Used on one thread."""

    def wait(self, seconds: float) -> DialogEnd | None:
        """Return how it ended; None where it still shows after so many seconds."""
        ...

    def show_percent(self, percent: int) -> None:
        """Say how far it is."""

    def take_away(self) -> None:
        """Have it go. Idempotent."""


# Shows one, or raises BackendUnavailable where that can't be done.
OpensDialog = Callable[[DialogWords], OpenDialog]
