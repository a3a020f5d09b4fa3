"""The page as a browser shows it: nothing refused, nothing sideways, by keyboard too, and read aloud."""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from lamplighter_agent.notice.files import PageFiles
from lamplighter_agent.notice.words import known, words_in
from lamplighter_keywords.policy.device_policy import DevicePolicy
from playwright.sync_api import Page, sync_playwright

from tests.agent.notice.samples import facts
from tests.support.page_faults import faults, unfold

pytestmark = [pytest.mark.notice, pytest.mark.a11y]

MODES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("state")
    files = PageFiles(folder=Path(folder))
    # The longest and most awkward name that a school could have.
    files.write(facts(organisation="Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch " * 3))
    return files.page.as_uri()


@pytest.fixture
def page(address: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        opened = browser.new_page(viewport={"width": 320, "height": 640})
        opened.goto(address)
        yield opened
        browser.close()


def test_the_style_is_allowed_and_nothing_else_is_asked_for(page: Page) -> None:
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    assert said == []
    assert asked == [page.url]
    assert (
        page.evaluate("getComputedStyle(document.querySelector('header')).backgroundColor")
        == "rgb(16, 40, 58)"
    )


@pytest.mark.parametrize("width", [320, 640, 1280])
def test_nothing_scrolls_sideways(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_text_is_large_and_grows_with_the_readers_setting(page: Page) -> None:
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 19
    page.emulate_media(color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(15, 28, 38)"


def test_the_keyboard_reaches_help_and_the_main_part(page: Page) -> None:
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the main part"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "I need help"
    assert page.evaluate("document.activeElement.getBoundingClientRect().height") >= 48
    page.keyboard.press("Enter")
    page.wait_for_url("**#talk")  # the browser tells of the move in its own time


def test_what_is_read_aloud_has_headings_lists_and_landmarks(page: Page) -> None:
    heard = page.locator("body").aria_snapshot()
    for part in ("banner", "main", "contentinfo", 'heading "What this device checks" [level=1]', "list"):
        assert part in heard
    assert page.get_by_role("region", name="What it never checks").get_by_role("listitem").count() == 6


def test_every_language_and_age_is_whole_in_every_width_and_both_modes(page: Page, tmp_path: Path) -> None:
    for age in ("pictures", "adult"):
        folder = tmp_path / age
        folder.mkdir()
        PageFiles(folder=folder).write(facts(age=age, policy=DevicePolicy(staff_dpia="DPIA 7")))
    for tag, age in itertools.product(known(), ("pictures", "adult")):
        page.goto(PageFiles(folder=tmp_path / age).for_language(tag)[0].as_uri())
        assert page.locator("html").get_attribute("dir") == words_in(tag).direction
        unfold(page)
        for width, mode in itertools.product((320, 1024, 1920), MODES):
            page.set_viewport_size({"width": width, "height": 768})
            page.emulate_media(color_scheme=mode)
            assert faults(page) == [], (tag, age, width, mode)


def test_another_language_is_one_press_away_and_a_folded_part_too(page: Page) -> None:
    page.get_by_role("link", name="Polski").click()
    page.wait_for_url("**.pl.html")
    assert page.get_by_role("heading", level=1).inner_text() == words_in("pl").title
    folded = page.get_by_text(words_in("pl").more[0])
    assert not folded.is_visible()
    page.get_by_text(words_in("pl").more_heading).click()
    assert folded.is_visible()
