"""The health of devices for people who must never see content: no words, no account, no name."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, RowMapping, case, func, select

from lamplighter_collector.devices.beats import Heard, heard
from lamplighter_collector.devices.models import devices, heartbeats
from lamplighter_collector.devices.register import State

MOST_DEVICES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many devices the register has, how many of them are enrolled, and of these silent."""

    devices: int
    enrolled: int
    silent: int


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
    copied_at_ms: int
    """When another machine last said that it has this identity on a copied disk; 0 for never."""
    bundle_version: int
    bundle_state: str
    bundle_problem: str
    heard: Heard | None = None
    """What it said of itself last; None when this enrolment of it never did."""


def tally(connection: Connection, organisation: str, *, silent_since_ms: int) -> Tally:
    """Count all of them, however many there are; silent are those not heard of since then."""
    enrolled = devices.c.state == State.ENROLLED.value
    silent = enrolled & (devices.c.last_seen_at <= silent_since_ms)
    query = select(func.count(), _number_of(enrolled), _number_of(silent))
    row = connection.execute(query.where(devices.c.organisation == organisation)).one()
    return Tally(devices=row[0], enrolled=int(row[1] or 0), silent=int(row[2] or 0))


def _number_of(which: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((which, 1), else_=0))


def health(connection: Connection, organisation: str) -> tuple[Health, ...]:
    """At most `MOST_DEVICES`, those that were silent longest first; those that have ended stand last."""
    columns = (
        devices.c.device,
        devices.c.state,
        devices.c.last_seen_at,
        devices.c.replaced_at,
        devices.c.superseded_at,
        devices.c.copied_at,
        devices.c.bundle_version,
        devices.c.bundle_state,
        devices.c.bundle_problem,
    )
    query = (
        select(*columns, *_SAID)
        .join(heartbeats, _SAME, isouter=True)
        .where(devices.c.organisation == organisation)
        .order_by(devices.c.state != State.ENROLLED.value, devices.c.last_seen_at, devices.c.device)
        .limit(MOST_DEVICES)
    )
    return tuple(_health(row) for row in connection.execute(query).mappings())


def said(connection: Connection, organisation: str) -> dict[str, Heard]:
    """What every device said of itself last, by asset tag; one that never did is missing."""
    query = (
        select(devices.c.device, *_SAID).join(heartbeats, _SAME).where(devices.c.organisation == organisation)
    )
    rows = ((str(row["device"]), heard(dict(row))) for row in connection.execute(query).mappings())
    return {device: found for device, found in rows if found is not None}


_SAID: tuple[ColumnElement[object], ...] = tuple(
    column for column in heartbeats.columns if column.name not in {"organisation", "device", "identity"}
)
_SAME = (
    (heartbeats.c.organisation == devices.c.organisation)
    & (heartbeats.c.device == devices.c.device)
    # What an earlier enrolment of the tag said is not this laptop's.
    & (heartbeats.c.identity == devices.c.identity)
)


def _health(row: RowMapping) -> Health:
    return Health(
        asset_tag=row["device"],
        state=row["state"],
        last_seen_at_ms=row["last_seen_at"],
        replaced_at_ms=row["replaced_at"],
        superseded_at_ms=row["superseded_at"],
        copied_at_ms=row["copied_at"],
        bundle_version=row["bundle_version"],
        bundle_state=row["bundle_state"],
        bundle_problem=row["bundle_problem"],
        heard=heard(dict(row)),
    )
