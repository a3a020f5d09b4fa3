"""What a dialog of macOS is told and what its answer means. Takes what shows it: one can be pretended.

Names and numbers are those of <CoreFoundation/CFUserNotification.h>.
"""

import plistlib
from typing import Any, Final, Protocol
from xml.parsers.expat import ExpatError

from lamplighter_agent.backends.dialog_port import Button, DialogEnd, DialogWords
from lamplighter_agent.errors import BackendUnavailable

PLAIN: Final = 3
NO_BUTTON: Final = 1 << 5
_BUTTONS: Final = (Button.OK, Button.CANCEL, Button.OTHER, Button.CLOSED)
_CHOSEN_SHIFT: Final = 24
# No line of a form is longer.
LINE_LIMIT: Final = 256


class RawAlert(Protocol):
    """One that shows."""

    def receive(self, seconds: float) -> int | None:
        """Return the response's flags; None where there is none after so many seconds."""
        ...

    def entered(self) -> bytes | None:
        """Return what stands in its fields, as a property list."""
        ...

    def update(self, content: bytes) -> None: ...

    def cancel(self) -> None:
        """Take it away and let go of it. Idempotent."""


class Shows(Protocol):
    """Shows one; raises OSError where nobody does."""

    def __call__(self, content: bytes, *, flags: int, seconds: int) -> RawAlert: ...


class AlertDialog:
    """Fulfils `OpenDialog`."""

    def __init__(self, words: DialogWords, shows: Shows) -> None:
        """Show it; raises BackendUnavailable where nobody does."""
        self._words = words
        self._percent = 0
        try:
            self._alert = shows(content_of(words, 0), flags=flags_of(words), seconds=words.seconds)
        except OSError as error:
            raise BackendUnavailable("dialog", "macOS shows none", "log out and in again") from error

    def wait(self, seconds: float) -> DialogEnd | None:
        response = self._alert.receive(seconds)
        if response is None:
            return None
        button = _BUTTONS[response & 3]
        if button is not Button.OK:
            return DialogEnd(button=button)
        line = _line(self._alert.entered()) if self._words.line else ""
        chosen = response >> _CHOSEN_SHIFT & 0xFF
        if self._words.options and chosen >= len(self._words.options):
            return DialogEnd(button=Button.CLOSED)
        return DialogEnd(button=button, option=chosen, line=line)

    def show_percent(self, percent: int) -> None:
        if percent != self._percent:
            self._percent = percent
            self._alert.update(content_of(self._words, percent))

    def take_away(self) -> None:
        self._alert.cancel()


def flags_of(words: DialogWords) -> int:
    """Return its style: without an icon's alarm, and without a button where there is none to press."""
    return PLAIN | (0 if words.ok else NO_BUTTON)


def content_of(words: DialogWords, percent: int) -> bytes:
    """Return what it holds, as a property list."""
    told: dict[str, Any] = {
        "AlertHeader": words.title,
        "AlertMessage": words.text,
        "AlertTopMost": True,
    }
    buttons = {"Default": words.ok, "Alternate": words.cancel, "Other": words.other}
    told |= {f"{name}ButtonTitle": title for name, title in buttons.items() if title}
    if words.options:
        told["PopUpTitles"] = list(words.options)
    if words.line:
        told["TextFieldTitles"] = [""]
    if words.bar:
        told["ProgressIndicatorValue"] = max(0, min(100, percent)) / 100
    return plistlib.dumps(told, fmt=plistlib.FMT_BINARY)


def _line(raw: bytes | None) -> str:
    try:
        found = plistlib.loads(raw or b"")
    except (ValueError, ExpatError):
        return ""
    values = found.get("TextFieldValues") if isinstance(found, dict) else None
    first = values[0] if isinstance(values, list) and values else values
    return first.strip()[:LINE_LIMIT] if isinstance(first, str) else ""
