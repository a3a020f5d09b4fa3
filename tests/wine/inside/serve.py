"""The service shell, with work that only tells that it began, where, and that it was asked to stop."""

import os
import sys

import pywintypes
import win32ts
from lamplighter_agent.backends.serving import Wishes
from lamplighter_agent.backends.windows import service_shell, session_watch
from lamplighter_agent.backends.windows.pipe import user_of

from tests.wine.inside.report import Report


def main(report: Report) -> None:
    async def work(wishes: Wishes) -> None:
        report.say(
            session=int(win32ts.ProcessIdToSessionId(os.getpid())),
            user=user_of(os.getpid()),
        )
        try:
            report.say(people=[(one.number, one.user) for one in session_watch.sessions()])
        except pywintypes.error as error:
            report.say(people_unknown=error.strerror)
        report.say(state="running")
        await wishes.stop.wait()
        report.say(state="stopped")

    service_shell.run_service(work)


if __name__ == "__main__":
    main(Report(sys.argv[1]))
