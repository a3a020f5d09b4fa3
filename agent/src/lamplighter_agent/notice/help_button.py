"""What happens when somebody presses "I need help" on the strip.

It asks once, so that a slip of the mouse tells nobody; where no dialog can be shown, the press itself counts.
It works whatever the hours and whether or not anything may be sensed. Only a device that can tell nobody, one
that is not enrolled or has ended, says so instead. One question at a time in each session.

The same dialog has, where it has room for a third choice, "Somebody else is using this device". That asks for
no help; it labels what is recorded in this session from then on (`somebody_else.py`).
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from lamplighter_protos.v1 import detection_pb2 as pb

from lamplighter_agent.clock import Clock
from lamplighter_agent.detection import Detection, Speaker, new_id
from lamplighter_agent.launching import GraphicalSession
from lamplighter_agent.notice.dialog import Answer, Dialogs, Question
from lamplighter_agent.notice.languages import HelpWords, filled, language_of

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

    def __init__(self, organisation: str, dialogs: Dialogs, clock: Clock, ports: HelpPorts) -> None:
        self._organisation = organisation
        self._dialogs = dialogs
        self._clock = clock
        self._ports = ports
        self._asking: dict[tuple[str, str, int], asyncio.Task[None]] = {}

    def pressed(self, session: GraphicalSession, speaker: Speaker) -> None:
        """Ask, in this session; returns at once."""
        last = self._asking.get(session.key)
        if last is None or last.done():
            self._asking[session.key] = asyncio.create_task(self._ask(session, speaker), name="help")

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
        if not self._ports.can_tell():
            await self._tell(session, words, words.unreachable)
            return
        question = Question(
            title=words.title,
            text=self._said(words.ask),
            yes=words.yes,
            no=words.no,
            other=words.other,
        )
        answer = await self._dialogs.ask(session, question)
        if answer is Answer.OTHER:
            self._ports.somebody_else(session)
            await self._tell(session, words, words.other_told, title=words.other)
            return
        if answer not in {Answer.YES, Answer.UNSHOWN}:
            return
        # Asked again: the device may have ended while the question stood.
        can_tell = self._ports.can_tell()
        if can_tell:
            self._ports.found(detection_of(speaker, self._clock))
        await self._tell(session, words, words.told if can_tell else words.unreachable)

    async def _tell(self, session: GraphicalSession, words: HelpWords, text: str, *, title: str = "") -> None:
        said = Question(title=title or words.title, text=self._said(text), yes=words.close)
        if await self._dialogs.ask(session, said) is Answer.UNSHOWN:
            self._ports.open_page(session)

    def _said(self, text: str) -> str:
        return filled(text, self._organisation)
