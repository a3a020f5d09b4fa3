"""Asks a person in a session of Windows, by a process of that person which shows Windows' own dialog.

The service has no desktop that a person sees. The process answers by its exit code; one that was closed, or
ended from outside, gave no answer.
"""

import asyncio
from collections.abc import Callable, Sequence

from lamplighter_agent.backends.asked import (
    BUTTONS,
    OPTIONS,
    UNSHOWN,
    Asked,
    argument_of,
    chosen,
    was_shown,
)
from lamplighter_agent.launching import GraphicalSession
from lamplighter_agent.notice.asking import Answer, Bar, Form, Question
from lamplighter_agent.notice.languages import language_of
from lamplighter_agent.pipe_door import Started

ENDS_WITHIN_S = 1.0
_ANSWERS = (Answer.YES, Answer.NO, Answer.OTHER)


def own_command(interpreter: str, *words: str) -> list[str]:
    """Return the command line of one of our verbs."""
    return [interpreter, "-I", "-m", "lamplighter_agent", *words]


class SessionDialogs:
    """Fulfils `Asks`. `start` runs a program as the session's person, and raises `OSError` where it can't."""

    def __init__(self, start: Callable[[GraphicalSession, Sequence[str]], Started], interpreter: str) -> None:
        self._start = start
        self._interpreter = interpreter
        self._showing: dict[asyncio.Task[int], Started] = {}

    async def ask(self, session: GraphicalSession, question: Question) -> Answer:
        """Return what the person answered, whenever that is."""
        buttons = (question.yes, question.no, question.other if question.no else "")
        asked = Asked(
            title=question.title,
            text=question.text,
            buttons=tuple(filter(None, buttons)),
            seconds=question.seconds,
            right_to_left=_right_to_left(session),
        )
        code = await self._shown(session, asked)
        place = chosen(code, len(asked.buttons), BUTTONS)
        return _closed(code) if place is None else _ANSWERS[place]

    async def fill(self, session: GraphicalSession, form: Form) -> str | Answer:
        """Return the number of the option, from 0, else how it was closed; a line can't be entered here."""
        if not form.options:
            return Answer.UNSHOWN
        asked = Asked(
            title=form.title,
            text=form.text,
            buttons=(form.ok, form.cancel),
            options=form.options,
            right_to_left=_right_to_left(session),
        )
        code = await self._shown(session, asked)
        place = chosen(code, len(form.options), OPTIONS)
        if place is not None:
            return str(place)
        return Answer.NO if chosen(code, len(asked.buttons), BUTTONS) else _closed(code)

    def progress(self, session: GraphicalSession, title: str, text: str) -> Bar | None:
        """Show nothing: what is told at the end of it is told."""
        del session, title, text
        return None

    async def stop(self) -> None:
        """Take away what still shows: nobody would hear the answer."""
        showing = dict(self._showing)
        for process in showing.values():
            process.kill()
        if showing:
            await asyncio.wait(showing, timeout=ENDS_WITHIN_S)

    async def _shown(self, session: GraphicalSession, asked: Asked) -> int:
        """Show it until it ends; return its exit code."""
        try:
            process = self._start(session, own_command(self._interpreter, "ask", argument_of(asked)))
        except OSError:
            return UNSHOWN
        ended = asyncio.create_task(_until_ended(process), name="dialog")
        self._showing[ended] = process
        ended.add_done_callback(lambda _: self._showing.pop(ended))
        try:
            return await asyncio.shield(ended)
        finally:
            if not ended.done():
                process.kill()


async def _until_ended(process: Started) -> int:
    return await process.ended()


def _closed(code: int) -> Answer:
    return Answer.CLOSED if was_shown(code) else Answer.UNSHOWN


def _right_to_left(session: GraphicalSession) -> bool:
    return language_of(session.environment.get("LANG")).direction == "rtl"
