"""Opening the page for the person who clicked on the strip.

The *service* opens it, not the session helper: what the helper starts would inherit the group that only the
helper may carry. The viewer is started as the session's user with that user's own groups and a clean
environment. The desktop's own way comes first, then a browser, then a plain window with the text.
"""

import asyncio
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lamplighter_agent.launching import GraphicalSession, LaunchSettings, environment
from lamplighter_agent.notice.files import PageFiles
from lamplighter_agent.notice.viewer import Viewer

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
# A viewer that still runs after this time shows the page; one that failed has ended before.
SETTLED_S = 3.0
# A child who clicks many times gets one page.
AGAIN_AFTER_S = 2.0


def viewers(files: PageFiles, has: Callable[[str], bool]) -> list[list[str]]:
    """The commands to try, best first, of those that are installed."""
    address = files.page.absolute().as_uri()
    wanted = [["xdg-open", address], *([browser, address] for browser in BROWSERS)]
    title = ["--title=What this device checks", "--width=800", "--height=700"]
    wanted.append(["zenity", "--text-info", f"--filename={files.text}", *title])
    return [command for command in wanted if has(command[0])]


def as_user(session: GraphicalSession, settings: LaunchSettings) -> list[str]:
    """The prefix that makes a command run as the session's user, with no more than that user has."""
    if settings.gid is None:
        return []
    account = session.account
    groups = sorted({account.gid, *account.groups} - {settings.gid})
    become = [settings.setpriv, f"--reuid={account.uid}", f"--regid={account.gid}"]
    return [*become, f"--groups={','.join(map(str, groups))}", "--inh-caps=-all"]


@dataclass(slots=True)
class _Opening:
    task: asyncio.Task[None]
    began: float


class PageOpener:
    """Opens the page in a session; further clicks while it opens, or just after, are the same wish."""

    def __init__(self, files: PageFiles, settings: LaunchSettings, *, path: str | None = None) -> None:
        """Take where the page is and how to become a user; `path` replaces the places to look for viewers."""
        self._files = files
        self._settings = settings
        self._path = path
        self._openings: dict[str, _Opening] = {}
        self._viewers: set[Viewer] = set()

    def open_for(self, session: GraphicalSession) -> None:
        """Begin to open it; returns at once."""
        loop = asyncio.get_running_loop()
        last = self._openings.get(session.display)
        if last is not None and (not last.task.done() or loop.time() - last.began < AGAIN_AFTER_S):
            return
        task = loop.create_task(self._open(session), name="open page")
        self._openings[session.display] = _Opening(task=task, began=loop.time())

    async def stop(self) -> None:
        """Stop trying. A page that is open stays open: it belongs to the person now."""
        tasks = [opening.task for opening in self._openings.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for viewer in list(self._viewers):
            viewer.leave()

    async def _open(self, session: GraphicalSession) -> None:
        told = environment(session)
        if self._path is not None:
            told["PATH"] = self._path
        prefix = as_user(session, self._settings)
        for name, *arguments in viewers(self._files, lambda name: _found(name, told) is not None):
            if await self._shows([*prefix, str(_found(name, told)), *arguments], told):
                return

    async def _shows(self, command: Sequence[str], told: dict[str, str]) -> bool:
        try:
            viewer = Viewer(command, told)
        except OSError:
            return False
        # Kept until it ends, so that it is reaped.
        self._viewers.add(viewer)
        viewer.ended.add_done_callback(lambda _: self._viewers.discard(viewer))
        done, _ = await asyncio.wait({viewer.ended}, timeout=SETTLED_S)
        return not done or viewer.ended.result() == 0


def _found(name: str, told: dict[str, str]) -> str | None:
    return shutil.which(name, path=told["PATH"])
