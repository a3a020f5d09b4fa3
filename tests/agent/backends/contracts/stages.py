"""What a suite needs of a backend's surroundings, one Protocol per port."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from lamplighter_agent.backends.media_ports import MediaGuard, MediaWatch, Medium
from lamplighter_agent.backends.ports import (
    AccessibleText,
    Failed,
    ForegroundWindow,
    IndicatorPort,
    KeySource,
    KeyStore,
    Pages,
    Terminal,
)


class Source(Protocol):
    """What key source, foreground window, accessible text and media watch have in common."""

    async def start(self, sink: Callable[[Any], None], failed: Failed) -> None: ...

    async def stop(self) -> None: ...


class SourceStage(Protocol):
    """A source, and a way to make it report something."""

    @property
    def source(self) -> Source: ...

    async def happen(self) -> None:
        """Do something that a started source reports."""
        ...


@dataclass(frozen=True, slots=True)
class Doomed:
    """A source whose surroundings end with `end`."""

    source: Source
    end: Callable[[], Any]


class Keyboard(Protocol):
    """Something that presses keys by their place on a US keyboard."""

    def layout(self, name: str, *options: str) -> None: ...

    def tap(self, key: str, *modifiers: str) -> None: ...


class KeyStage(SourceStage, Protocol):
    """A key source and its keyboard."""

    @property
    def source(self) -> KeySource: ...

    @property
    def keyboard(self) -> Keyboard: ...


@dataclass(frozen=True, slots=True)
class Shown:
    """A window of the stage: what the port must call it, and whose it is."""

    window_id: int
    pid: int | None
    handle: Any = None


class ForegroundStage(SourceStage, Protocol):
    """Windows that a test opens, names, brings to the front and closes."""

    @property
    def source(self) -> ForegroundWindow: ...

    async def open(self, title: str) -> Shown:
        """Open a window; it is in front when this returns."""
        ...

    async def retitle(self, window: Shown, title: str) -> None: ...

    def bring(self, window: Shown) -> None:
        """Give it the focus; return when the system says so, without a turn of the loop."""
        ...

    async def close(self, window: Shown) -> None: ...


class FieldStage(SourceStage, Protocol):
    """Fields of real or pretended programs, and a person who types."""

    @property
    def source(self) -> AccessibleText: ...

    async def open(self, title: str, *, secret: bool = False) -> int | None:
        """Open a field, which has the focus when this returns; return its process."""
        ...

    async def type(self, text: str) -> None: ...

    async def erase(self) -> None:
        """Press Backspace once."""
        ...


class PagesStage(Protocol):
    """A program with pages, which answer or don't."""

    @property
    def source(self) -> Pages: ...

    def prepare(self, *, answers: bool) -> tuple[int, str]:
        """Let its pages answer or not; return its process and the name of its application."""
        ...


class MediaStage(SourceStage, Protocol):
    """A portable medium; whatever else the machine has is none of the test's."""

    @property
    def source(self) -> MediaWatch: ...

    async def put_in(self) -> None: ...

    async def take_out(self) -> None: ...


class GuardStage(Protocol):
    """A medium with one volume that can be used by whoever it is released to; `may_use` asks the system."""

    @property
    def guard(self) -> MediaGuard: ...

    @property
    def account(self) -> str: ...

    @property
    def stranger(self) -> str:
        """Another account of the device."""
        ...

    async def put_in(self) -> Medium:
        """Put it in; return what the watch says of it."""
        ...

    async def take_out(self) -> None: ...

    async def may_use(self, medium: Medium, account_name: str) -> str:
        """Let somebody try: "" refused, "r" can be read, "rw" can be written, too."""
        ...

    async def crash(self) -> MediaGuard:
        """Lose the guard as a kill would; return the next one, to which nothing was said yet."""
        ...


class IndicatorStage(Protocol):
    """An indicator, and somebody who takes it away; `visible` asks the display, not the indicator."""

    @property
    def indicator(self) -> IndicatorPort: ...

    def visible(self) -> bool: ...

    def take_away(self) -> None: ...


class TerminalStage(Protocol):
    """A terminal window, at a shell's prompt at first."""

    @property
    def terminal(self) -> Terminal: ...

    @property
    def pid(self) -> int: ...

    async def ask_secret(self) -> None:
        """Let its program read something that is not shown; return without waiting for it."""
        ...

    async def leave(self) -> None:
        """End that program."""
        ...


# Makes the store that keeps its things in a folder; two made for one folder are the same device.
MakesStore = Callable[[Path], KeyStore]
