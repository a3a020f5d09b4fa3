"""When a device that hears nothing of its collector stops sensing, and when it erases. Pure.

The wall clock alone may stop sensing, which costs nothing that a right clock would not give back. It may not
erase: a clock two years ahead must cost no evidence. Erasing needs a further day in which the device *ran*,
silent by its wall clock and without one contact.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final

SILENT_DAYS: Final = 90
GRACE_SECONDS: Final = 24 * 60 * 60.0


class Silence(Enum):
    """What holds now."""

    HEARD = auto()
    # Nothing is sensed; everything is kept.
    SILENT = auto()
    # What is stored may be erased.
    OVER = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """The last contact by this device's own clock, and how long it ran in silence since."""

    at: datetime
    silent_seconds: float = 0.0


def silence(contact: Contact, now: datetime, *, silent_days: int = SILENT_DAYS) -> Silence:
    """Return what holds. A last contact in the future, after a clock was put back, is no silence."""
    if now - contact.at < timedelta(days=silent_days):
        return Silence.HEARD
    return Silence.OVER if contact.silent_seconds >= GRACE_SECONDS else Silence.SILENT


def ran(contact: Contact, now: datetime, seconds: float, *, silent_days: int = SILENT_DAYS) -> Contact:
    """Count `seconds` of running time, which count only in silence: a clock put right starts from nothing."""
    if silence(contact, now, silent_days=silent_days) is Silence.HEARD:
        return replace(contact, silent_seconds=0.0)
    return replace(contact, silent_seconds=contact.silent_seconds + max(0.0, seconds))
