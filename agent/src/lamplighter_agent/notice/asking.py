"""Asking a person at the device, and showing them the page, whatever the system does it by."""

import asyncio
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

from lamplighter_agent.launching import GraphicalSession


class Answer(Enum):
    """What the person at the device chose."""

    YES = auto()
    NO = auto()
    OTHER = auto()
    # They closed it without a choice, or something ended it.
    CLOSED = auto()
    # This desktop has no dialog, or it could not be shown.
    UNSHOWN = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked. Without `no` it is told and not asked; `other` is a third choice where there is room."""

    title: str
    text: str
    yes: str
    no: str = ""
    other: str = ""
    # What is only told goes away by itself after so many seconds; 0: when it is closed.
    seconds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One of several options to choose, or, without any, one short line to enter.

    Title and text are words of our own: here some dialogs take them for markup.
    """

    title: str
    text: str
    ok: str
    cancel: str
    options: tuple[str, ...] = ()


class Bar(Protocol):
    """A window that shows how far something is."""

    @property
    def ended(self) -> "asyncio.Future[int]": ...

    def feed(self, line: str) -> None:
        """Show so many per cent."""

    def end(self) -> None: ...


class Asks(Protocol):
    """Shows questions, on the service's loop."""

    async def ask(self, session: GraphicalSession, question: Question) -> Answer:
        """Return what the person answered, whenever that is."""
        ...

    async def fill(self, session: GraphicalSession, form: Form) -> str | Answer:
        """Return the number of the option, from 0, or the line; else how it was closed."""
        ...

    def progress(self, session: GraphicalSession, title: str, text: str) -> Bar | None:
        """Show how far something is: whole percent are fed to it. None where no dialog can show that."""
        ...

    async def stop(self) -> None:
        """Take away what still shows: nobody would hear the answer."""


class OpensPages(Protocol):
    """Shows the page of what this device checks."""

    def open_for(self, session: GraphicalSession) -> None:
        """Begin to open it; returns at once. Further clicks just after are the same wish."""

    async def stop(self) -> None:
        """Stop trying; a page that is open stays open."""
