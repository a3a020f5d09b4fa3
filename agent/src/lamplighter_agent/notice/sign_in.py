"""The notice at sign-in: until an account has agreed to it nothing is sensed in its session.

Asked in the desktop's own dialog, in the session's language and for the reader's age; "Read more" opens the
page. Agreeing and declining are recorded without words, declining neutrally: it ends the session, and where
nobody can end it, sensing stays off. A closed dialog is no answer and is asked again; so is one that can't be
shown, or a question that failed, after growing pauses. Sensing stays off meanwhile. A school that has the
notice agreed to on paper says so in its signed policy; neither the strip nor the page goes away by that.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Final

import structlog
from lamplighter_keywords.policy.device_policy import DevicePolicy, NoticeMode
from lamplighter_protos.v1 import detection_pb2 as pb

from lamplighter_agent.clock import Clock
from lamplighter_agent.detection import Detection, NoticeAnswer, Speaker, UserKind, new_id
from lamplighter_agent.launching import GraphicalSession, SessionKey
from lamplighter_agent.notice.asking import Answer, Asks, Question
from lamplighter_agent.notice.consent import Consents, Terms, terms_of
from lamplighter_agent.notice.languages import VERSION, filled, language_of
from lamplighter_agent.supervision import told_at_once

_log = structlog.get_logger(__name__)
WAITING: Final = "nobody has agreed to the notice at sign-in yet"
DECLINED: Final = "the notice at sign-in was declined, and the session could not be ended"
UNSHOWN: Final = "the notice at sign-in can't be shown: no dialog works; on Linux, install zenity"
FAILED: Final = "asking for the notice at sign-in failed; it is asked again"
REASONS: Final = frozenset({WAITING, DECLINED, UNSHOWN, FAILED})
# After a dialog that was closed.
AGAIN_SECONDS = 20.0
# After one that could not be shown, or a question that failed: each pause is twice the last.
FIRST_TRY_SECONDS = 5.0
LAST_TRY_SECONDS = 600.0
ADULT: Final = "adult"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInPorts:
    """What an answer leads to. `policy` is None before the first lists; `end` says whether it could."""

    policy: Callable[[], DevicePolicy | None]
    found: Callable[[Detection], None]
    changed: Callable[[], None]
    open_page: Callable[[GraphicalSession], None]
    end: Callable[[GraphicalSession], Awaitable[bool]]


class SignInNotice:
    """Asks each account once for the words and the policy that hold; on the service's loop."""

    def __init__(
        self, organisation: str, dialogs: Asks, consents: Consents, clock: Clock, ports: SignInPorts
    ) -> None:
        self._organisation = organisation
        self._dialogs = dialogs
        self._consents = consents
        self._clock = clock
        self._ports = ports
        self._asking: dict[SessionKey, tuple[Terms, asyncio.Task[None]]] = {}
        self._refused: dict[tuple[str, Terms], str] = {}

    def why_not(self, user: str) -> str:
        """Return why this account may not be sensed; empty once it agreed, or where the school has paper."""
        terms = self._terms()
        if terms is None or self._consents.holds(user, terms):
            return ""
        return self._refused.get((user, terms), WAITING)

    def all_agreed(self, users: Iterable[str]) -> bool:
        """Say whether each of these accounts may be sensed: what is of no one account needs them all."""
        return not any(self.why_not(user) for user in users)

    def look(self, session: GraphicalSession, speaker: Speaker) -> None:
        """Ask in this session, unless it agreed, declined or is being asked already; returns at once."""
        terms = self._terms()
        asked, task = self._asking.get(session.key, (None, None))
        if task is not None and asked != terms:
            # The question that stands is about what holds no more.
            task.cancel()
        if terms is None or self.why_not(speaker.user) not in {WAITING, UNSHOWN, FAILED}:
            return
        if task is None or task.done() or asked != terms:
            asking = asyncio.create_task(self._ask(session, speaker, terms), name="notice")
            self._asking[session.key] = terms, told_at_once(asking)

    def leave(self, session: GraphicalSession) -> None:
        """Take the question away from a session that is over."""
        _, task = self._asking.pop(session.key, (None, None))
        if task is not None:
            task.cancel()

    async def stop(self) -> None:
        """Ask nobody any more."""
        tasks = [task for _, task in self._asking.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _terms(self) -> Terms | None:
        """What must be agreed to here; None where nothing must."""
        policy = self._ports.policy()
        if policy is None or policy.acknowledgement is NoticeMode.ON_PAPER:
            return None
        return terms_of(VERSION, policy)

    async def _ask(self, session: GraphicalSession, speaker: Speaker, terms: Terms) -> None:
        """Ask until there is an answer, whatever fails meanwhile."""
        pause = FIRST_TRY_SECONDS
        while True:
            why = await self._why_unanswered(session, speaker, terms)
            if not why:
                return
            self._refuse(speaker, terms, why)
            if why == WAITING:
                await asyncio.sleep(AGAIN_SECONDS)
                pause = FIRST_TRY_SECONDS
            else:
                await asyncio.sleep(pause)
                pause = min(pause * 2, LAST_TRY_SECONDS)

    async def _why_unanswered(self, session: GraphicalSession, speaker: Speaker, terms: Terms) -> str:
        """Ask once; return why there is no answer, empty where there is one."""
        try:
            return await self._asked(session, speaker, terms)
        except Exception as error:  # noqa: BLE001 - whatever it is, the question must not end by it
            _log.error("notice_failed", problem=type(error).__name__)
            # Who has declined is not asked again, even where ending the session failed.
            return "" if self.why_not(speaker.user) == DECLINED else FAILED

    async def _asked(self, session: GraphicalSession, speaker: Speaker, terms: Terms) -> str:
        language = language_of(session.environment.get("LANG"))
        words, age = language.notice, self._age(speaker.kind)
        question = Question(
            title=words.title,
            text=filled(words.ages[age], self._organisation),
            yes=words.agree,
            no=words.decline,
            other=words.more,
        )
        while (answer := await self._dialogs.ask(session, question)) is Answer.OTHER:
            self._ports.open_page(session)
        if answer not in {Answer.YES, Answer.NO}:
            return UNSHOWN if answer is Answer.UNSHOWN else WAITING
        said = NoticeAnswer(
            accepted=answer is Answer.YES,
            version=terms.version,
            policy=terms.policy,
            language=language.language,
            reading_age=age,
        )
        self._ports.found(record_of(speaker, said, self._clock))
        if said.accepted:
            self._consents.agree(speaker.user, terms)
        else:
            self._refuse(speaker, terms, DECLINED)
            await self._ports.end(session)
        self._ports.changed()
        return ""

    def _refuse(self, speaker: Speaker, terms: Terms, why: str) -> None:
        changed = self._refused.get((speaker.user, terms), WAITING) != why
        self._refused[speaker.user, terms] = why
        if changed:
            self._ports.changed()

    def _age(self, kind: UserKind) -> str:
        policy = self._ports.policy()
        return ADULT if kind == pb.USER_KIND_STAFF or policy is None else policy.reading_age.value


def record_of(speaker: Speaker, said: NoticeAnswer, clock: Clock) -> Detection:
    """Return what is recorded of an answer; each is a term of its own, so that none is only counted."""
    now = clock.now()
    made = new_id(now)
    return Detection(
        id=made,
        observed_at=now,
        source=pb.SOURCE_NOTICE,
        severity=0,
        user=speaker.user,
        user_kind=speaker.kind,
        identity=speaker.identity,
        term=f"notice:{made.hex()}",
        answer=said,
    )
