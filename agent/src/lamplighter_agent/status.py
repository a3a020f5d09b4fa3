"""What `status` tells, and the file that the service tells it by.

The file is written by the service at changes, whole or not at all, and everybody may read it: it holds no
text and no account name. Who reads it judges first whether the process that wrote it still runs.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from lamplighter_agent.backends.ports import Hardening
from lamplighter_agent.backends.select_process import started_at
from lamplighter_agent.files import replace_whole

VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundary:
    """What keeps other programs of the person at the device away from the helper."""

    kind: str
    detail: str


SEPARATE = Boundary(
    kind="separate",
    detail="service as root; helper as the session's user with a primary group of its own; "
    "socket for that group, peer checked by the kernel to be our own child",
)
SAME_USER = Boundary(
    kind="same-user",
    detail="WEAKER: service and helper run as one ordinary user; the peer's user and process are checked, "
    "but any program of that user could replace, read or stop either",
)


@dataclass(slots=True, kw_only=True)
class SessionStatus:
    """One graphical session, by its display."""

    display: str
    helper: str = "starting"
    # ISO 8601, UTC: since when it is that; empty before anything is known.
    helper_since: str = ""
    allowed: bool = False
    policy_reason: str = ""
    resting: bool = False
    rests_until: str = ""
    indicator_shown: bool = False
    indicator_reason: str = ""
    sensors: list[dict[str, Any]] = field(default_factory=list)
    hardening: dict[str, Any] = field(default_factory=dict)
    restarts: int = 0
    # Why the helper before this one ended; empty for the first one.
    last_end: str = ""

    @property
    def sensing(self) -> bool:
        working = any(sensor["working"] for sensor in self.sensors)
        return self.helper == "running" and self.allowed and self.indicator_shown and working


@dataclass(slots=True, kw_only=True)
class ServiceStatus:
    """All that the service knows of itself."""

    organisation: str
    not_enrolled: str
    boundary: Boundary
    hardening: Hardening
    swap_forbidden: bool
    # What nobody has seen on such a device; empty where it is tried there.
    unproven: str = ""
    sessions: dict[str, SessionStatus] = field(default_factory=dict)
    lists: dict[str, Any] = field(default_factory=dict)
    bundle: dict[str, Any] = field(default_factory=dict)
    spool: dict[str, Any] = field(default_factory=dict)
    collector: dict[str, Any] = field(default_factory=dict)
    enrolment: dict[str, Any] = field(default_factory=dict)
    media: dict[str, Any] = field(default_factory=dict)
    # Whether the device is at school, and why it does not count as that.
    place: dict[str, Any] = field(default_factory=dict)
    # Where graphical sessions are looked for, and those that are not watched, with the reason.
    finder: dict[str, Any] = field(default_factory=dict)
    losses: dict[str, int] = field(default_factory=dict)

    @property
    def indicator_shown(self) -> bool:
        """In some session."""
        return any(session.indicator_shown for session in self.sessions.values())

    def as_json(self) -> dict[str, Any]:
        """Return what the file holds."""
        sessions = [asdict(session) | {"sensing": session.sensing} for session in self.sessions.values()]
        return {
            "version": VERSION,
            "pid": os.getpid(),
            "started_ticks": started_at(os.getpid()),
            "organisation": self.organisation,
            "enrolled": not self.not_enrolled,
            "not_enrolled": self.not_enrolled,
            "sensing": any(session["sensing"] for session in sessions),
            "boundary": asdict(self.boundary),
            "unproven": self.unproven,
            "hardening": asdict(self.hardening) | {"swap_forbidden": self.swap_forbidden},
            "sessions": sessions,
            "lists": self.lists,
            "bundle": self.bundle,
            "spool": self.spool,
            "collector": self.collector,
            "enrolment": self.enrolment,
            "media": self.media,
            "place": self.place,
            "finder": self.finder,
            "losses": self.losses,
        }


def write(path: Path, content: Mapping[str, Any]) -> None:
    """Replace the file whole, readable by everybody."""
    whole = json.dumps(content, indent=1, sort_keys=True) + "\n"
    replace_whole(path, whole.encode(), public=True, durable=False)


def read(path: Path) -> dict[str, Any] | None:
    """Return what a running service last said; None where none runs."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        pid, started = int(found["pid"]), int(found["started_ticks"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    # After a restart of the device another process may have the number, but not from the same moment.
    return dict(found) if started_at(pid) == started else None
