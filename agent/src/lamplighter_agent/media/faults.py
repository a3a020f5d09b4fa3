"""Why a medium could not be checked, as far as somebody has to do something else about it. Pure.

A scan has many reasons (`scan/outcome.py`); people need few, and for each what to do next.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Final

from lamplighter_agent.media.scan.outcome import Reason


class Fault(Enum):
    """What was in the way, as a slug."""

    # A file or an archive that only its password opens.
    LOCKED_FILE = "locked-file"
    # A file, or all of them together, or archives in archives; or one that nobody can unpack.
    TOO_MUCH = "too-much"
    FILE_SYSTEM = "file-system"
    NOT_EJECTED = "not-ejected"
    DAMAGED = "damaged"
    # Links that lead elsewhere, pipes, devices: what is no file, or is not the medium's.
    NO_ORDINARY_FILE = "no-ordinary-file"
    # Its label would show as something that it is not: no scan says that, the volume does.
    ODD_LABEL = "odd-label"
    # The device's own: nothing is known of the medium.
    SCANNER = "scanner"


_FAULTS: Final[Mapping[Reason, Fault]] = {
    Reason.ENCRYPTED_CONTENT: Fault.LOCKED_FILE,
    Reason.TOO_LARGE: Fault.TOO_MUCH,
    Reason.TOO_MANY: Fault.TOO_MUCH,
    Reason.OVER_LIMIT: Fault.TOO_MUCH,
    Reason.ARCHIVE_UNREADABLE: Fault.TOO_MUCH,
    Reason.TOO_DEEP: Fault.TOO_MUCH,
    Reason.FILE_SYSTEM_UNKNOWN: Fault.FILE_SYSTEM,
    Reason.NOT_EJECTED: Fault.NOT_EJECTED,
    Reason.NOT_MOUNTABLE: Fault.DAMAGED,
    Reason.READ_ERROR: Fault.DAMAGED,
    Reason.LINK: Fault.NO_ORDINARY_FILE,
    Reason.NOT_A_FILE: Fault.NO_ORDINARY_FILE,
    Reason.OTHER_FILE_SYSTEM: Fault.NO_ORDINARY_FILE,
}


def fault_of(reason: Reason) -> Fault:
    """Return what was in the way; whatever says nothing of the medium is the scanner's."""
    return _FAULTS.get(reason, Fault.SCANNER)
