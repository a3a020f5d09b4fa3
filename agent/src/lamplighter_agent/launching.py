"""How a session helper is started: which command, as whom, with what environment. Pure.

As root the helper becomes the user of the session with our group as its *primary* group and the user's own
groups as extras: only the primary group keeps other programs of the same user from tracing it or taking its
descriptors. As an ordinary user there is nobody to become; the helper runs as that user, and `status` says
that the boundary is weaker.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeAlias

SessionKey: TypeAlias = tuple[str, str, int]
"""What tells one sign-in from another: two people may have the same display one after the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A user of this device, from its passwd entry."""

    name: str
    uid: int
    gid: int
    groups: tuple[int, ...]
    home: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphicalSession:
    """A desktop that a person sees. `display` names it as long as it lives: an X display or a path."""

    display: str
    account: Account
    # What its programs need to reach it; only `SESSION_VARIABLES` are passed on.
    environment: Mapping[str, str] = field(default_factory=dict)
    # The system's own id of it; empty where nobody keeps sessions.
    login: str = ""

    @property
    def key(self) -> SessionKey:
        return self.display, self.login, self.account.uid


class SessionFinder(Protocol):
    """Knows which graphical sessions there are."""

    def sessions(self) -> Sequence[GraphicalSession]:
        """Return those that exist now."""
        ...

    async def changed(self) -> None:
        """Return when there may be others."""
        ...


class DescribedFinder(SessionFinder, Protocol):
    """A finder that also says for `status` where it looks."""

    def describe(self) -> Mapping[str, Any]:
        """Return `source`, `reason` (why it can't look) and `left_out`; no account names."""
        ...


# With this code a helper says that it was asked to end by a signal.
ENDED_BY_SIGNAL = 143
SESSION_VARIABLES = (
    "XAUTHORITY",
    "WAYLAND_DISPLAY",
    "SWAYSOCK",
    "DBUS_SESSION_BUS_ADDRESS",
    "XDG_RUNTIME_DIR",
    "LANG",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchSettings:
    """What is the same for every helper. `gid` is None where the service runs as an ordinary user."""

    interpreter: str
    socket: Path
    organisation: str
    gid: int | None
    setpriv: str = "/usr/bin/setpriv"


def command(session: GraphicalSession, settings: LaunchSettings) -> list[str]:
    """Return the command line. Each program replaces itself by the next, so the process id stays the same."""
    helper = [settings.interpreter, "-I", "-m", "lamplighter_agent", "session"]
    helper += ["--socket", str(settings.socket), "--organisation", settings.organisation]
    if settings.gid is None:
        return helper
    account = session.account
    extras = sorted({account.gid, *account.groups} - {settings.gid})
    become = [settings.setpriv, f"--reuid={account.uid}", f"--regid={settings.gid}"]
    become += [f"--groups={','.join(map(str, extras))}"]
    become += ["--inh-caps=-all", "--bounding-set=-all", "--no-new-privs"]
    return [*become, *helper]


def environment(session: GraphicalSession) -> dict[str, str]:
    """Return all that the helper is told: nothing of ours, and nothing that changes what a program loads."""
    told = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": session.account.home,
    }
    # A Wayland session without an X server is named by its socket.
    if not session.display.startswith("/"):
        told["DISPLAY"] = session.display
    told |= {name: session.environment[name] for name in SESSION_VARIABLES if name in session.environment}
    return told
