"""What the service asks of the system about who is signed in where."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginSession:
    """One session as the system's session keeper tells it; no word in here comes from the person."""

    id: str
    uid: int
    # "x11", "wayland", "tty", "unspecified" and others.
    kind: str
    # "user", "greeter", "lock-screen" and others.
    group: str
    seat: str
    # Its X display where the display manager told one.
    display: str
    # The process that opened it; 0 where it is gone.
    leader: int
    # Where its user's sockets are; empty where there is no such folder.
    runtime: str
    remote: bool
    active: bool
    locked: bool
    closing: bool


class LoginManager(Protocol):
    """Tells sessions, on the loop. Usable again after `close`."""

    async def connect(self, changed: Callable[[], None]) -> None:
        """Begin; `changed` is called when `sessions` may answer otherwise, also when it can't any more.

        Raises:
            BackendUnavailable: nobody keeps sessions on this machine, or does not answer.
        """
        ...

    async def sessions(self) -> Sequence[LoginSession]:
        """Return those that there are now; raises `BackendUnavailable`."""
        ...

    def environment(self, session: LoginSession) -> Mapping[str, str]:
        """Return what a program needs to reach a session's display and bus.

        Only what was checked to be its user's own is in it; a variable that is not is left out.
        """
        ...

    def close(self) -> None:
        """End; nothing is told any more."""
        ...
