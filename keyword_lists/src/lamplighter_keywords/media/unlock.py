"""The code that permits a medium on a device that can't reach its collector. Pure.

A technician gives the serial number that the device shows to the collector's command line, which answers
with eight digits; the person types them. Both ends work them out from a secret that only this device and
the collector have, the device's asset tag, the serial number and the hour (hours since 1970, UTC), so a
code is of use on no other device, for no other medium and not tomorrow. A device takes the code of this hour
and of the one before, so a code is good from when it was made to the end of the next hour. The serial number
counts in its canonical form: whoever types it need not know the case in which the medium reports it. A code
permits; it never takes the place of the scan.
"""

import hashlib
import hmac
import re
from datetime import UTC, datetime
from typing import Final

from lamplighter_keywords.media.medium_id import canonical_serial

DIGITS: Final = 8
SECRET_BYTES: Final = 32
TRIES: Final = 5
"""For each medium and hour. Of 10^8 codes two are right at a time, so five guesses find one in 10 million."""
_LABEL: Final = b"lamplighter unlock code\0"
_CODE: Final = re.compile(r"[0-9]{8}")
_SPACES: Final = re.compile(r"[\s-]+")
_HOUR: Final = 3600


def hour_of(now: datetime) -> int:
    """Return the hours since 1970 of an aware time."""
    return int(now.timestamp()) // _HOUR


def code_for(secret: bytes, device: str, serial: str, hour: int) -> str:
    """Return the eight digits for one device (its asset tag), serial number and hour.

    Raises ValueError for what is no secret.
    """
    if len(secret) != SECRET_BYTES:
        raise ValueError(f"a secret has {SECRET_BYTES} bytes")
    parts = (device, canonical_serial(serial), str(hour))
    told = b"".join(len(raw).to_bytes(4, "big") + raw for raw in (part.encode() for part in parts))
    digest = hmac.new(secret, _LABEL + told, hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8], 'big') % 10**DIGITS:0{DIGITS}}"


def good_until(now: datetime) -> datetime:
    """Return when a code that is made now is not taken any more: the end of the next hour, UTC."""
    return datetime.fromtimestamp((hour_of(now) + 2) * _HOUR, UTC)


def is_code(typed: str) -> bool:
    """Whether this could be a code at all: eight digits. Spaces and dashes don't count."""
    return _CODE.fullmatch(_SPACES.sub("", typed)) is not None


def opens(typed: str, secret: bytes, device: str, serial: str, hour: int) -> bool:
    """Whether somebody typed the code of this hour or of the one before. Spaces and dashes don't count."""
    if not is_code(typed):
        return False
    code = _SPACES.sub("", typed)
    codes = (code_for(secret, device, serial, one) for one in (hour, hour - 1))
    return any(hmac.compare_digest(code, one) for one in codes)
