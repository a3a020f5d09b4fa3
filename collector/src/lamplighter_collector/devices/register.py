"""The register: which identity a device has now, which ended ones it had, and whether it may be served."""

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, Connection, RowMapping, insert, literal, select, union_all, update

from lamplighter_collector.db.changes import bump
from lamplighter_collector.devices.identity import DeviceName, Holder
from lamplighter_collector.devices.models import devices, ended_identities
from lamplighter_collector.errors import DeviceRetired, DeviceRevoked, IdentityReplaced, PeerError

_NOTE_EVERY_MS: Final = 3_600_000
_HIDDEN: Final = frozenset({"organisation", "attester", "machine"})


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
    former: Mapping[str, State] = field(default_factory=dict)
    """Identities of this tag that were revoked or retired before it was enrolled again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A device as its enrolment enters it. Times in milliseconds, UTC."""

    name: DeviceName
    group: str
    attester: bytes
    serial: str
    not_after: int
    machine: bytes = b""
    """Tells its machine from others; empty where it has no mark."""
    replaces: bool = False
    """It takes the place of an identity that is still enrolled."""


def refusal_of(standing: Standing | None, identity: str) -> PeerError | None:
    """Why a device with this identity is not served, or None when it is.

    One that ended is told so for ever, also when its asset tag is another's by now: it must still erase.
    """
    if standing is None:
        return IdentityReplaced()
    if standing.identity == identity:
        return ended(standing.state)
    state = standing.former.get(identity)
    return IdentityReplaced() if state is None else ended(state)


def ended(state: State) -> PeerError | None:
    if state is State.REVOKED:
        return DeviceRevoked()
    return DeviceRetired() if state is State.RETIRED else None


def standing_of(connection: Connection, organisation: str, device: str) -> Standing | None:
    return standings(connection, organisation, device).get(device)


def assembled(rows: Iterable[tuple[object, ...]]) -> dict[str, Standing]:
    """Standings from rows of (device, identity, state, ended_at, whether that identity is a former one)."""
    now: dict[str, tuple[str, State, int]] = {}
    former: dict[str, dict[str, State]] = {}
    for device, identity, state, ended_at, over in rows:
        if over:
            former.setdefault(str(device), {})[str(identity)] = State(str(state))
        else:
            now[str(device)] = (str(identity), State(str(state)), int(str(ended_at)))
    return {
        device: Standing(identity=identity, state=state, ended_at=at, former=former.get(device, {}))
        for device, (identity, state, at) in now.items()
    }


def standings(connection: Connection, organisation: str, device: str | None = None) -> dict[str, Standing]:
    """All devices of an organisation by asset tag, or one of them."""
    queries = []
    for table, over in ((devices, 0), (ended_identities, 1)):
        columns = (table.c.device, table.c.identity, table.c.state, table.c.ended_at, literal(over))
        query = select(*columns).where(table.c.organisation == organisation)
        queries.append(query if device is None else query.where(table.c.device == device))
    return assembled(tuple(row) for row in connection.execute(union_all(*queries)))


def heard_of(connection: Connection, organisation: str, device: str) -> int:
    """Until when a device was heard of: when it delivered last, or its certificate, never renewed, ran out.

    The later of the two; 0 for a device that is not there.
    """
    query = select(devices.c.last_seen_at, devices.c.not_after).where(
        devices.c.organisation == organisation, devices.c.device == device
    )
    row = connection.execute(query).one_or_none()
    return 0 if row is None else max(row)


def enter(connection: Connection, entry: Entry, now: int) -> None:
    """Register an enrolment; an identity that the asset tag had before is refused from the commit on.

    One that was revoked or retired stays known as that.
    """
    values: dict[str, object] = {
        "identity": entry.name.identity,
        "state": State.ENROLLED.value,
        "device_group": entry.group,
        "attester": bytes(entry.attester),
        "serial": entry.serial,
        "serial_before": "",
        "not_after": entry.not_after,
        "enrolled_at": now,
        "last_seen_at": now,
        "replaced_at": now if entry.replaces else 0,
        "superseded_at": 0,
        "copied_at": 0,
        "machine": entry.machine,
        "ended_at": 0,
        "ended_why": "",
        "bundle_version": 0,
        "bundle_root": 0,
        "bundle_state": "",
        "bundle_problem": "",
        "bundle_at": 0,
        "media_register": 0,
    }
    # The counter before the device, as the writer locks them, or the two could wait for each other.
    bump(connection, entry.name.organisation, "devices")
    _remember_end(connection, entry.name.organisation, entry.name.device)
    key = {"organisation": entry.name.organisation, "device": entry.name.device}
    if connection.execute(update(devices).filter_by(**key).values(values)).rowcount == 0:
        connection.execute(insert(devices).values(key | values))


def _remember_end(connection: Connection, organisation: str, device: str) -> None:
    names = ("organisation", "identity", "device", "state", "ended_at", "ended_why")
    over = select(*(devices.c[name] for name in names)).where(
        devices.c.organisation == organisation,
        devices.c.device == device,
        devices.c.state != State.ENROLLED.value,
    )
    connection.execute(insert(ended_identities).from_select(names, over))


def serials_of(connection: Connection, name: DeviceName) -> tuple[str, ...]:
    """Of the certificates that may be renewed: the newest, and the one before it."""
    query = select(devices.c.serial, devices.c.serial_before).where(_row(name))
    return tuple(serial for row in connection.execute(query) for serial in row if serial)


def renewed(connection: Connection, holder: Holder, *, serial: str, not_after: int) -> None:
    """Note the newest certificate of an identity, and by which one it was asked for."""
    values = {"serial": serial, "serial_before": holder.serial, "not_after": not_after}
    connection.execute(update(devices).where(_row(holder.name)).values(values))


def superseded(connection: Connection, name: DeviceName, now: int) -> bool:
    """Note that somebody asked with a certificate that was superseded; False when that is noted already.

    Whoever has an old key could ask without end, so one note stands for all of the next hour.
    """
    fresh = _row(name) & (devices.c.superseded_at <= now - _NOTE_EVERY_MS)
    return connection.execute(update(devices).where(fresh).values(superseded_at=now)).rowcount > 0


def copied(connection: Connection, name: DeviceName, now: int) -> bool:
    """Note that another machine has this identity; False when that is noted already, within the hour."""
    fresh = _row(name) & (devices.c.copied_at <= now - _NOTE_EVERY_MS)
    return connection.execute(update(devices).where(fresh).values(copied_at=now)).rowcount > 0


def is_machine(connection: Connection, organisation: str, device: str, machine: bytes) -> bool:
    """Whether the device that has this asset tag is this very machine; no for one that says nothing."""
    query = select(devices.c.machine).where(
        devices.c.organisation == organisation, devices.c.device == device
    )
    known = connection.scalar(query) or b""
    return bool(machine) and hmac.compare_digest(bytes(known), machine)


def _row(name: DeviceName) -> ColumnElement[bool]:
    return (
        (devices.c.organisation == name.organisation)
        & (devices.c.device == name.device)
        & (devices.c.identity == name.identity)
    )


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
    columns = [column for column in devices.columns if column.name not in _HIDDEN]
    query = select(*columns).where(devices.c.organisation == organisation).order_by(devices.c.device)
    return list(connection.execute(query).mappings())
