"""What devices say of their bundle, and what of it somebody must know."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select, update

from lamplighter_collector.bundles.models import bundles
from lamplighter_collector.devices.models import devices

NONE: Final = "none"
CURRENT: Final = "current"
EXPIRED: Final = "expired"
REFUSED: Final = "refused"
_SOON_MS: Final = 14 * 86_400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One device's words. ``problem`` is a slug."""

    version: int
    root_version: int
    state: str
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Something about bundles that a person must know. ``device`` is empty for the collector's own."""

    device: str
    state: str
    problem: str
    version: int
    at: int


def record(connection: Connection, organisation: str, device: str, report: Report, now: int) -> None:
    """Keep what a device said, in place of what it said before."""
    row = (devices.c.organisation == organisation) & (devices.c.device == device)
    values = {
        "bundle_version": report.version,
        "bundle_root": report.root_version,
        "bundle_state": report.state,
        "bundle_problem": report.problem,
        "bundle_at": now,
    }
    connection.execute(update(devices).where(row).values(values))


def alarms(connection: Connection, organisation: str, now: int) -> tuple[Alarm, ...]:
    """Devices that refused a bundle or use one past its date; a version that is past its date, or soon."""
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
            devices.c.bundle_state.in_((REFUSED, EXPIRED)),
        )
        .order_by(devices.c.bundle_at.desc(), devices.c.device)
    )
    found = [
        Alarm(device=device, state=state, problem=problem, version=version, at=at)
        for device, state, problem, version, at in connection.execute(query)
    ]
    return (*_own(connection, organisation, now), *found)


def _own(connection: Connection, organisation: str, now: int) -> list[Alarm]:
    query = (
        select(bundles.c.version, bundles.c.expires_at)
        .where(bundles.c.organisation == organisation)
        .order_by(bundles.c.version.desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    if row is None or now < row.expires_at - _SOON_MS:
        return []
    state = EXPIRED if now >= row.expires_at else "expires-soon"
    return [Alarm(device="", state=state, problem="", version=row.version, at=row.expires_at)]
