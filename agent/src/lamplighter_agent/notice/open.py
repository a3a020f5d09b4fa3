"""Opening the page for the person who clicked on the strip.

The *service* opens it, not the session helper: what the helper starts would inherit the group that only the
helper may carry. The viewer is started as the session's user with that user's own groups and a clean
environment. The desktop's own way comes first, then a browser, then a plain window with the text.

That a viewer runs does not mean that it shows anything: Chromium in an account without a home takes five
seconds to give up. So each is watched for a minute, and one that fails by then is followed by the next.
"""

import asyncio
import os
import shutil
from collections.abc import Callable
from contextlib import suppress

from lamplighter_agent.launching import GraphicalSession, LaunchSettings, SessionKey, environment
from lamplighter_agent.notice.files import PageFiles
from lamplighter_agent.notice.viewer import Viewer
from lamplighter_agent.notice.words import words_in

BROWSERS = (
    "x-www-browser",
    "firefox",
    "firefox-esr",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "epiphany",
    "falkon",
)
# A child who clicks many times gets one page; a click after this time brings it up again.
AGAIN_AFTER_S = 3.0
# Within this time a failure means that there was no page; after it, that somebody ended a program they used.
FAILS_WITHIN_S = 60.0


def viewers(files: PageFiles, find: Callable[[str], str | None], language: str = "") -> list[list[str]]:
    """The commands to try, best first, of those that `find` knows a path for; none twice.

    `language` is the session's, as its LANG says it.
    """
    page, text = files.for_language(language)
    address = page.absolute().as_uri()
    wanted = [["xdg-open", address], *([browser, address] for browser in BROWSERS)]
    title = [f"--title={words_in(language).title}", "--width=800", "--height=700"]
    wanted.append(["zenity", "--text-info", f"--filename={text}", *title])
    commands: list[list[str]] = []
    known: set[str] = set()
    for name, *arguments in wanted:
        path = find(name)
        if path is not None and path not in known:
            commands.append([path, *arguments])
            # Debian's x-www-browser is a link to one of the others.
            known |= {path, os.path.realpath(path)}
    return commands


def as_user(session: GraphicalSession, settings: LaunchSettings) -> list[str]:
    """The prefix that makes a command run as the session's user, with no more than that user has."""
    if settings.gid is None:
        return []
    account = session.account
    groups = sorted({account.gid, *account.groups} - {settings.gid})
    become = [settings.setpriv, f"--reuid={account.uid}", f"--regid={account.gid}"]
    return [*become, f"--groups={','.join(map(str, groups))}", "--inh-caps=-all"]


class _Opening:
    """One wish to see the page: viewer after viewer, until one shows it."""

    def __init__(self, commands: list[list[str]], told: dict[str, str], running: set[Viewer]) -> None:
        self._told = told
        self._running = running
        loop = asyncio.get_running_loop()
        self._now = loop.time
        self._began = loop.time()
        self._current: list[str] = []
        self.task = loop.create_task(self._try(commands), name="open page")

    def fresh(self) -> bool:
        """Whether a click now still belongs to this wish."""
        return self._now() - self._began < AGAIN_AFTER_S

    def again(self) -> None:
        """Have the viewer that seems to show the page bring it up; what was begun goes on being watched."""
        with suppress(OSError):
            self._start(self._current)

    async def _try(self, commands: list[list[str]]) -> None:
        for self._current in commands:
            with suppress(OSError):
                viewer = self._start(self._current)
                done, _ = await asyncio.wait({viewer.ended}, timeout=FAILS_WITHIN_S)
                if not done or viewer.ended.result() == 0:
                    return

    def _start(self, command: list[str]) -> Viewer:
        self._began = self._now()
        viewer = Viewer(command, self._told)
        # Kept until it ends, so that it is reaped.
        self._running.add(viewer)
        viewer.ended.add_done_callback(lambda _: self._running.discard(viewer))
        return viewer


class PageOpener:
    """Fulfils `OpensPages`; further clicks while it opens, or just after, are the same wish."""

    def __init__(self, files: PageFiles, settings: LaunchSettings, *, path: str | None = None) -> None:
        """Take where the page is and how to become a user; `path` replaces the places to look for viewers."""
        self._files = files
        self._settings = settings
        self._path = path
        self._openings: dict[SessionKey, _Opening] = {}
        self._viewers: set[Viewer] = set()

    def open_for(self, session: GraphicalSession) -> None:
        """Begin to open it; returns at once."""
        last = self._openings.get(session.key)
        if last is not None and last.fresh():
            return
        if last is not None and not last.task.done():
            last.again()
            return
        told = environment(session)
        if self._path is not None:
            told["PATH"] = self._path
        prefix = as_user(session, self._settings)
        language = session.environment.get("LANG", "")
        found = viewers(self._files, lambda name: shutil.which(name, path=told["PATH"]), language)
        commands = [[*prefix, *command] for command in found]
        self._openings[session.key] = _Opening(commands, told, self._viewers)

    async def stop(self) -> None:
        """Stop trying. A page that is open stays open: it belongs to the person now."""
        tasks = [opening.task for opening in self._openings.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for viewer in list(self._viewers):
            viewer.leave()
