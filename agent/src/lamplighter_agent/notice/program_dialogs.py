"""Questions in a dialog that a program of ours shows in the person's session (`dialog_command.py`).

The *service* asks, and starts a program for each dialog as the person; the words and the answer go through
its pipes. Closing its input takes the dialog away, whoever stands between us and it.
"""

import asyncio
import asyncio.subprocess
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final, TypeAlias

from lamplighter_agent import dialog_wire as wire
from lamplighter_agent.backends.dialog_port import Button, DialogEnd, DialogWords
from lamplighter_agent.launching import GraphicalSession
from lamplighter_agent.notice.asking import Answer, Bar, Form, Question

# Starting one takes a moment on a machine that is busy signing somebody in.
SHOWS_WITHIN_S: Final = 20.0
ENDS_WITHIN_S: Final = 3.0
_ANSWERS: Final = {
    Button.OK: Answer.YES,
    Button.CANCEL: Answer.NO,
    Button.OTHER: Answer.OTHER,
    Button.CLOSED: Answer.CLOSED,
}
# Starts the dialog's program for a session, with pipes; raises OSError where it can't.
Begin: TypeAlias = Callable[[GraphicalSession], Awaitable[asyncio.subprocess.Process]]


class ProgramDialogs:
    """Fulfils `Asks`, on the service's loop."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin
        self._bars: set[ProgramBar] = set()
        self._leaving: set[asyncio.Task[None]] = set()

    async def ask(self, session: GraphicalSession, question: Question) -> Answer:
        """Return what the person answered, whenever that is."""
        words = DialogWords(
            title=question.title,
            text=question.text,
            ok=question.yes,
            cancel=question.no,
            other=question.other,
            seconds=question.seconds,
        )
        end = await self._ended(session, words)
        return Answer.UNSHOWN if end is None else _ANSWERS[end.button]

    async def fill(self, session: GraphicalSession, form: Form) -> str | Answer:
        """Return the number of the option, from 0, or the line; else how it was closed."""
        words = DialogWords(
            title=form.title,
            text=form.text,
            ok=form.ok,
            cancel=form.cancel,
            options=form.options,
            line=not form.options,
        )
        end = await self._ended(session, words)
        if end is None or end.button is not Button.OK:
            return Answer.UNSHOWN if end is None else _ANSWERS[end.button]
        if form.options:
            return str(end.option) if 0 <= end.option < len(form.options) else Answer.CLOSED
        return end.line.strip() or Answer.CLOSED

    def progress(self, session: GraphicalSession, title: str, text: str) -> Bar | None:
        """Show how far something is: whole percent are fed to it."""
        bar = ProgramBar(self._begin(session), DialogWords(title=title, text=text, bar=True), self._leave)
        self._bars.add(bar)
        bar.ended.add_done_callback(lambda _: self._bars.discard(bar))
        return bar

    async def stop(self) -> None:
        """Take away what still shows; questions end with whoever asked them."""
        for bar in list(self._bars):
            bar.end()
        await asyncio.gather(*(bar.task for bar in self._bars), return_exceptions=True)
        await asyncio.gather(*self._leaving, return_exceptions=True)

    async def _ended(self, session: GraphicalSession, words: DialogWords) -> DialogEnd | None:
        """Show it and return how it ended; None where it could not be shown."""
        try:
            process = await self._begin(session)
        except OSError:
            return None
        try:
            return await _talk(process, words)
        finally:
            self._leave(process)

    def _leave(self, process: asyncio.subprocess.Process) -> None:
        """Close its input, so that it ends, and see to it."""
        leaving = asyncio.get_running_loop().create_task(_leave(process), name="dialog")
        self._leaving.add(leaving)
        leaving.add_done_callback(self._leaving.discard)


class ProgramBar:
    """Fulfils `Bar`."""

    def __init__(
        self,
        begun: Awaitable[asyncio.subprocess.Process],
        words: DialogWords,
        leave: Callable[[asyncio.subprocess.Process], None],
    ) -> None:
        """Begin to show it."""
        loop = asyncio.get_running_loop()
        self.ended: asyncio.Future[int] = loop.create_future()
        self._leave = leave
        self._percent = b""
        self._fed = asyncio.Event()
        self._over = False
        self.task = loop.create_task(self._show(begun, words), name="bar")

    def feed(self, line: str) -> None:
        """Show so many per cent; only the last of several counts."""
        if line.isdigit():
            self._percent = wire.percent_line(int(line))
            self._fed.set()

    def end(self) -> None:
        """Have it go away."""
        self._over = True
        self._fed.set()

    async def _show(self, begun: Awaitable[asyncio.subprocess.Process], words: DialogWords) -> None:
        try:
            process = await begun
        except OSError:
            self._done()
            return
        try:
            talking = asyncio.create_task(_talk(process, words), name="dialog")
            while not self._over and not talking.done():
                fed = asyncio.create_task(self._fed.wait(), name="percent")
                await asyncio.wait({fed, talking}, return_when=asyncio.FIRST_COMPLETED)
                fed.cancel()
                self._fed.clear()
                if process.stdin is not None and not self._over and not talking.done():
                    process.stdin.write(self._percent)
            talking.cancel()
            await asyncio.gather(talking, return_exceptions=True)
        finally:
            self._leave(process)
            self._done()

    def _done(self) -> None:
        if not self.ended.done():
            self.ended.set_result(0)


async def _talk(process: asyncio.subprocess.Process, words: DialogWords) -> DialogEnd | None:
    """Have it shown; return how it ended, None where it was not shown. One that breaks off was closed."""
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(wire.words_line(words))
        async with asyncio.timeout(SHOWS_WITHIN_S):
            shown = await process.stdout.readline()
        if shown != wire.SHOWN:
            return None
        return wire.read_end(await process.stdout.readline())
    except TimeoutError:
        return None
    except (ValueError, OSError):
        return DialogEnd(button=Button.CLOSED)


async def _leave(process: asyncio.subprocess.Process) -> None:
    assert process.stdin is not None
    process.stdin.close()
    ended = asyncio.create_task(process.wait(), name="dialog's end")
    _, late = await asyncio.wait({ended}, timeout=ENDS_WITHIN_S)
    if late:
        with suppress(ProcessLookupError):
            process.kill()
        await ended
