"""Claim, let go, decide, undo and reopen: each is one transaction that also writes its audit row.

- An incident that the person may not read is not there: every verb answers None, as for one that never was.
- A decision names the version that its writer read. When somebody decided meanwhile, nothing is changed and
  `StaleDecision` says who and when.
- A form carries a number of its own, the nonce. Sent twice it is done once, and answered twice alike.
- Two collectors on one database wait for each other: the organisation's revision is taken first and the
  incident's row is locked next, in the order in which ingest takes them.

Everything here runs on the writer thread.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, Engine, RowMapping, insert, select, update
from sqlalchemy.exc import IntegrityError

from lamplighter_collector.audit.services import WHY, AuditEntry, append
from lamplighter_collector.clock import now_ms
from lamplighter_collector.db.revisions import take_revision
from lamplighter_collector.errors import NonceMisused, StaleDecision
from lamplighter_collector.grouping.fingerprint import Audience
from lamplighter_collector.grouping.routing import Routes
from lamplighter_collector.ingest.detection import UserKind
from lamplighter_collector.keys.sealing import Seals
from lamplighter_collector.people.person import Person
from lamplighter_collector.review import states
from lamplighter_collector.review.access import may_read
from lamplighter_collector.review.departures import depart
from lamplighter_collector.review.models import decisions, incidents
from lamplighter_collector.review.outcomes import NOTE, Answers
from lamplighter_collector.review.standing import standing_of
from lamplighter_collector.review.states import Ruling, Standing, State, Verb

NOTE_FIELD: Final = "decisions.note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What a form knows of itself: the version of the incident that was read, and its own number."""

    version: int
    nonce: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What was stored for a form; the same for each time it is sent."""

    incident: str
    verb: Verb
    number: int
    at_ms: int
    state: State
    outcome: str
    reason: str


def sent_before(
    connection: Connection, organisation: str, incident: str, *, person: Person, nonce: str
) -> Decided | None:
    """What was stored when this person sent this form before, also when they may not read it any more."""
    row = _sent_before(connection, organisation, nonce)
    is_theirs = row is not None and (row["by"], row["incident"]) == (person.account, incident)
    return _decided(row) if row is not None and is_theirs else None


class _NotHere(Exception):
    """There is no such incident for this person. Rolls back."""


class Deciding:
    """What people do to the incidents of one organisation."""

    def __init__(
        self,
        engine: Engine,
        organisation: str,
        seals: Seals,
        *,
        routes: Callable[[Connection], Routes],
        clock: Callable[[], int] = now_ms,
    ) -> None:
        """``routes`` says where items about staff go, as the links of accounts are in a transaction."""
        self._engine = engine
        self._organisation = organisation
        self._seals = seals
        self._routes = routes
        self._now_ms = clock

    def claim(self, person: Person, incident: str) -> Standing | None:
        """Say that the person is looking at it.

        Raises:
            ClaimTaken: a colleague is.
            IllegalTransition: it is closed.
        """
        return self._claims(
            person,
            incident,
            Verb.CLAIM,
            lambda before, now: states.claim(before, by=person.account, now_ms=now),
        )

    def let_go(self, person: Person, incident: str) -> Standing | None:
        """Give up one's own claim.

        Raises:
            IllegalTransition: it is not the person's.
        """
        return self._claims(
            person, incident, Verb.LET_GO, lambda before, _: states.let_go(before, by=person.account)
        )

    def decide(self, person: Person, incident: str, answers: Answers, *, stamp: Stamp) -> Decided | None:
        """Close the incident, or route it away as being about staff.

        Raises:
            StaleDecision: somebody decided since the form's version.
            IllegalTransition: what is asked for is not possible.
            NonceMisused: the form's number belongs to another form.
        """

        def move(found: "_Found", now: int) -> Standing:
            ruling = Ruling(
                outcome=answers.outcome,
                state=answers.state,
                watch_until_ms=answers.watch_until_ms,
                audience=self._route(found) if answers.state is State.STAFF_ROUTED else None,
            )
            return states.decide(found.standing, ruling, by=person.account, now_ms=now)

        note = _Note(texts=dict(answers.texts), outcome=answers.outcome, reason=answers.reason)
        return self._records(person, incident, Verb.DECIDE, stamp, note, move)

    def undo(self, person: Person, incident: str, *, stamp: Stamp) -> Decided | None:
        """Take one's own decision back within 30 seconds.

        Raises:
            StaleDecision, IllegalTransition, NonceMisused: as for `decide`.
        """

        def move(found: "_Found", now: int) -> Standing:
            return states.undo(found.standing, by=person.account, now_ms=now)

        return self._records(person, incident, Verb.UNDO, stamp, _Note(), move)

    def reopen(self, person: Person, incident: str, *, reason: str, stamp: Stamp) -> Decided | None:
        """Make a closed incident new, with the reason on record.

        Raises:
            StaleDecision, IllegalTransition, NonceMisused: as for `decide`.
        """

        def move(found: "_Found", now: int) -> Standing:
            return states.reopen(found.standing, now_ms=now)

        return self._records(person, incident, Verb.REOPEN, stamp, _Note(texts={NOTE: reason}), move)

    def _claims(
        self, person: Person, incident: str, verb: Verb, move: Callable[[Standing, int], Standing]
    ) -> Standing | None:
        try:
            with self._change(incident) as (connection, found, revision):
                here = _for(person, found)
                after = move(here.standing, self._now_ms())
                _save(connection, here, after, revision)
                append(connection, self._audit(person, verb, incident))
        except _NotHere:
            return None
        return after

    def _records(
        self,
        person: Person,
        incident: str,
        verb: Verb,
        stamp: Stamp,
        note: "_Note",
        move: Callable[["_Found", int], Standing],
    ) -> Decided | None:
        try:
            with self._change(incident) as (connection, found, revision):
                known = _sent_before(connection, self._organisation, stamp.nonce)
                if known is not None:
                    return _again(known, person, incident, verb)
                here = _for(person, found)
                _refuse_stale(connection, here, stamp)
                now = self._now_ms()
                after = move(here, now)
                _save(connection, here, after, revision)
                row = self._row(here, after, now) | {
                    "nonce": stamp.nonce,
                    "by": person.account,
                    "verb": verb,
                    "outcome": note.outcome,
                    "reason": note.reason,
                    "note": self._sealed(here.subject, note),
                }
                _insert(connection, row)
                append(connection, self._audit(person, verb, incident, note.code))
        except _NotHere:
            return None
        return _decided(row)

    @contextmanager
    def _change(self, incident: str) -> Iterator[tuple[Connection, "_Found | None", int]]:
        with self._engine.begin() as connection:
            revision = take_revision(connection, self._organisation)
            yield connection, _find(connection, self._organisation, incident), revision

    def _route(self, found: "_Found") -> Audience | None:
        routed = self._routes(found.connection).audience(UserKind.STAFF, found.subject)
        return states.staff_audience(found.standing.audience, routed=routed)

    def _row(self, found: "_Found", after: Standing, now: int) -> dict[str, object]:
        return {
            "organisation": self._organisation,
            "incident": found.incident,
            "subject": found.subject,
            "number": after.version,
            "at": now,
            "from_state": found.standing.state,
            "to_state": after.state,
            "from_audience": found.standing.audience,
        }

    def _sealed(self, subject: str, note: "_Note") -> bytes | None:
        if not note.texts:
            return None
        text = json.dumps(note.texts, ensure_ascii=False, sort_keys=True)
        return bytes(self._seals.seal(subject, NOTE_FIELD, text))

    def _audit(self, person: Person, verb: Verb, incident: str, code: str = "") -> AuditEntry:
        return AuditEntry(
            organisation=self._organisation,
            actor=person.account,
            role=person.role_text,
            verb=f"incident-{verb.replace('_', '-')}",
            object=incident,
            why=bytes(self._seals.seal("", WHY, code)) if code else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """An incident's row as the machine sees it, locked until the transaction ends."""

    connection: Connection = field(repr=False)
    organisation: str
    incident: str
    subject: str
    theme: str
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class _Note:
    texts: dict[str, str] | None = None
    outcome: str = ""
    reason: str = ""

    @property
    def code(self) -> str:
        """For the audit row: fixed words only, since it outlives the subject's key."""
        return f"{self.outcome}: {self.reason}" if self.reason else self.outcome

    def __repr__(self) -> str:
        return f"_Note({self.code})"


