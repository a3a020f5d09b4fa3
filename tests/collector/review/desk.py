"""A desk for tests of what people do to incidents: people, a clock that stands still, and forms."""

import itertools

from lamplighter_collector.audit.models import audit
from lamplighter_collector.audit.services import WHY
from lamplighter_collector.grouping.routing import Routes
from lamplighter_collector.people.person import Person
from lamplighter_collector.people.roles import Role
from lamplighter_collector.review.deciding import Deciding, Stamp
from lamplighter_collector.review.models import decisions, incidents
from lamplighter_collector.review.outcomes import Answers, Outcome
from lamplighter_collector.review.states import State
from sqlalchemy import Engine

from tests.collector.items import SEALS
from tests.collector.stores import rows
from tests.support.collector import ORGANISATION

NOW = 1_795_248_600_000
DAY = 24 * 60 * 60_000
_nonces = itertools.count(1)


def person(account: str, *roles: Role, own: frozenset[str] = frozenset()) -> Person:
    return Person(account=account, name=account.title(), roles=frozenset(roles), own_subjects=own)


WREN = person("wren", Role.DSL)
DEV = person("dev", Role.DEPUTY)
HEAD = person("head", Role.HEADTEACHER)
CHAIR = person("chair", Role.CHAIR)
TECHNICIAN = person("tess", Role.TECHNICIAN)

NO_CONCERN = Answers(
    outcome=Outcome.NO_CONCERN,
    state=State.NO_CONCERN,
    reason="media",
    texts={"sentence": "Words of a song.", "note": "Asked the zebra herself."},
)
STAFF = Answers(outcome=Outcome.STAFF, state=State.STAFF_ROUTED, texts={})
WATCH = Answers(outcome=Outcome.WATCH, state=State.WATCHING, watch_until_ms=NOW + DAY, texts={})


def stamp(version: int = 0, nonce: str = "") -> Stamp:
    return Stamp(version=version, nonce=nonce or f"nonce-{next(_nonces)}")


class Desk:
    """`Deciding` on one engine with a clock of its own."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.seals = SEALS
        self.now = NOW
        self.routes = Routes()
        """Where items about linked people go; nobody is linked unless a test says so."""
        self.deciding = Deciding(
            engine, ORGANISATION, SEALS, routes=lambda _: self.routes, clock=lambda: self.now
        )

    def incident(self, **where: object) -> str:
        """The only incident, or the only one of which ``where`` is true."""
        found = [
            row
            for row in rows(self.engine, incidents, "id", *where)
            if all(value == row[place] for place, value in enumerate(where.values(), start=1))
        ]
        ((incident, *_),) = found
        return str(incident)

    def standing(self, incident: str) -> tuple[object, ...]:
        """State, audience, version and who claimed it."""
        (found,) = [
            row
            for row in rows(self.engine, incidents, "id", "state", "audience", "version", "claimed_by")
            if row[0] == incident
        ]
        return found[1:]

    def recorded(self) -> list[tuple[object, ...]]:
        return rows(self.engine, decisions, "number", "by", "verb", "from_state", "to_state", "outcome")

    def audited(self) -> list[tuple[object, ...]]:
        """Who did what to what, and the reason opened."""
        return [
            (actor, verb, thing, why and self.seals.open("", WHY, why))
            for _, actor, verb, thing, why in rows(
                self.engine, audit, "number", "actor", "verb", "object", "why"
            )
        ]
