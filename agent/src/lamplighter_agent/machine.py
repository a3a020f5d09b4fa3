"""Which machine this is, without saying so: marks that only tell whether it is the one that was enrolled.

A disk that is copied to another laptop takes the identity along, and two devices would then speak as one. So
an identity is bound to marks of its machine: hashes of UUID, serial number and the installed system's mark,
each with the organisation's name, so that no number of a device is kept or sent, and two organisations can't
compare theirs. Pure.

What hardware says decides, and of that whatever both times was readable; the system's mark, which a copy
takes along, only where hardware says nothing. A mainboard that was exchanged is another machine: enrol again.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final

from lamplighter_agent.backends.machine_port import MachineFacts

ANOTHER: Final = (
    "this is another machine than the one that was enrolled: its disk was copied, or its mainboard exchanged"
)
NO_MARK: Final = (
    "this machine has no UUID and no serial number of its own (a virtual machine, perhaps): whether its disk "
    "is copied is not noticed by them"
)
# What makers leave where a number should be.
_RUBBISH: Final = re.compile(
    r"(default|system)?[ _-]*(string|serial( ?number)?|uuid|product)|to be filled.*|none|n/?a|unknown|oem|"
    r"not (specified|available|applicable|present)|invalid|chassis.*|empty|0*123456789[0-9a-f]*|"
    r"03000200-0400-0500-0006-000700080009",
    re.IGNORECASE,
)
_BETWEEN: Final = re.compile(r"[-. ]")
_LEAST: Final = 3
_HASHED: Final = b"lamplighter machine\0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Hexadecimal hashes; each empty where the machine does not have that."""

    uuid: str = ""
    serial: str = ""
    system: str = ""

    @property
    def hardware(self) -> bytes:
        """Return one mark of the hardware, for the collector; empty where there is none."""
        return hashlib.sha256(f"{self.uuid} {self.serial}".encode()).digest() if self.of_hardware else b""

    @property
    def of_hardware(self) -> bool:
        return bool(self.uuid or self.serial)

    def kept(self) -> dict[str, str]:
        """Return what `marks_kept` reads again."""
        return asdict(self)

    def fit(self, now: "Marks") -> bool:
        """Tell whether a machine with the marks `now` is the one with these. One without any is anybody."""
        pairs = [(self.uuid, now.uuid), (self.serial, now.serial)]
        for known in (pairs, [(self.system, now.system)]):
            if both := [(one, other) for one, other in known if one and other]:
                return all(one == other for one, other in both)
        return not (self.of_hardware or self.system)


def marks_of(facts: MachineFacts, organisation: str) -> Marks:
    """Return the marks of this machine for an organisation."""
    return Marks(
        uuid=_hash("uuid", facts.product_uuid, organisation),
        serial=_hash("serial", facts.serial, organisation),
        system=_hash("system", facts.system_id, organisation),
    )


def marks_kept(kept: object) -> Marks | None:
    """Return marks that were kept; None where there are none. Raises ValueError for what is no mark."""
    if kept is None:
        return None
    if not isinstance(kept, Mapping) or not all(isinstance(kept.get(one), str) for one in ("uuid", "serial")):
        raise ValueError("machine")
    return Marks(uuid=kept["uuid"], serial=kept["serial"], system=str(kept.get("system", "")))


def bound_words(marks: Marks | None) -> str:
    """Say by what an identity knows its machine, for a technician."""
    if marks is None:
        return "not bound to a machine: it was enrolled before machines were told apart"
    return "known by its hardware" if marks.of_hardware else NO_MARK


def serial_of(facts: MachineFacts) -> str:
    """Return the machine's serial number; empty where the maker left none that is its own."""
    return _own(facts.serial)


def _hash(kind: str, value: str, organisation: str) -> str:
    own = _own(value).casefold()
    if not own:
        return ""
    return hashlib.sha256(_HASHED + f"{kind}\0{organisation}\0{own}".encode()).hexdigest()


def _own(value: str) -> str:
    found = value.strip()
    one_letter = len(set(_BETWEEN.sub("", found.casefold()))) <= 1
    return "" if len(found) < _LEAST or one_letter or _RUBBISH.fullmatch(found) else found
