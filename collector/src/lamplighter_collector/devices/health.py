"""The health of devices for people who must never see content: no words, no account, no name."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from lamplighter_collector.devices.models import devices

MOST_DEVICES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """One device, as far as a technician needs to know it."""

    asset_tag: str
    state: str
    last_seen_at_ms: int
    replaced_at_ms: int
    """When it took the place of an identity that was enrolled; 0 for never."""
    superseded_at_ms: int
    """When somebody last asked for a certificate with an old one; 0 for never."""
    bundle_version: int
    bundle_state: str
    bundle_problem: str


def count(connection: Connection, organisation: str) -> int:
    where = devices.c.organisation == organisation
    return connection.scalar(select(func.count()).select_from(devices).where(where)) or 0


def health(connection: Connection, organisation: str) -> tuple[Health, ...]:
    """At most `MOST_DEVICES`, those that were silent longest first."""
    query = (
        select(
            devices.c.device,
            devices.c.state,
            devices.c.last_seen_at,
            devices.c.replaced_at,
            devices.c.superseded_at,
            devices.c.bundle_version,
            devices.c.bundle_state,
            devices.c.bundle_problem,
        )
        .where(devices.c.organisation == organisation)
        .order_by(devices.c.last_seen_at, devices.c.device)
        .limit(MOST_DEVICES)
    )
    return tuple(
        Health(
            asset_tag=row.device,
            state=row.state,
            last_seen_at_ms=row.last_seen_at,
            replaced_at_ms=row.replaced_at,
            superseded_at_ms=row.superseded_at,
            bundle_version=row.bundle_version,
            bundle_state=row.bundle_state,
            bundle_problem=row.bundle_problem,
        )
        for row in connection.execute(query)
    )
