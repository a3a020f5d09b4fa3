"""Decides which keys were surely typed into a field that may be read. Pure.

Which field has the focus is asked of other programs, and the answer takes time. So a key counts only between
two answers that name the same editable field: one that was complete before the key was pressed, and one that
was asked for after it. A move of the focus in between voids the first. Everything else is dropped: a key
that might belong to a password is never read, and a key of a field that could have been read is counted.
"""

from dataclasses import dataclass

from lamplighter_agent.backends.ports import FieldRole, KeyPress
from lamplighter_agent.backends.ticks import is_after

PENDING_LIMIT = 512


@dataclass(frozen=True, slots=True)
class Field:
    """What has the focus. `key` names it as long as its program lives, "" where nothing does."""

    key: str
    role: FieldRole
    pid: int | None


NOTHING = Field("", FieldRole.OTHER, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What an answer settles: the keys to read, in order, and how many were lost that might have been."""

    keys: tuple[KeyPress, ...]
    lost: int


class FieldKeys:
    """Keys that wait for an answer. Times are Windows' ticks in milliseconds, which wrap at 2**32."""

    def __init__(self) -> None:
        self._field = NOTHING
        self._known_ms = 0
        self._sure = False
        self._pending: list[KeyPress] = []
        self._overflow = 0

    @property
    def field(self) -> Field:
        return self._field

    @property
    def waiting(self) -> bool:
        return bool(self._pending)

    def pressed(self, press: KeyPress) -> None:
        if len(self._pending) >= PENDING_LIMIT:
            self._overflow += 1
        else:
            self._pending.append(press)

    def moved(self) -> None:
        """Take note that the focus may be elsewhere: what is known holds for no key."""
        self._sure = False

    def answered(self, field: Field, *, asked_ms: int, known_ms: int) -> Verdict:
        """Settle the keys pressed before `asked_ms`; the answer holds from `known_ms` on."""
        settled = [press for press in self._pending if is_after(press.time_ms, asked_ms)]
        self._pending = [press for press in self._pending if not is_after(press.time_ms, asked_ms)]
        same = self._sure and field == self._field and field.role is FieldRole.EDITABLE
        keys = tuple(press for press in settled if same and is_after(self._known_ms, press.time_ms))
        lost = 0
        if field.role is FieldRole.EDITABLE:
            lost = len(settled) - len(keys) + self._overflow
        self._overflow = 0
        if not same:
            self._known_ms = known_ms
        self._field, self._sure = field, True
        return Verdict(keys=keys, lost=lost)
