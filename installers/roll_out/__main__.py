"""Takes the pictures of what a pupil will see: `python -m installers.roll_out [FOLDER]`; needs no desktop.

The agent's own strip, dialogs and page on an X server of our own, with an invented school. Nothing is drawn
for the picture: what changes in the program changes here at the next run.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Final, TypeAlias

from lamplighter_agent.backends.linux.indicator import X11Indicator
from lamplighter_agent.backends.media_ports import Medium
from lamplighter_agent.backends.sign import Sign
from lamplighter_agent.clock import SystemClock
from lamplighter_agent.detection import Speaker
from lamplighter_agent.launching import Account, GraphicalSession, LaunchSettings
from lamplighter_agent.media.rules import Decision, Reason, Step
from lamplighter_agent.media.stay import Person, Told
from lamplighter_agent.media.telling import Telling, TellingPorts
from lamplighter_agent.media.unlocking import Tried
from lamplighter_agent.notice.asking import Question
from lamplighter_agent.notice.dialog import Dialogs
from lamplighter_agent.notice.facts import Checking, PageFacts
from lamplighter_agent.notice.files import PageFiles
from lamplighter_agent.notice.help_button import HelpButton, HelpPorts
from lamplighter_agent.notice.languages import filled, language_of
from lamplighter_agent.notice.running import _fact
from lamplighter_keywords.policy.device_policy import DevicePolicy
from lamplighter_keywords.shipped import shipped_themes
from lamplighter_protos.v1 import detection_pb2 as pb

from installers.quickstart.virtual_desktop.desktop import Desktop, running_desktop
from installers.roll_out.screen import ink, take

SCHOOL: Final = "Marrowby Vale School"
SIZE: Final = (900, 640)
HERE: Final = Path(__file__).parent
_SECONDS: Final = 30.0
# Pixels of words that a window has at the least.
_INK: Final = 700
_STICK: Final = Medium(
    key="k", bus="usb", vendor="Kestrel", model="Pocket 16", vendor_id="0951", product_id="1666", serial="K7"
)


class Stage:
    """The desktop, the strip on it, and a pupil in front of it."""

    def __init__(self, desktop: Desktop, folder: Path) -> None:
        self.desktop = desktop
        self.folder = folder
        settings = LaunchSettings(interpreter="", socket=Path("/nowhere"), organisation=SCHOOL, gid=None)
        self.dialogs = Dialogs(settings)
        account = Account(name="wren", uid=os.getuid(), gid=os.getgid(), groups=(), home=str(desktop.home))
        told = {"LANG": "en_GB.UTF-8"}
        self.session = GraphicalSession(display=desktop.display_name, account=account, environment=told)
        self.speaker = Speaker(user="wren", kind=pb.USER_KIND_PUPIL, session=1)

    async def picture(self, name: str, title: str, least: int = _INK) -> None:
        """Take the screen once a window of this title stands there with its words."""
        seen = -1
        until = time.monotonic() + _SECONDS
        while time.monotonic() < until:
            await asyncio.sleep(0.5)
            if self.desktop._window_titled(title) is None:  # noqa: SLF001 - as the tests ask it
                continue
            before, seen = seen, ink(self.desktop.display, 0, 30, SIZE[0], SIZE[1] - 30)
            if seen == before and seen > least:
                take(self.desktop.display, self.folder / f"{name}.png")
                return
        raise TimeoutError(f"no window {title}")


Scene: TypeAlias = Callable[[Stage], Awaitable[None]]


async def notice(stage: Stage) -> None:
    words = language_of("en").notice
    text = filled(words.ages["7-11"], SCHOOL)
    question = Question(title=words.title, text=text, yes=words.agree, no=words.decline, other=words.more)
    asking = asyncio.create_task(stage.dialogs.ask(stage.session, question))
    await stage.picture("notice", words.title)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)


async def help_button(stage: Stage) -> None:
    ports = HelpPorts(
        found=lambda _: None, can_tell=lambda: True, open_page=lambda _: None, somebody_else=lambda _: None
    )
    button = HelpButton(SCHOOL, stage.dialogs, SystemClock(), ports)
    button.pressed(stage.session, stage.speaker)
    await stage.picture("help", language_of("en").help.title, 200)
    await button.stop()


async def stick(stage: Stage) -> None:
    ports = TellingPorts(
        ask=lambda *_: True,
        enter=lambda *_: Tried.WRONG,
        has_codes=lambda _: True,
    )
    telling = Telling(SCHOOL, stage.dialogs, ports)
    person = Person(speaker=stage.speaker, session=stage.session, mark="", group="pupil")
    telling.tell(
        _STICK, Told(person=person, decision=Decision(step=Step.REFUSE, reason=Reason.NO_PERMISSION))
    )
    await stage.picture("stick", language_of("en").media.title)
    await telling.stop()


async def page(stage: Stage) -> None:
    themes = tuple(_fact(theme) for theme in shipped_themes().values())
    told = PageFacts(
        organisation=SCHOOL,
        asset_tag="AV-0042",
        checking=Checking.ON,
        themes=themes,
        policy=DevicePolicy(),
        media_enforced=True,
    )
    with tempfile.TemporaryDirectory() as folder:
        files = PageFiles(folder=Path(folder))
        files.write(told)
        shown = files.for_language("en")[0].as_uri()
        arguments = [
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-dev-shm-usage",
            f"--user-data-dir={folder}/browser",
        ]
        place = ["--window-position=0,24", f"--window-size={SIZE[0]},{SIZE[1] - 24}"]
        browser = stage.desktop.start(["chromium", *arguments, *place, f"--app={shown}"])
        try:
            await stage.picture("page", "What this device checks - Lamplighter")
        finally:
            browser.terminate()
            await asyncio.to_thread(browser.wait)


async def taken(folder: Path, scenes: Sequence[Scene] = (help_button, stick, page)) -> None:
    """Take the notice and these into a folder."""
    with running_desktop(screen=f"{SIZE[0]}x{SIZE[1]}x24") as desktop:
        stage = Stage(desktop, folder)
        strip = X11Indicator(Sign(organisation=SCHOOL), display_name=desktop.display_name)
        shown = asyncio.Event()
        # Before somebody has agreed nothing is checked, and the strip says so.
        strip.says(on=False)
        await strip.start(lambda there, _: shown.set() if there else None)
        try:
            await shown.wait()
            await notice(stage)
            strip.says(on=True)
            for scene in scenes:
                await scene(stage)
        finally:
            await stage.dialogs.stop()
            await strip.stop()


if __name__ == "__main__":
    asyncio.run(taken(Path(sys.argv[1]) if sys.argv[1:] else HERE))
