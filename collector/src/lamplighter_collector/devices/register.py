"""The register: which identity a device has now, and whether it may still be served."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, RowMapping, insert, select, update

from lamplighter_collector.db.changes import bump
from lamplighter_collector.devices.identity import DeviceName
from lamplighter_collector.devices.models import devices
from lamplighter_collector.errors import DeviceRetired, DeviceRevoked, IdentityReplaced, PeerError


class State(StrEnum):
    """What a device is to the collector."""

    ENROLLED = "enrolled"
    REVOKED = "revoked"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the register says of one asset tag."""

    identity: str
    state: State
    ended_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A device as its enrolment enters it. Times in milliseconds, UTC."""

    name: DeviceName
    group: str
    attester: bytes
    serial: str
    not_after: int


def refusal_of(standing: Standing | None, identity: str) -> PeerError | None:
    """Why a device with this identity is not served, or None when it is."""
    if standing is None or standing.identity != identity:
        return IdentityReplaced()
    return ended(standing)


def ended(standing: Standing) -> PeerError | None:
    if standing.state is State.REVOKED:
        return DeviceRevoked()
    return DeviceRetired() if standing.state is State.RETIRED else None


def standing_of(connection: Connection, organisation: str, device: str) -> Standing | None:
    query = select(devices.c.identity, devices.c.state, devices.c.ended_at).where(
        devices.c.organisation == organisation, devices.c.device == device
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else Standing(identity=row[0], state=State(row[1]), ended_at=row[2])


def standings(connection: Connection, organisation: str) -> Mapping[str, Standing]:
    """All devices of an organisation by asset tag."""
    columns = (devices.c.device, devices.c.identity, devices.c.state, devices.c.ended_at)
    query = select(*columns).where(devices.c.organisation == organisation)
    return {
        device: Standing(identity=identity, state=State(state), ended_at=ended_at)
        for device, identity, state, ended_at in connection.execute(query)
    }


def enter(connection: Connection, entry: Entry, now: int) -> None:
    """Register an enrolment; an identity that the asset tag had before is refused from the commit on."""
    values: dict[str, object] = {
        "identity": entry.name.identity,
        "state": State.ENROLLED.value,
        "device_group": entry.group,
        "attester": bytes(entry.attester),
        "serial": entry.serial,
        "not_after": entry.not_after,
        "enrolled_at": now,
        "last_seen_at": now,
        "ended_at": 0,
        "ended_why": "",
        "bundle_version": 0,
        "bundle_root": 0,
        "bundle_state": "",
        "bundle_problem": "",
        "bundle_at": 0,
    }
    # The counter before the device, as the writer locks them, or the two could wait for each other.
    bump(connection, entry.name.organisation, "devices")
    key = {"organisation": entry.name.organisation, "device": entry.name.device}
    if connection.execute(update(devices).filter_by(**key).values(values)).rowcount == 0:
        connection.execute(insert(devices).values(key | values))


def renewed(connection: Connection, name: DeviceName, *, serial: str, not_after: int) -> None:
    """Note the newest certificate of an identity."""
    row = (devices.c.organisation == name.organisation) & (devices.c.device == name.device)
    connection.execute(update(devices).where(row).values(serial=serial, not_after=not_after))


def end(connection: Connection, organisation: str, device: str, state: State, why: str, now: int) -> bool:
    """Revoke or retire a device: nothing that it sends is stored after the commit. False: there is none.

    A revoked device may be retired afterwards and the other way round; the newest word counts.
    """
    row = (devices.c.organisation == organisation) & (devices.c.device == device)
    changed = update(devices).where(row).values(state=state.value, ended_at=now, ended_why=why)
    bump(connection, organisation, "devices")
    return connection.execute(changed).rowcount > 0


def list_devices(connection: Connection, organisation: str) -> list[RowMapping]:
    """Every device with what the register knows of it but the attester's name, by asset tag."""
    columns = [column for column in devices.columns if column.name not in {"organisation", "attester"}]
    query = select(*columns).where(devices.c.organisation == organisation).order_by(devices.c.device)
    return list(connection.execute(query).mappings())
