"""Codes from a technician that permit one medium on this device while it can't reach its collector.

Five tries for each medium and hour, and they are counted across a restart of the agent; what is no code at
all, such as seven digits, is a slip of the finger and not one of them. A right code permits the medium for
some hours to whoever is signed in, as far as the rules of their group go; it is scanned like any other.
Nobody is permitted anything after a restart: then the code is typed again.
"""

from enum import Enum, auto
from typing import Any, Final

from lamplighter_keywords.media.medium_id import MediumId
from lamplighter_keywords.media.unlock import SECRET_BYTES, TRIES, is_code, opens

from lamplighter_agent.media.kept import Kept

HOUR_MS: Final = 3_600_000
# A lesson, or an afternoon; a longer need is a permission's.
UNLOCKED_MS: Final = 4 * HOUR_MS
_KEPT_KEY: Final = "unlock"
_KEPT_TRIES: Final = "tries"
_MOST_MEDIA: Final = 200


class Tried(Enum):
    """What came of a code."""

    RIGHT = auto()
    WRONG = auto()
    # Not eight digits: no try was used.
    NO_CODE = auto()
    # Wrong too often within this hour, or too many media were tried.
    NO_MORE = auto()
    # This device can't tell right from wrong: it has no secret yet, or the medium has no name.
    CANNOT = auto()


class Unlocking:
    """Those of this run."""

    def __init__(self, kept: Kept, identity: str) -> None:
        """Take the device's identity at its collector."""
        self._kept = kept
        self._identity = identity
        self._until: dict[str, int] = {}

    def secret_is(self, secret: bytes) -> None:
        """Take what the collector sent over the device's own stream."""
        if len(secret) == SECRET_BYTES:
            self._kept.put({_KEPT_KEY: secret.hex()})

    def may_try(self, medium: MediumId, now: int) -> bool:
        """Say whether a code for it can be right now; without a secret, a name or tries left none can."""
        return bool(self._secret()) and medium.is_nameable and not self._used_up(medium, now)

    def until(self, medium: MediumId, now: int) -> int:
        """Return until when a code permits this medium; 0 where none does."""
        until = self._until.get(medium.canonical, 0)
        return until if until - UNLOCKED_MS <= now < until else 0

    def enter(self, medium: MediumId, typed: str, now: int) -> Tried:
        """Take what somebody typed. A try is counted before it is looked at."""
        secret = self._secret()
        if not secret or not medium.is_nameable:
            return Tried.CANNOT
        # By what its code is made from, or a stick that changes the case of its number had more tries.
        name, hour = medium.canonical, now // HOUR_MS
        if self._used_up(medium, now):
            return Tried.NO_MORE
        tries = self._tries(hour)
        made = tries.get(name, 0)
        if not is_code(typed):
            return Tried.NO_CODE
        self._kept.put({_KEPT_TRIES: {"hour": hour, "made": tries | {name: made + 1}}})
        if opens(typed, secret, self._identity, medium.serial, hour):
            self._until[name] = now + UNLOCKED_MS
            return Tried.RIGHT
        return Tried.WRONG if made + 1 < TRIES else Tried.NO_MORE

    def _used_up(self, medium: MediumId, now: int) -> bool:
        tries = self._tries(now // HOUR_MS)
        return tries.get(medium.canonical, 0) >= TRIES or len(tries) >= _MOST_MEDIA

    def _tries(self, hour: int) -> dict[str, int]:
        kept: Any = self._kept.get(_KEPT_TRIES)
        if not isinstance(kept, dict) or not isinstance(kept.get("hour"), int) or kept["hour"] < hour:
            return {}
        # Of a later hour, too: a clock that was set back gives nobody new tries.
        made = kept.get("made")
        return {name: int(count) for name, count in made.items()} if isinstance(made, dict) else {}

    def _secret(self) -> bytes:
        told = self._kept.get(_KEPT_KEY)
        try:
            return bytes.fromhex(told) if isinstance(told, str) else b""
        except ValueError:
            return b""
