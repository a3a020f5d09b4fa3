"""What the agent needs of an operating system, one Protocol each. Portable media: `media_ports.py`.

Every sink is called on the event loop's thread: a backend that owns a thread hands over with
`loop.call_soon_threadsafe`, so that nothing above this line needs a lock. `start` raises
`BackendUnavailable` with its reason and remedy, and returns only when the source really listens.
`stop` is idempotent, joins the backend's threads and closes what it opened; `start` may follow again. A
source that breaks after it started calls `failed` once, on the loop, and reports nothing more.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Protocol

from lamplighter_agent.errors import BackendUnavailable

Failed = Callable[[BackendUnavailable], None]


class KeyKind(Enum):
    """What a key press means for the text of a field."""

    TEXT = auto()
    BACKSPACE = auto()
    DELETE_WORD = auto()
    ENTER = auto()
    # Arrow keys, Home, Tab, a shortcut: the insertion point is no longer known.
    MOVE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPress:
    """One key press; `text` may be empty or several characters (dead keys)."""

    kind: KeyKind
    text: str = field(repr=False, default="")
    # The display server's time of the press, milliseconds (wraps at 2**32).
    time_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreground:
    """The window that has the focus. `pid` is None where the window does not tell."""

    window_id: int
    title: str = field(repr=False)
    pid: int | None
    window_class: str
    # The display server's time since which it surely gets the keys, milliseconds (wraps at 2**32).
    since_ms: int
    # False while something else gets them, such as a program that grabs the keyboard.
    has_keyboard: bool = True


class FieldRole(Enum):
    """What a focused accessible is."""

    EDITABLE = auto()
    SECRET = auto()
    # Focused, but not a text field, or its role could not be read in time.
    OTHER = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldFocused:
    """A field gained the focus. `field_key` names it as long as its application lives."""

    field_key: str
    role: FieldRole
    pid: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TextInserted:
    """Text that a person typed or pasted into an accessible field; changes by the page are not reported."""

    field_key: str
    offset: int
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextDeleted:
    """`count` characters were removed at `offset`."""

    field_key: str
    offset: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLost:
    """`count` insertions that might have been readable were dropped: their field's role came too late."""

    count: int


AccessibleEvent = FieldFocused | TextInserted | TextDeleted | TextLost


class TerminalState(Enum):
    """Whether keys in a terminal window may be read now."""

    READABLE = auto()
    SECRET = auto()
    UNKNOWN = auto()


class KeyCapability(Enum):
    """What a key source can read beyond plain letters; `status` names what one cannot."""

    ALT_GR = "characters typed with AltGr"
    LAYOUT_SWITCH = "a keyboard layout chosen after the start"
    GROUPS = "a second keyboard layout switched to by a key"
    DEAD_KEYS = "accents typed as two keys"


class KeySource(Protocol):
    """Reports key presses of the whole session as text."""

    @property
    def name(self) -> str: ...

    @property
    def capabilities(self) -> frozenset[KeyCapability]: ...

    async def start(self, sink: Callable[[KeyPress], None], failed: Failed) -> None:
        """Listen; return once the source delivers."""
        ...

    async def stop(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FocusCheck:
    """The display server's word on who has the focus (None: no window that we know), and its time."""

    window_id: int | None
    time_ms: int


class ForegroundWindow(Protocol):
    """Reports the foreground window at start and on each change of focus or title; None: there is none."""

    @property
    def name(self) -> str: ...

    async def start(self, sink: Callable[[Foreground | None], None], failed: Failed) -> None: ...

    def check(self) -> FocusCheck:
        """Ask the server once. Every change that happened before the answer has been reported by then."""
        ...

    async def stop(self) -> None: ...


class AccessibleText(Protocol):
    """Reports focus and text changes of accessible fields; secret fields by their focus only."""

    @property
    def name(self) -> str: ...

    async def start(self, sink: Callable[[AccessibleEvent], None], failed: Failed) -> None: ...

    async def stop(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PagesReport:
    """Whether fields of web pages are read in one kind of program; `program` is from a list of our own."""

    program: str
    read: bool
    reason: str = ""
    remedy: str = ""


class Pages(Protocol):
    """Sees to it that programs which show web pages tell of the fields in them, and says where they don't."""

    @property
    def name(self) -> str: ...

    async def start(self, sink: Callable[[PagesReport], None]) -> None: ...

    def in_front(self, pid: int | None, application: str) -> None:
        """Take note whose window has the focus now; a report may follow."""
        ...

    async def stop(self) -> None: ...


class Terminal(Protocol):
    """Tells whether the terminal window of a process may be read."""

    @property
    def name(self) -> str: ...

    def state(self, pid: int) -> TerminalState: ...


class ApplicationNames(Protocol):
    """Names the application of a process in words that hold nothing private."""

    def name_of(self, pid: int | None) -> str:
        """Return the name, or "" where nobody can tell."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DesktopPorts:
    """One backend for each thing that sensing a desktop needs."""

    foreground: ForegroundWindow
    accessible: AccessibleText
    keys: KeySource
    terminal: Terminal
    applications: ApplicationNames
    # None where every program tells of its pages by itself.
    pages: Pages | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorState:
    """One line of `status`: is this sensor working, by which backend, and if not, why and what to do."""

    sensor: str
    working: bool
    backend: str
    reason: str = ""
    remedy: str = ""
    # How much came, and how much of it was not read; counts of what, never what.
    seen: int = 0
    dropped: int = 0
    # Whole minutes since something came; None where nothing did.
    quiet_minutes: int | None = None


class IndicatorPort(Protocol):
    """The permanent sign that this device is watched. Sensors run only while it is really shown."""

    async def start(self, changed: Callable[[bool, str], None]) -> None:
        """Show it; call `changed(shown, reason)` at each change, the first time before returning."""
        ...

    def says(self, *, on: bool, rests_until: str = "") -> None:
        """Tell in its words whether this device is checked; before the first call it says that it is not.

        `rests_until` says, while it is off, when checking goes on by itself.
        """
        ...

    async def stop(self) -> None: ...


class KeyStore(Protocol):
    """Keeps the key that seals spool and lists, as safely as this system can."""

    @property
    def backend(self) -> str:
        """Return by what it is kept, for `status`."""
        ...

    def device_key(self) -> bytes:
        """Return the 32-byte key, made at the first call; raises KeyUnavailable, never makes a second one."""
        ...

    def device_id(self) -> str:
        """Return the random id that the seals are bound to, made once; raises KeyUnavailable."""
        ...

    def erase(self) -> None:
        """Destroy the key: what it sealed is unreadable for ever. Idempotent."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Hardening:
    """What holds for one process of ours, by the system's word."""

    not_dumpable: bool
    no_core: bool
    memory_locked: bool
    # Why memory is not locked; empty when it is.
    reason: str = ""


class ProcessCondition(Enum):
    """How a process of ours is, by the kernel's word."""

    FINE = "fine"
    # Somebody stopped it with a signal.
    STOPPED = "stopped"
    TRACED = "traced"


class Activity(Protocol):
    """Whether somebody uses the keyboard, and whether the device slept; never what was typed."""

    def keyboard_idle_ms(self) -> int | None:
        """Return the milliseconds since the last key; None where that can't be known."""
        ...

    def slept_seconds(self) -> float:
        """Return how long the device was suspended since it was switched on."""
        ...

    def close(self) -> None:
        """Let go of what a question opened; the next question opens it again."""
        ...
