"""Which graphical session of a Mac is in front of the screen, from what the system says of them. Pure.

Two of its words must agree: who the console's user is, and which session the kernel calls on the console.
What can't be told counts as not in front, and a lock that can't be told as locked: then nothing is sensed.
"""

import plistlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from xml.parsers.expat import ExpatError

from lamplighter_agent.backends.macos.helper_access import is_person

# Properties of the I/O registry's root (IOKitKeysPrivate.h of xnu) and of each session in the first.
USERS: Final = "IOConsoleUsers"
LOCKED: Final = "IOConsoleLocked"
_NUMBER, _USER = "kCGSSessionAuditIDKey", "kCGSSessionUserIDKey"
_ON_CONSOLE, _SIGNED_IN, _SCREEN_LOCKED = (
    "kCGSSessionOnConsoleKey",
    "kCGSessionLoginDoneKey",
    # There only while it is.
    "CGSSessionScreenIsLocked",
)
UNTOLD: Final = "the system does not tell which sessions there are"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleSession:
    """One graphical session. `left_out` says why it is not watched; empty where it is."""

    number: int
    user: int
    left_out: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """All of them. `reason` says why nobody can tell; then there is none."""

    sessions: tuple[ConsoleSession, ...] = ()
    reason: str = ""


def look(user: Callable[[], int | None], registry: Callable[[str], bytes | None]) -> Console:
    """Ask the system once, by the two questions that `_console` has; answers at once."""
    try:
        return console_of(user(), users=registry(USERS), locked=registry(LOCKED))
    except OSError:
        return Console(reason=UNTOLD)


def console_of(user: int | None, *, users: bytes | None, locked: bytes | None) -> Console:
    """Return the sessions; `user` is the console's, the others are property lists of the registry."""
    found = _read(users)
    if not isinstance(found, list):
        return Console(reason=UNTOLD)
    all_locked = _read(locked) is not False
    told = [one for one in found if isinstance(one, dict) and _is_session(one)]
    return Console(sessions=tuple(_session(one, user, locked=all_locked) for one in told))


def _session(told: Mapping[str, Any], user: int | None, *, locked: bool) -> ConsoleSession:
    theirs = told[_USER]
    reasons = (
        (not is_person(theirs), "the system's own, no person's session"),
        (told.get(_SIGNED_IN) is not True, "a sign-in screen"),
        (told.get(_ON_CONSOLE) is not True, "switched away: rests until its person is back"),
        (theirs != user, "switched away: rests until its person is back"),
        (locked or bool(told.get(_SCREEN_LOCKED)), "locked: rests until its person is back"),
    )
    why = next((reason for holds, reason in reasons if holds), "")
    return ConsoleSession(number=told[_NUMBER], user=theirs, left_out=why)


def _is_session(told: Mapping[Any, Any]) -> bool:
    return all(type(told.get(key)) is int for key in (_NUMBER, _USER))


def _read(raw: bytes | None) -> object:
    try:
        return None if raw is None else plistlib.loads(raw)
    except (ValueError, ExpatError):
        # InvalidFileException is a ValueError.
        return None
