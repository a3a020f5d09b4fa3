"""Where an incident stands, and what may become of it: pure.

::

    new -> claimed -> watching, actioned, no_concern, test     closed
                   -> staff_routed                             new, for readers of another audience

A claim is a courtesy that ends by itself: it tells colleagues who is looking and stops nobody from deciding.
``watching`` reads as new from its date on. What is closed is left only by that date, by `undo` within 30
seconds by whoever decided, or by `reopen`. What was routed as being about staff is never given back to
those who could read it before: its audience only rises, and no verb lowers it. Nothing here deletes.

Times are milliseconds since 1970, UTC. ``version`` counts decisions, reopenings and undoings, not claims: a
colleague who looks does not make what somebody is writing stale.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from lamplighter_collector.errors import ClaimTaken, IllegalTransition
from lamplighter_collector.grouping.fingerprint import Audience

CLAIM_MS: Final = 30 * 60_000
UNDO_MS: Final = 30_000
LONGEST_WATCH_MS: Final = 400 * 24 * 60 * 60_000


class State(StrEnum):
    """The stored word; `reads_as` says what it means at a moment."""

    NEW = "new"
    CLAIMED = "claimed"
    WATCHING = "watching"
    ACTIONED = "actioned"
    NO_CONCERN = "no_concern"
    STAFF_ROUTED = "staff_routed"
    TEST = "test"


class Verb(StrEnum):
    """What a person does to an incident."""

    CLAIM = "claim"
    LET_GO = "let_go"
    DECIDE = "decide"
    UNDO = "undo"
    REOPEN = "reopen"


CLOSED: Final = frozenset({State.WATCHING, State.ACTIONED, State.NO_CONCERN, State.TEST})
_RANK: Final = (Audience.DSL, Audience.HEAD, Audience.CHAIR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One incident's place in the machine."""

    state: State
    audience: Audience
    version: int = 0
    claimed_by: str | None = None
    claimed_at_ms: int | None = None
    watch_until_ms: int | None = None
    outcome: str | None = None
    decided_by: str | None = None
    decided_at_ms: int | None = None


def reads_as(standing: Standing, now_ms: int) -> State:
    """What the state means now: ended watches, lapsed claims and items just routed are new."""
    match standing.state:
        case State.WATCHING if now_ms >= (standing.watch_until_ms or 0):
            return State.NEW
        case State.CLAIMED if now_ms >= claim_ends_ms(standing):
            return State.NEW
        case State.STAFF_ROUTED:
            return State.NEW
        case _:
            return standing.state


def is_open(standing: Standing, now_ms: int) -> bool:
    """Whether it belongs in a queue."""
    return reads_as(standing, now_ms) not in CLOSED


def claim_ends_ms(standing: Standing) -> int:
    return (standing.claimed_at_ms or 0) + CLAIM_MS


def watch_ended(standing: Standing, now_ms: int) -> bool:
    """Whether it is open because a watch came to its date; also after it was claimed."""
    until = standing.watch_until_ms
    return until is not None and now_ms >= until and is_open(standing, now_ms)


def can_undo(standing: Standing, *, by: str, now_ms: int) -> bool:
    return (
        standing.state in CLOSED
        and standing.decided_by == by
        and standing.decided_at_ms is not None
        and now_ms - standing.decided_at_ms <= UNDO_MS
    )


def claim(standing: Standing, *, by: str, now_ms: int) -> Standing:
    """Say that ``by`` is looking; claiming again renews it.

    Raises:
        ClaimTaken: a colleague's claim has not lapsed.
        IllegalTransition: the incident is closed.
    """
    reading = reads_as(standing, now_ms)
    if reading is State.CLAIMED and standing.claimed_by != by:
        raise ClaimTaken(standing.claimed_by or "", standing.claimed_at_ms or 0)
    if reading not in {State.NEW, State.CLAIMED}:
        raise IllegalTransition(standing.state, Verb.CLAIM)
    return Standing(
        state=State.CLAIMED,
        audience=standing.audience,
        version=standing.version,
        claimed_by=by,
        claimed_at_ms=now_ms,
        watch_until_ms=standing.watch_until_ms,
    )


def let_go(standing: Standing, *, by: str) -> Standing:
    """Give up one's own claim.

    Raises:
        IllegalTransition: it is not claimed, or by somebody else.
    """
    if standing.state is not State.CLAIMED or standing.claimed_by != by:
        raise IllegalTransition(standing.state, Verb.LET_GO)
    return replace(standing, state=State.NEW, claimed_by=None, claimed_at_ms=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """The part of a decision that moves an incident."""

    outcome: str
    state: State
    watch_until_ms: int | None = None
    audience: Audience | None = None
    """Who reads it from now on; only with `State.STAFF_ROUTED`."""


def decide(standing: Standing, ruling: Ruling, *, by: str, now_ms: int) -> Standing:
    """Close an open incident, or route it to a higher audience.

    Raises:
        IllegalTransition: it is closed already, the watch has no sensible date, or the route does not rise.
    """
    if not is_open(standing, now_ms) or not _is_sound(standing, ruling, now_ms):
        raise IllegalTransition(standing.state, Verb.DECIDE)
    return Standing(
        state=ruling.state,
        audience=ruling.audience or standing.audience,
        version=standing.version + 1,
        watch_until_ms=ruling.watch_until_ms,
        outcome=ruling.outcome,
        decided_by=by,
        decided_at_ms=now_ms,
    )


def undo(standing: Standing, *, by: str, now_ms: int) -> Standing:
    """Take back one's own decision; it is then claimed by the same person.

    Raises:
        IllegalTransition: more than 30 seconds ago, somebody else's, or routed as being about staff.
    """
    if not can_undo(standing, by=by, now_ms=now_ms):
        raise IllegalTransition(standing.state, Verb.UNDO)
    return Standing(
        state=State.CLAIMED,
        audience=standing.audience,
        version=standing.version + 1,
        claimed_by=by,
        claimed_at_ms=now_ms,
    )


def reopen(standing: Standing, *, now_ms: int) -> Standing:
    """Make a closed incident new.

    Raises:
        IllegalTransition: it is open.
    """
    if is_open(standing, now_ms):
        raise IllegalTransition(standing.state, Verb.REOPEN)
    return Standing(state=State.NEW, audience=standing.audience, version=standing.version + 1)


def staff_audience(audience: Audience, *, routed: Audience) -> Audience | None:
    """Who reads an item that is about staff after all; None above the chair.

    Args:
        audience: who reads it now: it goes at least one step further.
        routed: where items about this member of staff go: the head, or the chair for the head's own.
    """
    further = _RANK[_RANK.index(audience) + 1 :]
    return max(routed, further[0], key=_RANK.index) if further else None


def _is_sound(standing: Standing, ruling: Ruling, now_ms: int) -> bool:
    watches, routes = ruling.state is State.WATCHING, ruling.state is State.STAFF_ROUTED
    until, audience = ruling.watch_until_ms, ruling.audience
    if ruling.state not in CLOSED and not routes:
        return False
    if watches != (until is not None) or routes != (audience is not None):
        return False
    if until is not None and not now_ms < until <= now_ms + LONGEST_WATCH_MS:
        return False
    return audience is None or _RANK.index(audience) > _RANK.index(standing.audience)
