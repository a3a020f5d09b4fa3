"""Questions by a process in a session of Windows: its exit code is the answer."""

import asyncio
from collections.abc import Sequence
from typing import Final

import pytest
from lamplighter_agent.backends.asked import BUTTONS, CLOSED, OPTIONS, UNSHOWN, Asked, asked_of
from lamplighter_agent.launching import Account, GraphicalSession
from lamplighter_agent.notice.asking import Answer, Form, Question
from lamplighter_agent.session_dialogs import SessionDialogs

from tests.agent.test_pipe_door import Ended
from tests.support.waiting import until

pytestmark = pytest.mark.notice
PUPIL = Account(name="pupil", uid=1, gid=0, groups=(), home="")
ASKED = Question(title="A title", text="Is it so?", yes="Yes", no="No", other="Other")
TOLD = Question(title="A title", text="That is so.", yes="OK", other="never shown", seconds=7)
FORM = Form(title="A title", text="Which?", ok="OK", cancel="Cancel", options=("one", "two"))
KILLED: Final = 1


def session(language: str = "en") -> GraphicalSession:
    return GraphicalSession(display="session 1", account=PUPIL, environment={"LANG": language})


class Screen:
    """Starts what shows dialogs; a test ends them."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.shown: list[Ended] = []
        self.refuses = False

    def start(self, _session: GraphicalSession, command: Sequence[str]) -> Ended:
        if self.refuses:
            raise OSError(5, "denied")
        assert list(command[:-1]) == ["python", "-I", "-m", "lamplighter_agent", "ask"]
        self.asked.append(asked_of(command[-1]))
        self.shown.append(Ended(len(self.shown)))
        return self.shown[-1]

    async def answers(self, code: int) -> None:
        await until(lambda: bool(self.shown))
        self.shown[-1].code.set_result(code)


async def asking(screen: Screen, question: Question, code: int) -> Answer:
    dialogs = SessionDialogs(screen.start, "python")
    answer, _ = await asyncio.gather(dialogs.ask(session(), question), screen.answers(code))
    return answer


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        (BUTTONS, Answer.YES),
        (BUTTONS + 1, Answer.NO),
        (BUTTONS + 2, Answer.OTHER),
        (CLOSED, Answer.CLOSED),
        (KILLED, Answer.CLOSED),
        (0, Answer.CLOSED),
        (UNSHOWN, Answer.UNSHOWN),
        (0xC0000005, Answer.UNSHOWN),
    ],
)
async def test_its_exit_code_is_the_answer(code: int, answer: Answer) -> None:
    assert await asking(Screen(), ASKED, code) is answer


async def test_what_is_told_has_one_button_and_goes_by_itself() -> None:
    screen = Screen()
    assert await asking(screen, TOLD, BUTTONS + 1) is Answer.CLOSED
    (asked,) = screen.asked
    assert (asked.buttons, asked.seconds) == (("OK",), 7)


@pytest.mark.parametrize(("language", "right_to_left"), [("en-GB", False), ("ar", True), ("ur-PK", True)])
async def test_it_is_laid_out_as_its_language_is_read(language: str, *, right_to_left: bool) -> None:
    screen, dialogs = Screen(), None
    dialogs = SessionDialogs(screen.start, "python")
    await asyncio.gather(dialogs.ask(session(language), ASKED), screen.answers(CLOSED))
    assert screen.asked[0].right_to_left is right_to_left


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        (OPTIONS, "0"),
        (OPTIONS + 1, "1"),
        (OPTIONS + 2, Answer.CLOSED),
        (BUTTONS + 1, Answer.NO),
        (CLOSED, Answer.CLOSED),
        (UNSHOWN, Answer.UNSHOWN),
    ],
)
async def test_a_form_gives_the_place_of_what_was_chosen(code: int, answer: str | Answer) -> None:
    screen = Screen()
    dialogs = SessionDialogs(screen.start, "python")
    filled, _ = await asyncio.gather(dialogs.fill(session(), FORM), screen.answers(code))
    assert filled == answer
    assert screen.asked[0].options == FORM.options


async def test_a_line_can_t_be_entered_and_no_progress_is_shown() -> None:
    screen = Screen()
    dialogs = SessionDialogs(screen.start, "python")
    line = Form(title="A", text="B", ok="OK", cancel="Cancel")
    assert await dialogs.fill(session(), line) is Answer.UNSHOWN
    assert dialogs.progress(session(), "A", "B") is None
    assert not screen.asked


async def test_where_no_process_starts_nothing_was_shown() -> None:
    screen = Screen()
    screen.refuses = True
    assert await SessionDialogs(screen.start, "python").ask(session(), ASKED) is Answer.UNSHOWN


async def test_the_end_of_the_service_takes_it_away() -> None:
    screen = Screen()
    dialogs = SessionDialogs(screen.start, "python")
    asked = asyncio.create_task(dialogs.ask(session(), ASKED))
    await until(lambda: bool(screen.shown))
    await dialogs.stop()
    assert await asked is Answer.CLOSED


async def test_a_question_that_holds_no_more_is_taken_away() -> None:
    screen = Screen()
    dialogs = SessionDialogs(screen.start, "python")
    asked = asyncio.create_task(dialogs.ask(session(), ASKED))
    await until(lambda: bool(screen.shown))
    asked.cancel()
    await asyncio.gather(asked, return_exceptions=True)
    assert screen.shown[0].code.done()
    await dialogs.stop()
