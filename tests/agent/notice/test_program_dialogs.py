"""Questions through a real process of ours, in which a pretended dialog gives the answers."""

import asyncio
import asyncio.subprocess
import sys
from pathlib import Path

import pytest
from lamplighter_agent.backends.macos import running
from lamplighter_agent.launching import Account, GraphicalSession
from lamplighter_agent.notice.asking import Answer, Form, Question
from lamplighter_agent.notice.program_dialogs import ProgramDialogs

from tests.support.waiting import until

pytestmark = pytest.mark.notice
PERSON = Account(name="anna", uid=501, gid=20, groups=(), home="/")
SESSION = GraphicalSession(display="console", account=PERSON, login="7")
QUESTION = Question(title="Help", text="Do you want help?", yes="Yes", no="No", other="Somebody else")
FORM = Form(title="Why", text="Why do you need it?", ok="Send", cancel="Close", options=("work", "school"))
DIALOG = """
import os, sys
from pathlib import Path
from lamplighter_agent.backends.dialog_port import Button, DialogEnd
from lamplighter_agent.dialog_command import serve

class Dialog:
    def __init__(self, words):
        Path({journal!r}).write_text("shown " + words.title + words.ok + words.cancel + words.other)
    def wait(self, seconds):
        return {end}
    def show_percent(self, percent):
        Path({journal!r}).write_text(f"{{percent}}")
    def take_away(self):
        Path({journal!r}).write_text("gone") if {end} is None else None

say = lambda line: os.write(1, line)
{before}
sys.exit(serve(0, say, Dialog))
"""


class Desk:
    """Where dialogs are shown."""

    def __init__(self, folder: Path, end: str = "None", *, before: str = "") -> None:
        self.journal = folder / "journal"
        self._script = DIALOG.format(journal=str(self.journal), end=end, before=before)
        self.processes: list[asyncio.subprocess.Process] = []
        self.dialogs = ProgramDialogs(self._begin)

    async def _begin(self, session: GraphicalSession) -> asyncio.subprocess.Process:
        assert session is SESSION
        self.processes.append(await running.begin([sys.executable, "-c", self._script], talks=True))
        return self.processes[-1]

    @property
    def says(self) -> str:
        return self.journal.read_text() if self.journal.exists() else ""

    async def closed(self) -> None:
        await self.dialogs.stop()
        assert all(process.returncode is not None for process in self.processes)


@pytest.mark.parametrize(
    ("button", "answer"),
    [("OK", Answer.YES), ("CANCEL", Answer.NO), ("OTHER", Answer.OTHER), ("CLOSED", Answer.CLOSED)],
)
async def test_each_button_is_an_answer(tmp_path: Path, button: str, answer: Answer) -> None:
    desk = Desk(tmp_path, f"DialogEnd(button=Button.{button})")
    assert await desk.dialogs.ask(SESSION, QUESTION) is answer
    assert desk.says == "shown HelpYesNoSomebody else"
    await desk.closed()


@pytest.mark.parametrize(
    ("end", "answer"),
    [
        ("DialogEnd(button=Button.OK, option=1)", "1"),
        ("DialogEnd(button=Button.OK, option=2)", Answer.CLOSED),
        ("DialogEnd(button=Button.CANCEL, option=1)", Answer.NO),
    ],
)
async def test_a_choice_is_one_of_those_that_were_offered(
    tmp_path: Path, end: str, answer: str | Answer
) -> None:
    desk = Desk(tmp_path, end)
    assert await desk.dialogs.fill(SESSION, FORM) == answer
    await desk.closed()


async def test_a_line_is_what_was_entered_and_an_empty_one_is_none(tmp_path: Path) -> None:
    code = Form(title="Code", text="Enter it", ok="OK", cancel="Close")
    desk = Desk(tmp_path, 'DialogEnd(button=Button.OK, line=" 48 12 ")')
    assert await desk.dialogs.fill(SESSION, code) == "48 12"
    empty = Desk(tmp_path, 'DialogEnd(button=Button.OK, line=" ")')
    assert await empty.dialogs.fill(SESSION, code) is Answer.CLOSED
    await desk.closed()
    await empty.closed()


async def test_a_question_that_is_taken_back_goes_away(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    asking = asyncio.create_task(desk.dialogs.ask(SESSION, QUESTION))
    await until(lambda: desk.says.startswith("shown"))
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    await until(lambda: desk.says == "gone")
    await desk.closed()


@pytest.mark.kill
async def test_a_dialog_that_somebody_ends_is_no_answer(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    asking = asyncio.create_task(desk.dialogs.ask(SESSION, QUESTION))
    await until(lambda: desk.says.startswith("shown"))
    desk.processes[0].kill()
    assert await asking is Answer.CLOSED
    await desk.closed()


@pytest.mark.fault
@pytest.mark.parametrize("before", ["sys.exit(3)", "say(b'x' * 100000); sys.exit(0)"])
async def test_a_program_that_shows_nothing_is_known_as_that(tmp_path: Path, before: str) -> None:
    desk = Desk(tmp_path, before=before)
    answer = await desk.dialogs.ask(SESSION, QUESTION)
    assert answer in {Answer.UNSHOWN, Answer.CLOSED}
    assert desk.says == ""
    await desk.closed()


async def test_where_no_program_can_be_started_nothing_is_shown() -> None:
    async def begin(_session: GraphicalSession) -> asyncio.subprocess.Process:
        return await running.begin(["/nowhere/agent"], talks=True)

    dialogs = ProgramDialogs(begin)
    assert await dialogs.ask(SESSION, QUESTION) is Answer.UNSHOWN
    assert await dialogs.fill(SESSION, FORM) is Answer.UNSHOWN
    bar = dialogs.progress(SESSION, "Check", "A stick")
    assert bar is not None
    await bar.ended
    await dialogs.stop()


async def test_a_bar_shows_the_last_of_what_it_was_fed_and_is_taken_away(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    bar = desk.dialogs.progress(SESSION, "Check", "A stick")
    assert bar is not None
    bar.feed("1")
    bar.feed("42")
    await until(lambda: desk.says == "42")
    bar.feed("rubbish")
    bar.feed("77")
    await until(lambda: desk.says == "77")
    bar.end()
    await bar.ended
    await until(lambda: desk.says == "gone")
    again = desk.dialogs.progress(SESSION, "Check", "A stick")
    assert again is not None
    # What still shows is taken away by the stop.
    await desk.closed()
    assert again.ended.done()
