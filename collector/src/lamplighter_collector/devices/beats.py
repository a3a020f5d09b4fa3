"""What a device said of itself last: one row a device, replaced by its next heartbeat.

A device may say anything, for its owner may have broken into it. Nothing is decided by it: it is shown to
people, as numbers, states and sentences of the agent. `rpc.health` bounds it before it comes here.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from sqlalchemy import Connection, update

from lamplighter_collector.db.driver import INSERTS
from lamplighter_collector.devices.identity import DeviceName
from lamplighter_collector.devices.models import devices, heartbeats


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """What one way of sensing can see on a device, and why not more."""

    sensor: str
    backend: str
    working: bool
    reason: str
    remedy: str
    seen: int = 0
    """How much came since the session helper started: keys, events, windows. Never what."""
    dropped: int = 0
    """How much of it was not read."""
    quiet_minutes: int | None = None
    """Whole minutes since something came; `None` where nothing did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """One heartbeat. Times in milliseconds, UTC; `sent_at` by the device's own clock."""

    sent_at: int
    agent_version: str = ""
    platform: str = ""
    list_version: str = ""
    policy_version: str = ""
    capabilities: tuple[Capability, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    spool_records: int = 0
    spool_bytes: int = 0
    battery_percent: int = -1
    on_battery: bool = False
    sessions: int = 0
    sensing: bool = False
    resting: bool = False
    helper_restarts: int = 0
    suspended_seconds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """The last heartbeat of a device and when it came, by this collector's clock."""

    beat: Beat
    received_at: int

    @property
    def skew_ms(self) -> int:
        """How far the device's clock is behind this collector's; negative where it is ahead."""
        return self.received_at - self.beat.sent_at


def record(connection: Connection, name: DeviceName, beat: Beat, now: int) -> None:
    """Keep a heartbeat in place of the last one, and that the device was heard of."""
    values = _values(beat) | {"identity": name.identity, "received_at": now}
    key = {"organisation": name.organisation, "device": name.device}
    first = INSERTS[connection.dialect.name](heartbeats).values(key | values)
    connection.execute(first.on_conflict_do_update(index_elements=list(key), set_=values))
    seen = (
        (devices.c.organisation == name.organisation)
        & (devices.c.device == name.device)
        & (devices.c.identity == name.identity)
        & (devices.c.last_seen_at < now)
    )
    connection.execute(update(devices).where(seen).values(last_seen_at=now))


def heard(row: Mapping[str, object]) -> Heard | None:
    """Read the columns of `heartbeats` in a row; None where the device never said anything."""
    if row["received_at"] is None:
        return None
    told = json.loads(str(row["capabilities"]))
    plain: dict[str, Any] = {name: row[name] for name in (*_TEXTS, *_NUMBERS)}
    flags: dict[str, Any] = {name: bool(row[name]) for name in _FLAGS}
    beat = Beat(
        capabilities=tuple(_capability(one) for one in told),
        counts=json.loads(str(row["counts"])),
        **plain,
        **flags,
    )
    return Heard(beat=beat, received_at=int(str(row["received_at"])))


def _capability(kept: Mapping[str, Any]) -> Capability:
    """Without what a newer collector kept of it: a step back must not cost the page of all devices."""
    return Capability(**{one.name: kept[one.name] for one in fields(Capability) if one.name in kept})


_FLAGS = ("on_battery", "sensing", "resting")
_TEXTS = ("agent_version", "platform", "list_version", "policy_version")
_NUMBERS = (
    "sent_at",
    "spool_records",
    "spool_bytes",
    "battery_percent",
    "sessions",
    "helper_restarts",
    "suspended_seconds",
)


def _values(beat: Beat) -> dict[str, object]:
    told = [asdict(one) for one in beat.capabilities]
    plain = {name: getattr(beat, name) for name in (*_TEXTS, *_NUMBERS)}
    flags = {name: int(getattr(beat, name)) for name in _FLAGS}
    counts = json.dumps(dict(sorted(beat.counts.items())))
    return plain | flags | {"capabilities": json.dumps(told), "counts": counts}
