"""What happens when somebody presses "I need help" on the strip.

It asks once, so that a slip of the mouse tells nobody; where no dialog can be shown, or asking fails, the
press itself counts. A press that can't be recorded says so: nothing here ends in silence.
It works whatever the hours and whether or not anything may be sensed. Only a device that can tell nobody, one
that is not enrolled or has ended, says so instead. One question at a time in each session.

The same dialog has, where it has room for a third choice, "Somebody else is using this device". That asks for
no help; it labels what is recorded in this session from then on (`somebody_else.py`).
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from lamplighter_protos.v1 import detection_pb2 as pb

from lamplighter_agent.clock import Clock
from lamplighter_agent.detection import Detection, Speaker, new_id
from lamplighter_agent.launching import GraphicalSession, SessionKey
from lamplighter_agent.notice.asking import Answer, Asks, Question
from lamplighter_agent.notice.languages import HelpWords, filled, language_of
from lamplighter_agent.supervision import told_at_once

_log = structlog.get_logger(__name__)
THEME = "help-seeking"
SEVERITY = 3
TERM = "help-button"


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpPorts:
    """What a press leads to. `can_tell` is asked at each press."""

    found: Callable[[Detection], None]
    can_tell: Callable[[], bool]
    open_page: Callable[[GraphicalSession], None]
    somebody_else: Callable[[GraphicalSession], None]


def detection_of(speaker: Speaker, clock: Clock) -> Detection:
    """Return what is recorded. Each press has a term of its own: repeats of one term are only counted."""
    now = clock.now()
    made = new_id(now)
    return Detection(
        id=made,
        observed_at=now,
        source=pb.SOURCE_HELP_BUTTON,
        severity=SEVERITY,
        user=speaker.user,
        user_kind=speaker.kind,
        identity=speaker.identity,
        place=speaker.place,
        theme=THEME,
        term=f"{TERM}:{made.hex()}",
        addends=(('pressed "I need help"', SEVERITY),),
    )


class HelpButton:
    """Answers presses; everything happens on the service's loop."""

    def __init__(self, organisation: str, dialogs: Asks, clock: Clock, ports: HelpPorts) -> None:
        self._organisation = organisation
        self._dialogs = dialogs
        self._clock = clock
        self._ports = ports
        self._asking: dict[SessionKey, asyncio.Task[None]] = {}

    def pressed(self, session: GraphicalSession, speaker: Speaker) -> None:
        """Ask, in this session; returns at once."""
        last = self._asking.get(session.key)
        if last is None or last.done():
            asking = asyncio.create_task(self._ask(session, speaker), name="help")
            self._asking[session.key] = told_at_once(asking)

    @property
    def asking(self) -> bool:
        """Whether a question stands in some session."""
        return any(not task.done() for task in self._asking.values())

    async def stop(self) -> None:
        """Ask nobody any more."""
        tasks = list(self._asking.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _ask(self, session: GraphicalSession, speaker: Speaker) -> None:
        words = language_of(session.environment.get("LANG")).help
        if not self._can_tell():
            await self._tell(session, words, words.unreachable)
            return
        question = Question(
            title=words.title,
            text=self._said(words.ask),
            yes=words.yes,
            no=words.no,
            other=words.other,
        )
        answer = await self._answer(session, question)
        if answer is Answer.OTHER:
            self._ports.somebody_else(session)
            await self._tell(session, words, words.other_told, title=words.other)
            return
        if answer not in {Answer.YES, Answer.UNSHOWN}:
            return
        told = self._recorded(speaker)
        await self._tell(session, words, words.told if told else words.unreachable)

    def _recorded(self, speaker: Speaker) -> bool:
        """Whether the school is told. Asked again: the device may have ended while the question stood."""
        if not self._can_tell():
            return False
        try:
            self._ports.found(detection_of(speaker, self._clock))
        except Exception as error:  # noqa: BLE001 - who asked for help must hear that nobody was told
            _log.error("help_not_recorded", problem=type(error).__name__)
            return False
        return True

    def _can_tell(self) -> bool:
        try:
            return self._ports.can_tell()
        except Exception as error:  # noqa: BLE001 - not known counts as no: it is said, not left silent
            _log.error("help_not_known", problem=type(error).__name__)
            return False

    async def _answer(self, session: GraphicalSession, question: Question) -> Answer:
        try:
            return await self._dialogs.ask(session, question)
        except Exception as error:  # noqa: BLE001 - whatever it is, the press was made
            _log.error("help_not_asked", problem=type(error).__name__)
            return Answer.UNSHOWN

    async def _tell(self, session: GraphicalSession, words: HelpWords, text: str, *, title: str = "") -> None:
        said = Question(title=title or words.title, text=self._said(text), yes=words.close)
        if await self._answer(session, said) is Answer.UNSHOWN:
            self._ports.open_page(session)

    def _said(self, text: str) -> str:
        return filled(text, self._organisation)
