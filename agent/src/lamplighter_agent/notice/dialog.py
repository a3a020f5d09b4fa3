"""A question in the desktop's own dialog: zenity, else kdialog.

The *service* asks it, as it opens the page, and for the same reason: what the session helper starts would
inherit the group that only the helper may carry. The dialog runs as the session's user with that user's own
groups and a clean environment; its exit status is the answer. A closed or killed dialog is no answer.

kdialog ends alike when it was closed and when it could not be shown, and takes Escape for one of its buttons.
So its choices are a list of which it prints one, and where it prints none it is asked whether it reaches the
display at all.
"""

import asyncio
import shutil
import textwrap
from collections.abc import Callable
from contextlib import suppress
from typing import TypeAlias

from lamplighter_agent.launching import GraphicalSession, LaunchSettings, environment
from lamplighter_agent.notice.asking import Answer, Form, Question
from lamplighter_agent.notice.open import as_user
from lamplighter_agent.notice.viewer import Viewer

# Statuses of our own, so that a button is never taken for a fault of the dialog, which ends with 1.
_ZENITY = {
    "ZENITY_OK": "20",
    "ZENITY_CANCEL": "21",
    "ZENITY_ESC": "22",
    "ZENITY_EXTRA": "23",
    "ZENITY_TIMEOUT": "22",
}
# The third button of zenity 3 ends as Escape does, and says its label.
_ESCAPED, _THIRD = 22, 23
# How kdialog ends without a choice, and by a fault.
_NOT_CHOSEN = 1
_LIST = "--menu"
# Of a form: whatever it says at its end is what was entered.
_FORMS = frozenset({"--inputbox", "--radiolist"})
_SIGNALS = (1, 2, 9, 15)
ENDS_WITHIN_S = 1.0
ANSWERS_WITHIN_S = 5.0
COLUMNS = 72
_MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})

Find: TypeAlias = Callable[[str], str | None]
_CHOSEN = {b"y\n": Answer.YES, b"n\n": Answer.NO, b"o\n": Answer.OTHER}


class Dialogs:
    """Fulfils `Asks`; what still shows when the service stops is taken away by `stop`."""

    def __init__(self, settings: LaunchSettings, *, path: str | None = None) -> None:
        """Take how to become a user; `path` replaces the places to look for dialogs."""
        self._settings = settings
        self._path = path
        self._showing: set[Viewer] = set()

    async def ask(self, session: GraphicalSession, question: Question) -> Answer:
        """Return what the person answered, whenever that is."""
        answer, _ = await self._shown(session, lambda find: dialogs(question, find))
        return answer

    async def fill(self, session: GraphicalSession, form: Form) -> str | Answer:
        """Return the number of the option, from 0, or the line; else how it was closed."""
        answer, said = await self._shown(session, lambda find: forms(form, find))
        line = said.decode(errors="replace").strip()
        if answer is not Answer.YES:
            return answer
        known = line in {str(number) for number in range(len(form.options))} if form.options else bool(line)
        return line if known else Answer.CLOSED

    def progress(self, session: GraphicalSession, title: str, text: str) -> Viewer | None:
        """Show how far something is: whole percent are fed to it. None where no dialog can show that."""
        told, become = self._told(session), as_user(session, self._settings)
        path = shutil.which("zenity", path=told["PATH"])
        if path is None:
            return None
        command = [path, "--progress", "--no-cancel", "--auto-close", "--width=560", f"--title={title}"]
        try:
            viewer = Viewer([*become, *command, f"--text={_escaped(_wrapped(text))}"], told, fed=True)
        except OSError:
            return None
        self._showing.add(viewer)
        viewer.ended.add_done_callback(lambda _: self._showing.discard(viewer))
        return viewer

    def _told(self, session: GraphicalSession) -> dict[str, str]:
        told = environment(session) | _ZENITY | _locale(session)
        return told if self._path is None else told | {"PATH": self._path}

    async def _shown(
        self, session: GraphicalSession, commands: Callable[[Find], list[list[str]]]
    ) -> tuple[Answer, bytes]:
        """Show the first that can be shown; return how it ended, and what it said."""
        told, become = self._told(session), as_user(session, self._settings)
        for command in commands(lambda name: shutil.which(name, path=told["PATH"])):
            with suppress(OSError):
                viewer = Viewer([*become, *command], told, heard=True)
                status = await self._ended(viewer)
                answer = answer_of(command, status, viewer.said)
                if answer is Answer.CLOSED and status == _NOT_CHOSEN:
                    answer = await self._closed([*become, command[0], "--version"], told)
                if answer is not None:
                    return answer, viewer.said
        return Answer.UNSHOWN, b""

    async def _closed(self, command: list[str], told: dict[str, str]) -> Answer | None:
        """Return that it was closed, where it could be shown: kdialog says its version on a display only."""
        viewer = Viewer(command, told)
        try:
            done, _ = await asyncio.wait({viewer.ended}, timeout=ANSWERS_WITHIN_S)
            return Answer.CLOSED if done and viewer.ended.result() == 0 else None
        finally:
            viewer.end()

    async def _ended(self, viewer: Viewer) -> int:
        self._showing.add(viewer)
        viewer.ended.add_done_callback(lambda _: self._showing.discard(viewer))
        try:
            return await asyncio.shield(viewer.ended)
        finally:
            viewer.end()

    async def stop(self) -> None:
        """End what still shows: nobody would hear the answer."""
        showing = list(self._showing)
        for viewer in showing:
            viewer.end()
        if showing:
            await asyncio.wait([viewer.ended for viewer in showing], timeout=ENDS_WITHIN_S)
        for viewer in showing:
            viewer.leave()


