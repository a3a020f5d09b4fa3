"""A question in the desktop's own dialog: zenity, else kdialog.

The *service* asks it, as it opens the page, and for the same reason: what the session helper starts would
inherit the group that only the helper may carry. The dialog runs as the session's user with that user's own
groups and a clean environment; its exit status is the answer. A closed or killed dialog is no answer.
"""

import asyncio
import shutil
import textwrap
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto

from lamplighter_agent.launching import GraphicalSession, LaunchSettings, environment
from lamplighter_agent.notice.open import as_user
from lamplighter_agent.notice.viewer import Viewer

# Statuses of our own, so that a button is never taken for a fault of the dialog, which ends with 1.
_ZENITY = {"ZENITY_OK": "20", "ZENITY_CANCEL": "21", "ZENITY_ESC": "22", "ZENITY_EXTRA": "23"}
# The third button of zenity 3 ends as Escape does, and says its label.
_ESCAPED, _THIRD = 22, 23
ENDS_WITHIN_S = 1.0
COLUMNS = 72
_MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


class Answer(Enum):
    """What the person at the device chose."""

    YES = auto()
    NO = auto()
    OTHER = auto()
    # They closed it without a choice, or something ended it.
    CLOSED = auto()
    # This desktop has no dialog, or it could not be shown.
    UNSHOWN = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked. Without `no` it is told and not asked; `other` is a third choice where there is room."""

    title: str
    text: str
    yes: str
    no: str = ""
    other: str = ""


class Dialogs:
    """Shows questions; what still shows when the service stops is taken away by `stop`."""

    def __init__(self, settings: LaunchSettings, *, path: str | None = None) -> None:
        """Take how to become a user; `path` replaces the places to look for dialogs."""
        self._settings = settings
        self._path = path
        self._showing: set[Viewer] = set()

    async def ask(self, session: GraphicalSession, question: Question) -> Answer:
        """Return what the person answered, whenever that is."""
        told = environment(session) | _ZENITY | _locale(session)
        if self._path is not None:
            told["PATH"] = self._path
        for command, answers in dialogs(question, lambda name: shutil.which(name, path=told["PATH"])):
            with suppress(OSError):
                viewer = Viewer([*as_user(session, self._settings), *command], told, heard=True)
                status = await self._ended(viewer)
                answer = answers.get(_THIRD if status == _ESCAPED and viewer.said else status)
                if answer is not None:
                    return answer
        return Answer.UNSHOWN

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


def dialogs(
    question: Question, find: Callable[[str], str | None]
) -> list[tuple[list[str], dict[int, Answer]]]:
    """The commands to try, best first, of those that `find` knows a path for, and what each status means.

    A status that is not named means that the dialog could not be shown; a signal closed it.
    """
    known = ((find("zenity"), _zenity), (find("kdialog"), _kdialog))
    return [(command(path, question), _answers(path)) for path, command in known if path is not None]


def _answers(path: str) -> dict[int, Answer]:
    closed = {-number: Answer.CLOSED for number in (1, 2, 9, 15)}
    if path.endswith("kdialog"):
        # Not 1: so ends what can't be shown, setpriv, and a window whose display has gone. Escape is 2 too.
        return closed | {0: Answer.YES, 2: Answer.NO}
    return closed | {20: Answer.YES, 21: Answer.NO, _ESCAPED: Answer.CLOSED, _THIRD: Answer.OTHER}


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
    command += [f"--cancel-label={question.no}"] if question.no else []
    return [*command, *([f"--extra-button={question.other}"] if question.other and question.no else [])]


def _kdialog(path: str, question: Question) -> list[str]:
    text = question.text.translate(_MARKUP).replace("\n", "<br>")
    if not question.no:
        # Its own word on the button: older ones have no --ok-label, and end over it without a window.
        return [path, "--title", question.title, "--msgbox", text]
    # Its yes-or-no says "no" with 1, as faults do; this one has the same two buttons and ends with 0 or 2.
    labels = ["--continue-label", question.yes, "--cancel-label", question.no]
    return [path, "--title", question.title, "--warningcontinuecancel", text, *labels]
