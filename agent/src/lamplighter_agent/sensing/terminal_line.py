"""Decides for each line typed in a terminal whether it may be read. Pure.

A line is open while every key of it was pressed in a readable state that we saw in time. A secret state
closes it until Enter, an unknown one (an editor, a pager) until the state is readable again.
Why the delay counts: we learn a terminal's state after the key was pressed. If all that we saw of a line came
after its Enter, the password prompt it answered may be over already; so one look has to
come before, and a key older than `LATE_MS` closes the line.
"""

from dataclasses import dataclass
from enum import Enum, auto

from lamplighter_agent.backends.ports import TerminalState
from lamplighter_agent.backends.ticks import elapsed_ms

LATE_MS = 250
# What the two clocks may disagree by.
SLACK_MS = 5


class Verdict(Enum):
    """What to do with a key or with a finished line."""

    READ = auto()
    DROP = auto()
    # Drop the first key of a line that is not read. One stands for the line: more would tell how long a
    # password is.
    DROP_UNREAD = auto()
    # Drop, and count it: it might have been read.
    DROP_LATE = auto()
    DROP_AFTER_SECRET = auto()


@dataclass(slots=True)
class TerminalLine:
    """The line being typed in the focused terminal."""

    _secret: bool = False
    _late: bool = False
    _counted: bool = False
    _unread: bool = False
    _first_look_ms: int | None = None

    def key(self, state: TerminalState, *, pressed_ms: int, looked_ms: int) -> Verdict:
        """Judge one key; both times are the display server's."""
        if state is not TerminalState.READABLE:
            self._secret = self._secret or state is TerminalState.SECRET
            first, self._unread = not self._unread, True
            return Verdict.DROP_UNREAD if first else Verdict.DROP
        if self._secret:
            return self._once(Verdict.DROP_AFTER_SECRET)
        if self._late:
            return Verdict.DROP
        if elapsed_ms(pressed_ms, looked_ms) > LATE_MS:
            self._late = True
            return self._once(Verdict.DROP_LATE)
        if self._first_look_ms is None:
            self._first_look_ms = looked_ms
        return Verdict.READ

    def enter(self, *, pressed_ms: int) -> Verdict:
        """Judge the line that Enter ends, and begin the next one."""
        open_line = not self._secret and not self._late
        first_look = self._first_look_ms
        self.reset()
        if not open_line or first_look is None:
            return Verdict.DROP
        in_time = elapsed_ms(first_look, pressed_ms) > -SLACK_MS
        return Verdict.READ if in_time else Verdict.DROP_LATE

    def reset(self) -> None:
        """Begin a line: after Enter, or in another window."""
        self._secret = self._late = self._counted = self._unread = False
        self._first_look_ms = None

    def _once(self, verdict: Verdict) -> Verdict:
        if self._counted:
            return Verdict.DROP
        self._counted = True
        return verdict
