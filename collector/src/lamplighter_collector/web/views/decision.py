"""``/incidents/<id>/...``: what a person does to an incident. Each is a form that works without JavaScript.

Whatever a form holds comes back with the answer when it could not be saved: because a question is open (422),
because somebody decided first (409), or because the store can't be written (503). Where there is nothing for
this person, what they wrote comes back too, whether the incident exists or not.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from lamplighter_collector.clock import now_ms
from lamplighter_collector.errors import (
    AnswersInvalid,
    ClaimTaken,
    IllegalTransition,
    NonceMisused,
    StaleDecision,
    StoreUnavailable,
)
from lamplighter_collector.people.person import Person
from lamplighter_collector.people.visits import Visit
from lamplighter_collector.review import queue
from lamplighter_collector.review.deciding import Decided, Deciding, Stamp, sent_before
from lamplighter_collector.review.outcomes import NOTE, REASON, answers_from, outcome_words, reason_from
from lamplighter_collector.review.states import State, Verb
from lamplighter_collector.web.case import Case, Message, Shown, read_case, values_of_case
from lamplighter_collector.web.desk import Desk
from lamplighter_collector.web.forms import Form, new_nonce, stamp_of, values_of, written
from lamplighter_collector.web.gate import incident_of, visit_of
from lamplighter_collector.web.moments import moment_words
from lamplighter_collector.web.pages import nothing_here, page
from lamplighter_collector.web.wording import reference_of, row_of

NOT_SAVED = Message(
    title="Not saved yet. Lamplighter can't write just now",
    lines=("What you chose and wrote is still in this page. Tell your technician, then save it again.",),
)
INCOMPLETE = Message(
    title="Not saved yet. The form was incomplete", lines=("Look at it once more and save it again.",)
)
SENT_BEFORE = Message(
    title="Not saved. This form was used before", lines=("Look at what follows and save it again.",)
)
TOO_LATE = Message(
    title="Undo has closed", lines=("It is open for 30 seconds. You can reopen the item with a reason.",)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sent:
    """One form: who sent it, for which incident, and its fields."""

    visit: Visit
    incident: str
    values: Mapping[str, str] = field(repr=False)

    @property
    def person(self) -> Person:
        return self.visit.person


class _Act(ABC):
    """One verb: reads the form, tries, and answers with the incident's page when it can't be done."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def __call__(self, request: Request) -> Response:
        sent = _Sent(
            visit=visit_of(request),
            incident=incident_of(request),
            values=values_of(await request.form()),
        )
        case = await read_case(self._desk, sent.person, sent.incident)
        if case is None:
            return await self._not_here(sent)
        try:
            done = await self._act(sent, case)
        except AnswersInvalid as error:
            return self._page(sent, case, Shown(form=_kept(sent, case, error.problems)), 422)
        except NonceMisused:
            return self._page(sent, case, Shown(form=_kept(sent, case), message=SENT_BEFORE), 409)
        except StoreUnavailable:
            # With the same number: it may have been stored after all.
            again = replace(_kept(sent, case), nonce=sent.values.get("nonce") or new_nonce())
            return self._page(sent, case, Shown(form=again, message=NOT_SAVED), 503)
        except (StaleDecision, IllegalTransition, ClaimTaken) as error:
            return await self._overtaken(sent, error)
        return done or await self._not_here(sent)

    @abstractmethod
    async def _act(self, sent: _Sent, case: Case) -> Response | None:
        """None when the incident went to others meanwhile."""

    def _page(self, sent: _Sent, case: Case, shown: Shown, status: int) -> Response:
        return page(
            "incident.html",
            visit=sent.visit,
            status=status,
            organisation=self._desk.organisation,
            **values_of_case(case, shown),
        )

    async def _not_here(self, sent: _Sent) -> Response:
        return nothing_here(self._desk.organisation, visit=sent.visit, kept=written(sent.values))

    async def _overtaken(self, sent: _Sent, error: Exception) -> Response:
        """The page as it is now, with who was first and what was not sent."""
        case = await read_case(self._desk, sent.person, sent.incident)
        if case is None:
            return await self._not_here(sent)
        message, form = _overtaken_by(case, error), Form(version=case.standing.version)
        if case.is_open:
            return self._page(sent, case, Shown(form=replace(form, values=sent.values), message=message), 409)
        reason = sent.values.get(REASON) or sent.values.get(NOTE, "")
        form = replace(form, values={REASON: reason})
        return self._page(sent, case, Shown(form=form, message=message, kept=written(sent.values)), 409)


class Claim(_Act):
    """Say that one is looking."""

    async def _act(self, sent: _Sent, case: Case) -> Response | None:
        done = await self._desk.change(lambda deciding: deciding.claim(sent.person, case.incident.id))
        return _back_to(case) if done else None


