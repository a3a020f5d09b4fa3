"""Who a portable medium says it is, as a permission names it. Pure.

All four parts are the medium's own word: a serial number can be missing, shared by a whole make of cheap
sticks, or copied. So naming a medium permits it and never spares it the scan, and one without a usable serial
number can't be named at all.
"""

import re
from dataclasses import dataclass
from typing import Final

from lamplighter_keywords.errors import MediumUnnameable

SHORTEST_SERIAL: Final = 4
LONGEST_SERIAL: Final = 128
_BUS: Final = re.compile(r"[a-z][a-z0-9-]{0,15}")
_HEX: Final = re.compile(r"(?:[0-9a-f]{4})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class MediumId:
    """Bus ("usb", "mmc"), vendor and product as four lower-case hex digits each or "", serial or "".

    Of any origin, so nothing is checked here; `is_nameable` says whether a permission may name it.
    """

    bus: str
    vendor: str
    product: str
    serial: str

    @classmethod
    def parse(cls, text: str) -> "MediumId":
        """Read BUS:VENDOR:PRODUCT:SERIAL; raise `MediumUnnameable`. The serial may hold colons."""
        parts = text.strip().split(":", 3)
        if len(parts) != 4:
            raise MediumUnnameable("a medium is written BUS:VENDOR:PRODUCT:SERIAL")
        bus, vendor, product, serial = (part.strip() for part in parts)
        found = cls(bus=bus.lower(), vendor=vendor.lower(), product=product.lower(), serial=serial)
        found.require_nameable()
        return found

    def __str__(self) -> str:
        return f"{self.bus}:{self.vendor}:{self.product}:{self.serial}"

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
        return _serial_fault(self.serial)


def _serial_fault(serial: str) -> str:
    if not serial:
        return "it has no serial number, so it can't be told from others"
    if not SHORTEST_SERIAL <= len(serial) <= LONGEST_SERIAL:
        return f"a serial number has {SHORTEST_SERIAL} to {LONGEST_SERIAL} characters"
    if not serial.isprintable() or serial != serial.strip():
        return "its serial number has characters that can't be written"
    if len(set(serial)) == 1:
        return "its serial number is one character again and again, so it can't be told from others"
    return ""
