"""What devices say of their bundle, and what of it somebody must know.

A device may say anything, for its owner may have broken into it. Nothing but alarms follows from it, and
those are about that device.
"""

from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import Connection, select, update

from lamplighter_collector.bundles.models import bundles
from lamplighter_collector.bundles.shelf import knows, newest_number, newest_root_number
from lamplighter_collector.devices.models import devices

NONE: Final = "none"
CURRENT: Final = "current"
EXPIRED: Final = "expired"
REFUSED: Final = "refused"
UNKNOWN: Final = "unknown"
"""It says that it has what was never published here."""
EXPIRES_SOON: Final = "expires-soon"
LICENCE_ENDED: Final = "licence-ended"
LICENCE_ENDS_SOON: Final = "licence-ends-soon"
VERSION_UNKNOWN: Final = "version-unknown"
ROOT_UNKNOWN: Final = "root-unknown"
_SOON_MS: Final = 14 * 86_400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One device's words. ``problem`` is a slug."""

    version: int
    root_version: int
    state: str
    problem: str
    media_register: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Something about bundles that a person must know. ``device`` is empty for the collector's own."""

    device: str
    state: str
    problem: str
    version: int
    at: int


def record(connection: Connection, organisation: str, device: str, report: Report, now: int) -> None:
    """Keep what a device said, in place of what it said before.

    What can't be true gets the state ``unknown`` and a problem that says so.
    """
    report = _judged(connection, organisation, report)
    row = (devices.c.organisation == organisation) & (devices.c.device == device)
    values = {
        "bundle_version": report.version,
        "bundle_root": report.root_version,
        "bundle_state": report.state,
        "bundle_problem": report.problem,
        "bundle_at": now,
        "media_register": report.media_register,
    }
    connection.execute(update(devices).where(row).values(values))


def _judged(connection: Connection, organisation: str, report: Report) -> Report:
    if report.state == REFUSED:
        # An alarm as it is, and its own reason says more.
        return report
    if report.root_version > newest_root_number(connection, organisation):
        return replace(report, state=UNKNOWN, problem=ROOT_UNKNOWN)
    if report.version and not knows(connection, organisation, report.version):
        return replace(report, state=UNKNOWN, problem=VERSION_UNKNOWN)
    return report


def alarms(connection: Connection, organisation: str, now: int) -> tuple[Alarm, ...]:
    """What is wrong now: first of what was published, then of each device, the latest first.

    A version or the licence of a list that is past its date, or soon; devices that refused a version, use
    one past its date, or say that they use one that was never published.
    """
    query = (
        select(
            devices.c.device,
            devices.c.bundle_state,
            devices.c.bundle_problem,
            devices.c.bundle_version,
            devices.c.bundle_at,
        )
        .where(
            devices.c.organisation == organisation,
            devices.c.state == "enrolled",
            devices.c.bundle_state.in_((REFUSED, EXPIRED, UNKNOWN)),
        )
        .order_by(devices.c.bundle_at.desc(), devices.c.device)
    )
    found = [
        Alarm(device=device, state=state, problem=problem, version=version, at=at)
        for device, state, problem, version, at in connection.execute(query)
    ]
    return (*_own(connection, organisation, now), *found)


def _own(connection: Connection, organisation: str, now: int) -> list[Alarm]:
    query = select(bundles.c.version, bundles.c.expires_at, bundles.c.licensed_until).where(
        bundles.c.organisation == organisation,
        bundles.c.version == newest_number(connection, organisation),
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return []
    dates = (
        (row.expires_at, EXPIRED, EXPIRES_SOON),
        (row.licensed_until, LICENCE_ENDED, LICENCE_ENDS_SOON),
    )
    return [
        Alarm(device="", state=over if now >= at else soon, problem="", version=row.version, at=at)
        for at, over, soon in dates
        if at is not None and now >= at - _SOON_MS
    ]
