"""Which session has a helper, which needs one, and when one that ended is due again. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from lamplighter_agent.backends.windows.pipe_access import Helper

# The first restart is quick: a helper that was killed is back well within five seconds.
FIRST_DELAY_S = 0.2
LAST_DELAY_S = 30.0
# Session 0 has no desktop that a person sees.
SERVICES = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSession:
    """A session somebody is signed in to, in front or not; `user` is a security identifier."""

    number: int
    user: str


@dataclass(slots=True)
class _Entry:
    session: PersonSession
    helper: Helper | None = None
    delay_s: float = FIRST_DELAY_S
    due: float = 0.0
    settled: bool = False


class HelperBook:
    """One entry a session. Times are monotonic seconds."""

    def __init__(self) -> None:
        self._entries: dict[int, _Entry] = {}

    def follow(self, sessions: Collection[PersonSession]) -> list[Helper]:
        """Take the sessions there are now; return the helpers whose session is gone or changed hands."""
        now = {session.number: session for session in sessions if session.number != SERVICES and session.user}
        ended = []
        for number, entry in list(self._entries.items()):
            if now.get(number) != entry.session:
                del self._entries[number]
                if entry.helper is not None:
                    ended.append(entry.helper)
        for number, session in now.items():
            self._entries.setdefault(number, _Entry(session))
        return ended

    def due(self, at: float) -> list[PersonSession]:
        """Return the sessions that need a helper now."""
        return [entry.session for entry in self._entries.values() if entry.helper is None and entry.due <= at]

    def next_due(self) -> float | None:
        """Return when `due` has news, if no session comes or goes."""
        waiting = [entry.due for entry in self._entries.values() if entry.helper is None]
        return min(waiting, default=None)

    def started(self, session: PersonSession, pid: int) -> None:
        entry = self._entries[session.number]
        entry.helper = Helper(pid=pid, session=session.number, user=session.user)
        entry.settled = False

    def not_started(self, session: PersonSession, at: float) -> None:
        """Take note of a start that failed, which is tried again later and later."""
        self._wait(self._entries[session.number], at)

    def settled(self, pid: int) -> None:
        """Take note that a helper does its work: its next restart is quick."""
        for entry in self._entries.values():
            if entry.helper is not None and entry.helper.pid == pid:
                entry.settled = True
                entry.delay_s = FIRST_DELAY_S

    def ended(self, pid: int, at: float) -> bool:
        """Take note of an end; True where nobody had asked for it and it is to be recorded."""
        for entry in self._entries.values():
            if entry.helper is not None and entry.helper.pid == pid:
                entry.helper = None
                self._wait(entry, at)
                return True
        return False

    def connected(self, pid: int, *, now: bool) -> None:
        for entry in self._entries.values():
            if entry.helper is not None and entry.helper.pid == pid:
                entry.helper = replace(entry.helper, connected=now)

    def helpers(self) -> Mapping[int, Helper]:
        """Return the helpers that run, by process id."""
        return {
            entry.helper.pid: entry.helper for entry in self._entries.values() if entry.helper is not None
        }

    def _wait(self, entry: _Entry, at: float) -> None:
        entry.due = at + entry.delay_s
        entry.delay_s = min(entry.delay_s * 2, LAST_DELAY_S)