def _locale(session: GraphicalSession) -> dict[str, str]:
    """Return a locale that every system has, and beside it the session's language.

    With a locale that was not installed zenity takes no words but English ones and shows nothing. LANGUAGE
    alone has it lay out its window from right to left.
    """
    language = session.environment.get("LANG", "").partition(".")[0]
    return {"LANG": "C.UTF-8"} | ({"LANGUAGE": language} if language else {})


def dialogs(question: Question, find: Find) -> list[list[str]]:
    """The commands to try, best first, of those that `find` knows a path for."""
    known = ((find("zenity"), _zenity), (find("kdialog"), _kdialog))
    return [command(path, question) for path, command in known if path is not None]


def forms(form: Form, find: Find) -> list[list[str]]:
    """The commands that show a form, best first, of those that `find` knows a path for."""
    known = ((find("zenity"), _zenity_form), (find("kdialog"), _kdialog_form))
    return [command(path, form) for path, command in known if path is not None]


def answer_of(command: list[str], status: int, said: bytes) -> Answer | None:
    """Return what a dialog's end means; None means that it could not be shown. A signal closed it."""
    if -status in _SIGNALS:
        return Answer.CLOSED
    if command[0].endswith("kdialog"):
        if status != 0:
            return Answer.CLOSED if status == _NOT_CHOSEN else None
        if _FORMS & set(command):
            return Answer.YES if said else Answer.CLOSED
        return _CHOSEN.get(said) if _LIST in command else Answer.YES
    known = {20: Answer.YES, 21: Answer.NO, _ESCAPED: Answer.CLOSED, _THIRD: Answer.OTHER}
    return known.get(_THIRD if status == _ESCAPED and said else status)


def _escaped(text: str) -> str:
    return text.translate(_MARKUP)


def _wrapped(text: str) -> str:
    """Each paragraph in lines that can be read: zenity would make the window as wide as the longest."""
    return "\n".join(textwrap.fill(line, COLUMNS) for line in text.split("\n"))


def _zenity(path: str, question: Question) -> list[str]:
    command = [path, "--question" if question.no else "--info", f"--title={question.title}"]
    # The text may hold a name that a school chose: it is never markup.
    command += [
        f"--text={_wrapped(question.text)}",
        "--no-markup",
        "--width=560",
        f"--ok-label={question.yes}",
    ]
    command += [f"--timeout={question.seconds}"] if question.seconds else []
    command += [f"--cancel-label={question.no}"] if question.no else []
    return [*command, *([f"--extra-button={question.other}"] if question.other and question.no else [])]


def _kdialog(path: str, question: Question) -> list[str]:
    lines = _wrapped(question.text) if question.no else question.text
    text = "<qt>" + lines.translate(_MARKUP).replace("\n", "<br>")
    if question.seconds and not question.no:
        return [path, "--title", question.title, "--passivepopup", text, str(question.seconds)]
    if not question.no:
        # Its own word on the button: older ones have no --ok-label, and end over it without a window.
        return [path, "--title", question.title, "--msgbox", text]
    choices = ["y", question.yes, "n", question.no, *(["o", question.other] if question.other else [])]
    return [path, "--title", question.title, _LIST, text, *choices]


def _zenity_form(path: str, form: Form) -> list[str]:
    kind = "--list" if form.options else "--entry"
    command = [path, kind, f"--title={form.title}", f"--text={_wrapped(form.text)}"]
    command += [f"--ok-label={form.ok}", f"--cancel-label={form.cancel}"]
    if not form.options:
        return command
    rows = [cell for number, option in enumerate(form.options) for cell in (str(number), option)]
    columns = ["--hide-header", "--column=number", "--column=option", "--hide-column=1", "--print-column=1"]
    return [*command, "--width=560", "--height=360", *columns, *rows]


def _kdialog_form(path: str, form: Form) -> list[str]:
    text = "<qt>" + _escaped(_wrapped(form.text)).replace("\n", "<br>")
    if not form.options:
        return [path, "--title", form.title, "--inputbox", text]
    rows = [cell for number, option in enumerate(form.options) for cell in (str(number), option, "off")]
    return [path, "--title", form.title, "--radiolist", text, *rows]
