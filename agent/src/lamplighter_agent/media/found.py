"""How a portable medium is described in a record: by what it says of itself. Pure.

Its vendor, model, serial number and size are what a technician needs to find it again.
"""

import hashlib

from lamplighter_agent.backends.media_ports import Medium

SEVERITY = 2
"""From which severity a school's floor lets the arrival of a medium count."""
_LONGEST = 64
_UNITS = ((10**12, "TB"), (10**9, "GB"), (10**6, "MB"))


def described(medium: Medium) -> str:
    """One line for a reader, such as "USB, Example Stick, serial 0042, 16 GB"."""
    serial = _short(medium.serial)
    parts = (
        medium.bus.upper(),
        name_of(medium) or "no name",
        f"serial {serial}" if serial else "no serial number",
        _size(medium.size_bytes),
    )
    return ", ".join(parts)


def name_of(medium: Medium) -> str:
    """Return what it calls itself, such as "Example Stick"; "" where it has no name."""
    return " ".join(part for part in (_short(medium.vendor), _short(medium.model)) if part)


def called(medium: Medium) -> str:
    """Return what the person in front of it would know it by, such as "Example Stick (16 GB)"."""
    name = name_of(medium) or medium.bus.upper()
    return f"{name} ({_size(medium.size_bytes)})" if medium.size_bytes else name


def mark_of(medium: Medium) -> str:
    """Return twelve characters that tell this medium from others in a term."""
    told = "\0".join((medium.bus, medium.vendor, medium.model, medium.serial, str(medium.size_bytes)))
    return hashlib.sha256(told.encode(errors="replace")).hexdigest()[:12]


def _short(text: str) -> str:
    """A stick may call itself anything: printable and not long."""
    return "".join(letter for letter in text if letter.isprintable())[:_LONGEST].strip()


def _size(size: int) -> str:
    for unit, name in _UNITS:
        if size >= unit:
            return f"{round(size / unit)} {name}"
    return f"{size} bytes"
