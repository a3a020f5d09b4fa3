"""What a heartbeat says, from what `status` says: numbers and states, never a text of a person.

The collector refuses a heartbeat that is not of this shape, so what a backend calls itself is put into it
here.
"""

import platform
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from lamplighter_protos.v1.health_pb2 import Capability, Heartbeat

from lamplighter_agent import __version__
from lamplighter_agent.capabilities import recorded_only
from lamplighter_agent.status import ServiceStatus

CAPABILITIES: Final = 32
_STRANGE: Final = re.compile(r"[^A-Za-z0-9 .,_()+/-]")
_LONGEST_NAME: Final = 64
_LONGEST_SENTENCE: Final = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What the machine itself says. `battery_percent` is -1 without one; times in seconds."""

    system: str = field(default_factory=platform.system)
    battery_percent: int = -1
    on_battery: bool = False
    suspended_seconds: int = 0


def capabilities_of(status: ServiceStatus, *, counted: bool = False) -> list[Capability]:
    """Return what each way of sensing can see; what several sessions say alike is said once.

    `counted` adds how much came, of all of them together.
    """
    found: dict[bytes, Capability] = {}
    told: list[Mapping[str, Any]] = []
    for session in status.sessions.values():
        told += session.sensors
        told.append(
            {
                "sensor": "indicator",
                "working": session.indicator_shown,
                "reason": session.indicator_reason or ("" if session.indicator_shown else session.helper),
            }
        )
    if status.media:
        told.append(_of_media(status.media))
        told += [status.media[part] for part in ("guard", "scanner") if part in status.media]
    for one in told:
        capability = _capability(one)
        alike = found.setdefault(capability.SerializeToString(deterministic=True), capability)
        if counted:
            _count(alike, one)
    return _bounded([found[key] for key in sorted(found)])


def _of_media(media: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the watch of media says, and beside it that nothing is enforced where that is so.

    What a backend adds to its name is a sentence, and a name in a heartbeat has no room for one.
    """
    name, _, added = media.get("backend", "").partition("; ")
    reason = "; ".join(one for one in (media.get("reason", "") or recorded_only(media), added) if one)
    remedy = media.get("remedy", "") or (media.get("guard") or {}).get("remedy", "")
    return {**media, "backend": name, "reason": reason, "remedy": remedy}


def _bounded(said: list[Capability]) -> list[Capability]:
    """Return all, or as many as a heartbeat holds, of which the last then counts the rest."""
    if len(said) <= CAPABILITIES:
        return said
    kept, rest = said[: CAPABILITIES - 1], said[CAPABILITIES - 1 :]
    idle = sum(not one.working for one in rest)
    others = Capability(
        sensor="others",
        working=not idle,
        reason=f"{len(rest)} more are not said one by one; {idle} of them don't work",
        seen=sum(one.seen for one in rest),
        dropped=sum(one.dropped for one in rest),
    )
    return [*kept, others]


def heartbeat_of(status: ServiceStatus, machine: Machine) -> Heartbeat:
    """Return the message, without the time it is sent at."""
    sessions = list(status.sessions.values())
    version = str(status.bundle.get("version") or "")
    return Heartbeat(
        organisation=status.organisation,
        agent_version=_name(__version__),
        platform=_name(machine.system),
        list_version=version,
        # One signed bundle has both.
        policy_version=version,
        capabilities=capabilities_of(status, counted=True),
        counts=dict(status.collector.get("counts", {})),
        spool_records=status.spool.get("records", 0),
        spool_bytes=status.spool.get("bytes", 0),
        battery_percent=machine.battery_percent,
        on_battery=machine.on_battery,
        sessions=len(sessions),
        sensing=any(session.sensing for session in sessions),
        resting=any(session.resting for session in sessions),
        helper_restarts=sum(session.restarts for session in sessions),
        suspended_seconds=machine.suspended_seconds,
    )


def _capability(told: Mapping[str, Any]) -> Capability:
    return Capability(
        sensor=_name(told["sensor"]),
        backend=_name(told.get("backend", "")),
        working=told["working"],
        reason=_sentence(told.get("reason", "")),
        remedy=_sentence(told.get("remedy", "")),
    )


def _count(capability: Capability, told: Mapping[str, Any]) -> None:
    capability.seen += told.get("seen", 0)
    capability.dropped += told.get("dropped", 0)
    quiet = told.get("quiet_minutes")
    if quiet is not None:
        least = min(quiet, capability.quiet_minutes) if capability.HasField("quiet_minutes") else quiet
        capability.quiet_minutes = least


def _name(text: str) -> str:
    return _STRANGE.sub(" ", text)[:_LONGEST_NAME]


def _sentence(text: str) -> str:
    return "".join(one if one.isprintable() else " " for one in text)[:_LONGEST_SENTENCE]
