"""This machine by what Linux has of its firmware: SMBIOS, or the device tree; and by systemd's machine-id.

UUID and serial number are for root alone; an ordinary user's demonstration goes by the machine-id.
"""

from contextlib import suppress
from pathlib import Path

from lamplighter_agent.backends.machine_port import MachineFacts

_LONGEST = 256


def machine_facts(root: Path = Path("/")) -> MachineFacts:
    """Return what is found below `root`."""
    dmi = root / "sys/class/dmi/id"
    serial = _text(dmi / "product_serial") or _text(root / "sys/firmware/devicetree/base/serial-number")
    return MachineFacts(
        product_uuid=_text(dmi / "product_uuid"),
        serial=serial,
        system_id=_text(root / "etc/machine-id"),
    )


def _text(path: Path) -> str:
    with suppress(OSError), path.open("rb") as file:
        return file.read(_LONGEST).decode("ascii", "replace").strip("\0 \t\n")
    return ""
