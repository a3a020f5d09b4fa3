"""Asks, as the service does, by a process that shows Windows' own dialog; and opens a page."""

import asyncio
import sys
from pathlib import Path

from lamplighter_agent.backends.windows import session_watch
from lamplighter_agent.launching import Account, GraphicalSession
from lamplighter_agent.notice.asking import Form, Question
from lamplighter_agent.notice.languages import filled, language_of
from lamplighter_agent.pipe_door import Started
from lamplighter_agent.session_dialogs import SessionDialogs, own_command

from tests.wine.inside.report import Report

OPTIONS = ("for my work", "for a friend", "something else")
SCHOOL = "Larkhill Bridge School"
PERSON = Account(name="pupil", uid=1, gid=0, groups=(), home="")


def _start(_session: GraphicalSession, command: object) -> Started:
    assert isinstance(command, list)
    return session_watch.start_here(command)


def _session(tag: str) -> GraphicalSession:
    return GraphicalSession(display="session 1", account=PERSON, environment={"LANG": tag})


def _notice(tag: str) -> Question:
    words = language_of(tag).notice
    text = filled(words.ages["11-18"], SCHOOL)
    return Question(title=words.title, text=text, yes=words.agree, no=words.decline, other=words.more)


async def main(report: Report) -> None:
    dialogs = SessionDialogs(_start, sys.executable)
    report.say(language=session_watch.here().language)
    while words := (await asyncio.to_thread(sys.stdin.readline)).split():
        match words:
            case ["notice", tag]:
                report.say(answer=(await dialogs.ask(_session(tag), _notice(tag))).name)
            case ["told"]:
                told = Question(title="A word", text="It goes by itself.", yes="Close", seconds=2)
                report.say(answer=(await dialogs.ask(_session("en"), told)).name)
            case ["form"]:
                form = Form(
                    title="Which", text="Choose one.", ok="OK", cancel="Cancel", options=("a", "b", "c")
                )
                filled_in = await dialogs.fill(_session("en"), form)
                report.say(answer=filled_in if isinstance(filled_in, str) else filled_in.name)
            case ["stop"]:
                asking = asyncio.create_task(dialogs.ask(_session("en"), _notice("en")))
                await asyncio.to_thread(sys.stdin.readline)
                await dialogs.stop()
                report.say(answer=(await asking).name)
            case ["page", page]:
                command = own_command(sys.executable, "page", str(Path(page)))
                report.say(answer=str(await session_watch.start_here(command).ended()))


if __name__ == "__main__":
    asyncio.run(main(Report(sys.argv[1])))
