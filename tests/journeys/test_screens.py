"""Strip, notice and page as people see them: real windows and a real browser, on a small and a large screen.

The pictures stay in `.screens/` at the root, for somebody to look at; what needs no eyes is judged here.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from lamplighter_agent.backends.linux.indicator import X11Indicator
from lamplighter_agent.backends.sign import Sign
from lamplighter_agent.launching import Account, GraphicalSession, LaunchSettings
from lamplighter_agent.notice.asking import Question
from lamplighter_agent.notice.dialog import Dialogs
from lamplighter_agent.notice.files import PageFiles
from lamplighter_agent.notice.languages import filled, language_of
from lamplighter_agent.notice.running import _fact
from lamplighter_agent.notice.words import words_in
from lamplighter_keywords.policy.device_policy import DevicePolicy
from lamplighter_keywords.shipped import shipped_themes
from playwright.sync_api import sync_playwright

from installers.quickstart.virtual_desktop.desktop import Desktop, running_desktop
from installers.roll_out.screen import ink, take
from tests.agent.notice.samples import facts
from tests.support.page_faults import faults, unfold
from tests.support.reports import Reports
from tests.support.sensed import aside, eventually
from tests.support.sources import ROOT
from tests.support.strip import is_readable
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.journey, pytest.mark.notice, pytest.mark.a11y]

SCREENS = ((1024, 768), (1920, 1080))
NAME = "Larkhill Bridge School"
PICTURES = ROOT / ".screens"
STRIP = 24
# Pixels of words that a notice has at the least.
INK = 1500
THEMES = tuple(_fact(theme) for theme in shipped_themes().values())
BROWSER = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", f"--window-position=0,{STRIP}"]


@contextlib.asynccontextmanager
async def with_strip(desktop: Desktop, *, on: bool) -> AsyncIterator[None]:
    strip = X11Indicator(Sign(organisation=NAME), display_name=desktop.display_name)
    strip.says(on=on)
    await strip.start(Reports())
    try:
        yield
    finally:
        await strip.stop()


@pytest.mark.parametrize("screen", SCREENS, ids=["small", "large"])
async def test_strip_and_notice(screen: tuple[int, int]) -> None:
    with running_desktop(screen=f"{screen[0]}x{screen[1]}x24") as desktop:
        async with with_strip(desktop, on=False):
            for tag in ("en", "ar", "ur"):
                for age in ("pictures", "adult"):
                    await notice(desktop, screen, tag, age)


async def notice(desktop: Desktop, screen: tuple[int, int], tag: str, age: str) -> None:
    words = language_of(tag).notice
    account = Account(name="pupil", uid=0, gid=0, groups=(), home=str(desktop.home))
    # Not an installed locale: the words must come all the same.
    told = {"LANG": f"{tag}_ZZ.UTF-8"}
    session = GraphicalSession(display=desktop.display_name, account=account, environment=told)
    question = Question(
        title=words.title,
        text=filled(words.ages[age], NAME),
        yes=words.agree,
        no=words.decline,
        other=words.more,
    )
    dialogs = Dialogs(LaunchSettings(interpreter="", socket=Path("/nowhere"), organisation=NAME, gid=None))
    asking = asyncio.create_task(dialogs.ask(session, question))
    try:
        number = await eventually(lambda: desktop._window_titled(words.title), "the notice", seconds=20)
        await eventually(lambda: ink(desktop.display, *area(desktop, number)) > INK, "words on it")
        left, top, width, height = area(desktop, number)
        assert left >= 0
        assert top >= STRIP
        assert left + width <= screen[0]
        assert top + height <= screen[1]
        assert is_readable(desktop.display)
        take(desktop.display, PICTURES / f"notice-{tag}-{age}-{screen[0]}.png")
    finally:
        await dialogs.stop()
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
    await eventually(lambda: desktop._window_titled(words.title) is None, "the notice gone")


def area(desktop: Desktop, number: int) -> tuple[int, int, int, int]:
    """Left, top, width and height of a window on the screen."""
    window = desktop.display.create_resource_object("window", number)
    size, corner = window.get_geometry(), window.translate_coords(desktop.display.screen().root, 0, 0)
    return -corner.x, -corner.y, size.width, size.height


@pytest.mark.parametrize("screen", SCREENS, ids=["small", "large"])
async def test_strip_and_page(screen: tuple[int, int], tmp_path: Path) -> None:
    with running_desktop(screen=f"{screen[0]}x{screen[1]}x24") as desktop:
        async with with_strip(desktop, on=True):
            await aside(pages, desktop, screen, tmp_path)


def pages(desktop: Desktop, screen: tuple[int, int], folder: Path) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            headless=False,
            env=dict(desktop.environment),
            args=[*BROWSER, f"--window-size={screen[0]},{screen[1] - STRIP}"],
        )
        page = browser.new_context(no_viewport=True).new_page()
        for tag, age in (
            ("en", "7-11"),
            ("en", "pictures"),
            ("ar", "11-18"),
            ("ar", "pictures"),
            ("ur", "7-11"),
        ):
            files = PageFiles(folder=folder / age)
            if not files.folder.exists():
                files.folder.mkdir()
                files.write(facts(age=age, themes=THEMES, policy=DevicePolicy()))
            page.goto(files.for_language(tag)[0].as_uri())
            wait_for(lambda: page.evaluate("document.fonts.status") == "loaded", "the fonts")
            # A real window: as wide as the screen, but for its edges.
            assert screen[0] - 40 < page.evaluate("innerWidth") <= screen[0]
            assert page.evaluate("getComputedStyle(document.body).direction") == words_in(tag).direction
            assert faults(page) == [], (tag, age)
            assert is_readable(desktop.display)
            take(desktop.display, PICTURES / f"page-{tag}-{age}-{screen[0]}.png")
            page.screenshot(path=PICTURES / f"page-{tag}-{age}-{screen[0]}-whole.png", full_page=True)
            unfold(page)
            assert faults(page) == [], (tag, age, "unfolded")
        browser.close()
