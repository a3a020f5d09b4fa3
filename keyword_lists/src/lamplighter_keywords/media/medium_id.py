"""Who a portable medium says it is, as a permission names it. Pure.

All four parts are the medium's own word: a serial number can be missing, shared by a whole make of cheap
sticks, or copied. So naming a medium permits it and never spares it the scan, and one without a usable serial
number can't be named at all.

**The case of letters names nothing.** A person reads a serial number off a sticker or a screen and types it
as they like, so two ids are equal where their canonical forms are: the ASCII letters of the serial number as
capitals, in which most devices report it. Everything that finds a medium again by its id (permissions, loans,
unlock codes, the count of their tries) goes by that form, on devices and on the collector; what is shown and
stored stays as it was reported or typed. The price: two real media of one maker and product whose serial
numbers differ in nothing but case are one medium here. Makers number in capitals or in small letters, not by
case, and who can give a stick such a number can copy a whole one; so what holds for copies holds for them:
both in at once are refused (`serial-twice`), one of another size than was asked for is (`not-the-same`), and
neither is spared the scan.
"""

import re
from dataclasses import dataclass
from string import ascii_lowercase, ascii_uppercase
from typing import Final

from lamplighter_keywords.errors import MediumUnnameable

SHORTEST_SERIAL: Final = 4
LONGEST_SERIAL: Final = 128
BUSES: Final = (
    *("usb", "mmc", "sd", "memstick", "ieee1394", "firewire", "thunderbolt", "pci-express"),
    *("scsi", "ata", "sata", "nvme", "unknown"),
)
"""What devices report as bus, on all systems. What is reported otherwise only its request can name."""
_ANOTHER: Final = "use another medium"
_BUS: Final = re.compile(r"[a-z][a-z0-9-]{0,15}")
_HEX: Final = re.compile(r"(?:[0-9a-f]{4})?")
# Of no other letters: some have no capital of their own, or two.
_CAPITALS: Final = str.maketrans(ascii_lowercase, ascii_uppercase)


def canonical_serial(serial: str) -> str:
    """Return the one form of a serial number that counts, however somebody typed it."""
    return serial.strip().translate(_CAPITALS)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MediumId:
    """Bus ("usb", "mmc"), vendor and product as four lower-case hex digits each or "", serial or "".

    Of any origin, so nothing is checked here; `is_nameable` says whether a permission may name it. Equal to
    another of the same `canonical` form.
    """

    bus: str
    vendor: str
    product: str
    serial: str

    @classmethod
    def parse(cls, text: str) -> "MediumId":
        """Read what a person typed as BUS:VENDOR:PRODUCT:SERIAL; raise `MediumUnnameable`.

        The serial may hold colons. The bus is one of `BUSES`: a permission for another would fit nothing.
        """
        parts = text.strip().split(":", 3)
        if len(parts) != 4:
            raise MediumUnnameable("a medium is written BUS:VENDOR:PRODUCT:SERIAL")
        bus, vendor, product, serial = (part.strip() for part in parts)
        found = cls(bus=bus.lower(), vendor=vendor.lower(), product=product.lower(), serial=serial)
        if found.bus not in BUSES:
            raise MediumUnnameable(f"the bus is one that devices report: {', '.join(BUSES)}")
        found.require_nameable()
        return found

    def __str__(self) -> str:
        return f"{self.bus}:{self.vendor}:{self.product}:{self.serial}"

    def __eq__(self, other: object) -> bool:
        return self.canonical == other.canonical if isinstance(other, MediumId) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.canonical)

    @property
    def canonical(self) -> str:
        """What finds it again, whichever case its serial number was typed or reported in."""
        return f"{self.bus}:{self.vendor}:{self.product}:{canonical_serial(self.serial)}"

    @property
    def is_nameable(self) -> bool:
        """Whether it can be told from others, so that a permission may name it."""
        return not self._fault()

    def require_nameable(self) -> None:
        """Raise `MediumUnnameable` unless a permission may name it."""
        fault = self._fault()
        if fault:
            raise MediumUnnameable(fault)

    def _fault(self) -> str:
        if not _BUS.fullmatch(self.bus):
            return "the bus must be a word such as usb"
        if not _HEX.fullmatch(self.vendor) or not _HEX.fullmatch(self.product):
            return "vendor and product must be four hex digits each, such as 0951, or left empty"
        return serial_fault(self.serial)


def serial_fault(serial: str) -> str:
    """Return why nothing can be named by this serial number; "" where something can."""
    if not serial:
        return f"it has no serial number, so it can't be told from others: {_ANOTHER}"
    if not SHORTEST_SERIAL <= len(serial) <= LONGEST_SERIAL:
        return f"a serial number has {SHORTEST_SERIAL} to {LONGEST_SERIAL} characters: {_ANOTHER}"
    if not serial.isprintable() or serial != serial.strip():
        return f"its serial number has characters that can't be written: {_ANOTHER}"
    if len(set(serial)) == 1:
        return f"its serial number is one character again and again: {_ANOTHER}"
    return ""
