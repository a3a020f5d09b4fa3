"""Codes that permit a medium on a device which can't reach this collector.

What they are made from is derived by the key ring from the device's enrolment, so it lies nowhere and every
collector gives the same; a device that is enrolled anew has another one. Giving a code out is an audit row.
The serial number may be typed in any case, and must be one that a permission could name, too.
"""

from dataclasses import dataclass, field
from typing import Final

from lamplighter_keywords.media.medium_id import serial_fault
from lamplighter_keywords.media.unlock import code_for, good_until, hour_of
from sqlalchemy import Connection

from lamplighter_collector.audit.services import AuditEntry, append
from lamplighter_collector.clock import moment_of
from lamplighter_collector.devices.register import State, standing_of
from lamplighter_collector.errors import MediaRefused
from lamplighter_collector.keys.sealing import Seals
from lamplighter_collector.media.values import Issuer

GIVEN: Final = "media-unlock-code"
_PURPOSE: Final = "media unlock"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlockCode:
    """Eight digits for one device and one medium, and when they are not taken any more (ms, UTC)."""

    device: str
    serial: str
    code: str = field(repr=False)
    until: int


def unlock_secret(seals: Seals, identity: str) -> bytes:
    """Return what the unlock codes of one enrolment are made from. Never logged, never stored."""
    return seals.secret_for(_PURPOSE, identity)


def give_code(
    connection: Connection,
    organisation: str,
    seals: Seals,
    *,
    device: str,
    serial: str,
    by: Issuer,
) -> UnlockCode:
    """Return the code for a device and a medium's serial number, good until the end of the next hour.

    Raises:
        MediaRefused: there is no such device, it was revoked or retired, or nothing can be named by this
            serial number.
    """
    device, serial = device.strip(), serial.strip()
    # PostgreSQL takes not every character, and no asset tag has one of those.
    standing = standing_of(connection, organisation, device) if device.isprintable() else None
    if standing is None:
        raise MediaRefused(
            "asset tag", "there is no such device: `devices list` shows the asset tags, in just this case"
        )
    if standing.state is not State.ENROLLED:
        raise MediaRefused("asset tag", f"this device is {standing.state}: enrol it again first")
    fault = serial_fault(serial)
    if fault:
        raise MediaRefused("serial", f"{fault}. If that is not what the device shows, type it again")
    about = f"{device} serial {serial}"
    append(
        connection,
        AuditEntry(organisation=organisation, actor=by.account, role=by.role, verb=GIVEN, object=about),
    )
    now = moment_of(by.at)
    return UnlockCode(
        device=device,
        serial=serial,
        code=code_for(unlock_secret(seals, standing.identity), device, serial, hour_of(now)),
        until=int(good_until(now).timestamp() * 1000),
    )