def _find(connection: Connection, organisation: str, incident: str) -> _Found | None:
    query = select(incidents).where(incidents.c.organisation == organisation, incidents.c.id == incident)
    row = connection.execute(query.with_for_update()).first()
    if row is None:
        return None
    return _Found(
        connection=connection,
        organisation=organisation,
        incident=row.id,
        subject=row.subject,
        theme=row.theme,
        standing=standing_of(row),
    )


def _for(person: Person, found: _Found | None) -> _Found:
    if found is None or not may_read(person, found.standing.audience, found.subject, theme=found.theme):
        raise _NotHere
    return found


def _save(connection: Connection, found: _Found, after: Standing, revision: int) -> None:
    connection.execute(
        update(incidents)
        .where(incidents.c.organisation == found.organisation, incidents.c.id == found.incident)
        .values(
            state=after.state,
            audience=after.audience,
            version=after.version,
            claimed_by=after.claimed_by,
            claimed_at=after.claimed_at_ms,
            watch_until=after.watch_until_ms,
            outcome=after.outcome,
            decided_by=after.decided_by,
            decided_at=after.decided_at_ms,
            revision=revision,
        )
    )
    before = found.standing.audience
    if after.audience is not before:
        depart(connection, found.organisation, [(found.incident, before)], revision=revision)


def _insert(connection: Connection, row: dict[str, object]) -> None:
    try:
        connection.execute(insert(decisions).values(row))
    except IntegrityError:
        # Only the nonce can clash: the incident's row is locked, and with it the decision's number.
        raise NonceMisused from None


def _sent_before(connection: Connection, organisation: str, nonce: str) -> RowMapping | None:
    query = select(decisions).where(decisions.c.organisation == organisation, decisions.c.nonce == nonce)
    return connection.execute(query).mappings().first()


def _again(row: RowMapping, person: Person, incident: str, verb: Verb) -> Decided:
    if (row["by"], row["incident"], row["verb"]) != (person.account, incident, verb):
        raise NonceMisused
    return _decided(row)


def _decided(row: RowMapping | dict[str, Any]) -> Decided:
    return Decided(
        incident=row["incident"],
        verb=Verb(row["verb"]),
        number=row["number"],
        at_ms=row["at"],
        state=State(row["to_state"]),
        outcome=row["outcome"],
        reason=row["reason"],
    )


def _refuse_stale(connection: Connection, found: _Found, stamp: Stamp) -> None:
    if stamp.version == found.standing.version:
        return
    last = connection.execute(
        select(decisions.c.by, decisions.c.at)
        .where(decisions.c.organisation == found.organisation, decisions.c.incident == found.incident)
        .order_by(decisions.c.number.desc())
        .limit(1)
    ).first()
    raise StaleDecision(last.by if last else "", last.at if last else 0)
