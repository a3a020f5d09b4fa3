"""What the macOS backends ask of the system: `_pyobjc` answers on a Mac, a pretended one in the tests.

All times are the event clock's, in milliseconds, wrapping at 2**32. Callbacks come on the main
run loop's thread; the questions may be asked on any thread and are answered within `ANSWER_S`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

# How long a program may take to answer a question about its windows; a slower one is not read.
ANSWER_S = 0.1
Close = Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class TapKey:
    """A key-down event: key code, CGEventFlags, and the text that the layout of the moment gives it."""

    code: int
    flags: int
    text: str = field(repr=False)
    time_ms: int


@dataclass(frozen=True, slots=True)
class TapStopped:
    """The system switched the tap off, and says why in its own word."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontWindow:
    """The focused window of the frontmost program."""

    number: int
    title: str = field(repr=False)
    pid: int
    bundle: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FocusedElement:
    """The element that has the focus. `key` names it as long as its program lives."""

    key: str
    pid: int
    role: str
    subrole: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LampWords:
    """What our item says in the menu bar, and what its menu does: a sentence, then two things to press."""

    title: str
    about: str
    page: str
    help: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LampPresses:
    """What those two do; called on the main run loop's thread."""

    page: Callable[[], None]
    help: Callable[[], None]


class Lamp(Protocol):
    """Our item in the menu bar."""

    def missing(self) -> str:
        """Say why a person can't see it now; "" while they can."""
        ...

    def says(self, words: LampWords) -> None: ...

    def restore(self) -> None:
        """Put it back where it was taken away."""
        ...

    def remove(self) -> None: ...


class System(Protocol):
    """macOS, as far as the backends need it."""

    def may_listen(self) -> bool:
        """Tell whether Input Monitoring is granted; asks nobody."""
        ...

    def trusted(self) -> bool:
        """Tell whether Accessibility is granted; asks nobody."""
        ...

    def secure_input(self) -> bool:
        """Tell whether any program has switched secure input on."""
        ...

    def in_front(self) -> bool:
        """Tell whether our session is the one in front of the screen, signed in and unlocked."""
        ...

    def now_ms(self) -> int: ...

    def listen(self, heard: Callable[[TapKey | TapStopped], None]) -> Close | None:
        """Begin a listen-only tap for key-down events; None where the system refuses."""
        ...

    def watch_windows(self, changed: Callable[[], None], retitled: Callable[[], None]) -> Close:
        """Call `changed` when another program or window comes to the front, `retitled` at another title."""
        ...

    def watch_focus(self, changed: Callable[[], None]) -> Close:
        """Call `changed` when another element gets the focus."""
        ...

    def front(self) -> FrontWindow | None: ...

    def focus(self) -> FocusedElement | None: ...

    def show_lamp(self, words: LampWords, presses: LampPresses) -> Lamp: ...


# Makes the System, or raises BackendUnavailable where it can't be had.
OpensSystem = Callable[[], System]
