"""This machine by what macOS says of its platform (`ioreg`). Never ran on a Mac.

A Mac has no mark of the installed system that an image would take along and that a machine can't change.
"""

import plistlib
from typing import Any, Final
from xml.parsers.expat import ExpatError

from lamplighter_agent.backends.machine_port import MachineFacts
from lamplighter_agent.backends.macos._programs import output_of

_ASK: Final = ("/usr/sbin/ioreg", "-a", "-r", "-d", "1", "-c", "IOPlatformExpertDevice")
_ANSWERS_WITHIN_S: Final = 20.0


def machine_facts() -> MachineFacts:
    """Return what the platform says."""
    try:
        return facts_in(output_of(*_ASK, within_s=_ANSWERS_WITHIN_S))
    except OSError:
        return MachineFacts()


def facts_in(printed: bytes) -> MachineFacts:
    """Read the list that `ioreg` prints; whatever else it is says nothing."""
    try:
        found: Any = plistlib.loads(printed)
        about = found[0]
        return MachineFacts(
            product_uuid=str(about.get("IOPlatformUUID", "")),
            serial=str(about.get("IOPlatformSerialNumber", "")),
        )
    except (plistlib.InvalidFileException, ExpatError, ValueError, TypeError, LookupError, AttributeError):
        return MachineFacts()