class LetGo(_Act):
    """Give up one's claim."""

    async def _act(self, sent: _Sent, case: Case) -> Response | None:
        done = await self._desk.change(lambda deciding: deciding.let_go(sent.person, case.incident.id))
        return _back_to(case) if done else None


class Decide(_Act):
    """Save a decision; the answer offers to undo it."""

    async def _act(self, sent: _Sent, case: Case) -> Response | None:
        now = datetime.now().astimezone()
        answers = answers_from(sent.values, audience=case.standing.audience, now=now)
        stamp = stamp_of(sent.values)
        if stamp is None:
            return self._page(sent, case, Shown(form=_kept(sent, case), message=INCOMPLETE), 422)
        done = await self._desk.change(
            lambda deciding: deciding.decide(sent.person, case.incident.id, answers, stamp=stamp)
        )
        return await self._saved(sent.visit, done) if done else None

    async def _not_here(self, sent: _Sent) -> Response:
        """Sent twice, the form of an item that has gone to others is answered as it was the first time."""
        stamp = stamp_of(sent.values)
        if stamp is not None:
            known = await self._desk.reader.read(
                lambda connection: sent_before(
                    connection,
                    self._desk.organisation,
                    sent.incident,
                    person=sent.person,
                    nonce=stamp.nonce,
                )
            )
            if known is not None and known.verb is Verb.DECIDE:
                return await self._saved(sent.visit, known)
        return await super()._not_here(sent)

    async def _saved(self, visit: Visit, done: Decided) -> Response:
        desk = self._desk
        pending = await desk.reader.read(
            lambda connection: queue.pending(
                connection, desk.organisation, visit.person, seals=desk.seals, now_ms=now_ms()
            )
        )
        return page(
            "saved.html",
            visit=visit,
            organisation=desk.organisation,
            incident=done.incident,
            reference=reference_of(done.incident),
            words=outcome_words(done.outcome, done.reason),
            routed=done.state is State.STAFF_ROUTED,
            form=Form(version=done.number),
            left=pending.total,
            next=row_of(pending.incidents[0]) if pending.incidents else None,
        )


class Undo(_Act):
    """Take one's decision back."""

    async def _act(self, sent: _Sent, case: Case) -> Response | None:
        stamp = _stamp(sent)
        done = await self._desk.change(
            lambda deciding: deciding.undo(sent.person, case.incident.id, stamp=stamp)
        )
        return _back_to(case) if done else None


class Reopen(_Act):
    """Make a closed item new."""

    async def _act(self, sent: _Sent, case: Case) -> Response | None:
        stamp, reason = _stamp(sent), reason_from(sent.values)

        def reopen(deciding: Deciding) -> Decided | None:
            return deciding.reopen(sent.person, case.incident.id, reason=reason, stamp=stamp)

        done = await self._desk.change(reopen)
        return _back_to(case) if done else None


ACTS: Final = {"claim": Claim, "let-go": LetGo, "decide": Decide, "undo": Undo, "reopen": Reopen}
"""By the last part of their address."""


def _back_to(case: Case) -> Response:
    return RedirectResponse(f"/incidents/{case.incident.id}", 303)


def _stamp(sent: _Sent) -> Stamp:
    """Of a form that changes nothing without one.

    Raises:
        NonceMisused: it is missing.
    """
    stamp = stamp_of(sent.values)
    if stamp is None:
        raise NonceMisused
    return stamp


def _kept(sent: _Sent, case: Case, problems: Mapping[str, str] | None = None) -> Form:
    """The form once more, as it was sent; it still names the version that its writer read."""
    stamp = stamp_of(sent.values)
    version = stamp.version if stamp else case.standing.version
    return Form(version=version, values=sent.values, problems=problems or {})


def _overtaken_by(case: Case, error: Exception) -> Message:
    reader = case.reader
    if isinstance(error, ClaimTaken):
        since = moment_words(error.at_ms, reader.now_ms)
        title = f"{reader.name(error.by)} has been reviewing this since {since}"
        return Message(title=title, lines=("You can decide nevertheless.",))
    if isinstance(error, IllegalTransition) and error.verb == Verb.UNDO:
        return TOO_LATE
    if not case.record:
        return Message(title="This page was old", lines=("Here is the item as it is now.",))
    last = case.record[0]
    who, when = reader.name_or_you(last.by), moment_words(last.at_ms, reader.now_ms)
    if last.verb is Verb.DECIDE:
        return Message(
            title=f"{who} decided this at {when}, while you were writing",
            lines=(
                f"{who} chose “{outcome_words(last.outcome, last.reason)}”.",
                "What you wrote is safe below and has not been sent. You can reopen the item with a reason.",
            ),
        )
    return Message(
        title=f"{who} reopened this at {when}, while you were writing",
        lines=("What you wrote is safe below and has not been sent. Save it again if it still holds.",),
    )
