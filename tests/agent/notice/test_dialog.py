"""Questions by the desktop's own dialog: a stand-in says how it was started; its status answers."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from lamplighter_agent.notice import dialog
from lamplighter_agent.notice.asking import Answer, Form, Question
from lamplighter_agent.notice.dialog import Dialogs

from tests.agent.notice.test_open import SESSION, Viewers, settings
from tests.agent.notice.test_viewer import runs
from tests.support.waiting import until

pytestmark = pytest.mark.notice
ASKED = Question(title="A title", text="Name <b> & more?", yes="Yes", no="No", other="Other")
VERSION = 'case "$*" in *--version*) exit 0;; esac;'
TOLD = Question(title="A title", text="That is so.", yes="OK")


@pytest.fixture
def programs(tmp_path: Path) -> Viewers:
    return Viewers(tmp_path)


@pytest.mark.parametrize(
    ("name", "status", "answer"),
    [
        ("zenity", "exit 20", Answer.YES),
        ("zenity", "exit 21", Answer.NO),
        ("zenity", "exit 22", Answer.CLOSED),
        ("zenity", "exit 23", Answer.OTHER),
        # zenity 3 says the label of a third button and ends as it does for Escape.
        ("zenity", "echo Other; exit 22", Answer.OTHER),
        ("zenity", "echo warning >&2; exit 22", Answer.CLOSED),
        ("zenity", "exit 1", Answer.UNSHOWN),
        ("zenity", "kill -9 $$", Answer.CLOSED),
        ("kdialog", "echo y", Answer.YES),
        ("kdialog", "echo n", Answer.NO),
        ("kdialog", "echo o", Answer.OTHER),
        # Cancel and Escape end as faults do; one that can say its version reaches the display.
        ("kdialog", f"{VERSION} exit 1", Answer.CLOSED),
        # The status of a fault of kdialog, of its display or of setpriv: never an answer.
        ("kdialog", "exit 1", Answer.UNSHOWN),
        ("kdialog", "exit 2", Answer.UNSHOWN),
        ("kdialog", "echo n; exit 1", Answer.UNSHOWN),
        # No choice is no consent, whatever its status.
        ("kdialog", "exit 0", Answer.UNSHOWN),
        ("kdialog", "echo yes", Answer.UNSHOWN),
        ("kdialog", "kill -9 $$", Answer.CLOSED),
        ("kdialog", "exit 254", Answer.UNSHOWN),
    ],
)
async def test_its_status_is_the_answer(programs: Viewers, name: str, status: str, answer: Answer) -> None:
    programs.add(name, status)
    assert await Dialogs(settings(), path=programs.path).ask(SESSION, ASKED) is answer
    assert "DISPLAY=:7" in programs.ran(name)


async def test_one_that_can_not_be_shown_is_followed_by_the_next(programs: Viewers) -> None:
    programs.add("zenity", "exit 1")
    programs.add("kdialog", "echo y")
    assert await Dialogs(settings(), path=programs.path).ask(SESSION, ASKED) is Answer.YES
    assert "&lt;b&gt; &amp; more" in programs.ran("kdialog")


async def test_kdialog_lists_the_choices_and_none_is_made_by_closing_it(programs: Viewers) -> None:
    programs.add("kdialog", "echo o")
    assert await Dialogs(settings(), path=programs.path).ask(SESSION, ASKED) is Answer.OTHER
    assert "y\nYes\nn\nNo\no\nOther\n" in programs.ran("kdialog")


async def test_kdialog_whose_display_hangs_is_not_taken_for_closed(
    programs: Viewers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialog, "ANSWERS_WITHIN_S", 0.1)
    programs.add("kdialog", 'case "$*" in *--version*) exec /bin/sleep 60;; esac; exit 1')
    assert await Dialogs(settings(), path=programs.path).ask(SESSION, ASKED) is Answer.UNSHOWN


async def test_what_kdialog_tells_needs_no_option_that_older_ones_lack(programs: Viewers) -> None:
    programs.add("kdialog", "exit 0")
    assert await Dialogs(settings(), path=programs.path).ask(SESSION, TOLD) is Answer.YES
    assert "--ok-label" not in programs.ran("kdialog")


async def test_the_text_is_never_markup_and_what_is_told_has_one_button(programs: Viewers) -> None:
    programs.add("zenity", "exit 20")
    dialogs = Dialogs(settings(), path=programs.path)
    assert await dialogs.ask(SESSION, TOLD) is Answer.YES
    ran = programs.ran("zenity")
    assert "--info\n" in ran
    assert "--no-markup\n" in ran
    assert "--cancel-label" not in ran


async def test_a_locale_that_is_not_installed_keeps_nothing_from_being_shown(programs: Viewers) -> None:
    programs.add("zenity", "exit 20")
    session = replace(SESSION, environment={"LANG": "ur_PK.UTF-8"})
    assert await Dialogs(settings(), path=programs.path).ask(session, ASKED) is Answer.YES
    told = {"LANG=C.UTF-8", "LANGUAGE=ur_PK"}
    assert told <= set(programs.ran("zenity").splitlines())


async def test_no_dialog_at_all_is_said(programs: Viewers) -> None:
    assert await Dialogs(settings(), path=programs.path).ask(SESSION, ASKED) is Answer.UNSHOWN


async def test_stopping_takes_it_away(programs: Viewers) -> None:
    programs.add("zenity", "exec /bin/sleep 60")
    dialogs = Dialogs(settings(), path=programs.path)
    asking = asyncio.create_task(dialogs.ask(SESSION, ASKED))
    await until(lambda: "--question" in programs.ran("zenity"))
    await dialogs.stop()
    assert await asking is Answer.CLOSED
    assert not runs(programs.pid("zenity"))


async def test_one_that_nobody_waits_for_any_more_is_ended(programs: Viewers) -> None:
    programs.add("zenity", "exec /bin/sleep 60")
    dialogs = Dialogs(settings(), path=programs.path)
    asking = asyncio.create_task(dialogs.ask(SESSION, ASKED))
    await until(lambda: "--question" in programs.ran("zenity"))
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    await until(lambda: not runs(programs.pid("zenity")))


CHOICE = Form(title="A title", text="What for?", ok="Go on", cancel="Close", options=("Homework", "Work"))
ENTRY = Form(title="A title", text="The code", ok="Go on", cancel="Close")


@pytest.mark.parametrize(
    ("form", "name", "script", "answer"),
    [
        (CHOICE, "zenity", "echo 1; exit 20", "1"),
        (CHOICE, "zenity", "echo 2; exit 20", Answer.CLOSED),
        (CHOICE, "zenity", "exit 20", Answer.CLOSED),
        (CHOICE, "zenity", "exit 21", Answer.NO),
        (CHOICE, "kdialog", "echo 0", "0"),
        (CHOICE, "kdialog", f"{VERSION} exit 1", Answer.CLOSED),
        (ENTRY, "zenity", "echo 1234 5678; exit 20", "1234 5678"),
        (ENTRY, "zenity", "echo; exit 20", Answer.CLOSED),
        (ENTRY, "zenity", "exit 22", Answer.CLOSED),
        (ENTRY, "kdialog", "echo 12345678", "12345678"),
        (ENTRY, "kdialog", "exit 2", Answer.UNSHOWN),
    ],
)
async def test_a_form_gives_the_option_or_the_line(
    programs: Viewers, form: Form, name: str, script: str, answer: str | Answer
) -> None:
    programs.add(name, script)
    assert await Dialogs(settings(), path=programs.path).fill(SESSION, form) == answer


async def test_what_is_told_for_a_while_closes_itself(programs: Viewers) -> None:
    programs.add("zenity", "exit 22")
    dialogs = Dialogs(settings(), path=programs.path)
    assert await dialogs.ask(SESSION, replace(TOLD, seconds=9)) is Answer.CLOSED
    assert "--timeout=9" in programs.ran("zenity")
    passive = dialog.dialogs(replace(TOLD, seconds=9), lambda name: name if name == "kdialog" else None)
    assert passive[0][-3::2] == ["--passivepopup", "9"]


async def test_how_far_something_is_needs_zenity(programs: Viewers) -> None:
    dialogs = Dialogs(settings(), path=programs.path)
    assert dialogs.progress(SESSION, "A title", "Checking <b>") is None
    programs.add("zenity", f"read line; echo fed $line >> {programs.out}/zenity.ran")
    bar = dialogs.progress(SESSION, "A title", "Checking <b>")
    assert bar is not None
    bar.feed("40")
    await bar.ended
    assert "fed 40" in programs.ran("zenity")
    assert "Checking &lt;b&gt;" in programs.ran("zenity")
    await dialogs.stop()
