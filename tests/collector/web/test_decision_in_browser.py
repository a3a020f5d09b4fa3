"""The incident's page in a real browser, with and without JavaScript.

Questions that open, errors that are found, all of it by keyboard, narrow, and read aloud.
"""

import itertools
import re
from collections.abc import Iterator

import pytest
from lamplighter_collector.people.roles import Role
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.collector.web.conftest import deliver_from
from tests.support.certificates import CertificateFiles
from tests.support.collector import Collector, detection
from tests.support.signed_in import sign_in_browser

pytestmark = pytest.mark.a11y


@pytest.fixture(scope="module")
def users(collector: Collector, laptop: CertificateFiles) -> Iterator[str]:
    """Pupils with one critical incident each; all delivered before a browser's loop runs in this thread."""
    names = [f"pupil{number:02}x" for number in range(40)]
    deliver_from(collector, laptop)(*(detection(theme="suicide", severity=5, user=name) for name in names))
    return iter(names)


@pytest.fixture(scope="module")
def browser(users: Iterator[str]) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def page(
    request: pytest.FixtureRequest, browser: Browser, collector: Collector, users: Iterator[str]
) -> Iterator[Page]:
    """The page of an incident of its own, opened by a DSL from the queue; with and without JavaScript."""
    context = browser.new_context(java_script_enabled=request.param, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    sign_in_browser(page, collector.web, collector.config, Role.DSL)
    page.get_by_role("listitem").filter(has_text=next(users)).get_by_role("link").first.click()
    page.wait_for_url("**/incidents/*")
    yield page
    context.close()


def test_an_answer_opens_its_own_questions_and_no_others(page: Page) -> None:
    reference, until = page.get_by_label("Reference in the record system"), page.get_by_label("Watch until")
    expect(page.get_by_role("radio", checked=True)).to_have_count(0)
    expect(reference).to_be_hidden()
    page.get_by_role("radio", name="Safeguarding record made").check()
    expect(reference).to_be_visible()
    page.get_by_role("radio", name="Watch").check()
    expect(reference).to_be_hidden()
    expect(until).to_be_visible()


def test_what_is_missing_is_said_first_and_leads_to_its_place(page: Page) -> None:
    page.get_by_role("radio", name="No concern").check()
    page.get_by_label("Note (optional)").fill("Kept.")
    page.get_by_role("button", name="Save decision").click()
    expect(page).to_have_title(re.compile(r"^Error: "))
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name="Choose why there is no concern").click()
    expect(page.get_by_label("Why", exact=True)).to_be_focused()
    expect(page.get_by_label("Why", exact=True)).to_have_accessible_description(
        re.compile("Choose why there is no concern")
    )
    expect(page.get_by_role("radio", name="No concern")).to_be_checked()
    expect(page.get_by_label("Note (optional)")).to_have_value("Kept.")


def test_deciding_and_undoing_without_a_mouse(page: Page) -> None:
    page.get_by_role("radio", name="Pastoral conversation").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Who will, and by when")).to_be_focused()
    page.keyboard.type("Head of year, today")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Pastoral conversation, saved")
    page.get_by_role("button", name="Undo").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Who is reviewing this")).to_contain_text(
        "You are reviewing this."
    )
    expect(page.get_by_role("region", name="Record of decisions")).to_contain_text("Undone")


def test_words_are_shown_on_demand_and_covered_again(page: Page) -> None:
    expect(page.get_by_text("zebra lantern")).to_have_count(0)
    page.get_by_role("button", name="Show the words").click()
    expect(page.get_by_text("zebra lantern")).to_be_visible()
    page.get_by_role("link", name="Cover them again").click()
    expect(page.get_by_text("zebra lantern")).to_have_count(0)


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_nothing_scrolls_sideways(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    box = page.locator("html").evaluate("element => [element.scrollWidth, element.clientWidth]")
    assert box[0] <= box[1]


def test_what_is_read_aloud_has_one_title_headings_in_order_and_named_parts(page: Page) -> None:
    levels = [int(tag[1]) for tag in re.findall(r"<(h[1-6])\b", page.content())]
    assert levels.count(1) == 1
    assert all(next_ <= level + 1 for level, next_ in itertools.pairwise(levels))
    heard = page.locator("body").aria_snapshot()
    for landmark in ("banner", "main", "contentinfo"):
        assert f"- {landmark}" in heard
    emergency = page.get_by_role("region", name="Emergency")
    expect(emergency).to_contain_text("Ring 999 first")
    assert heard.index("Ring 999 first") < heard.index("level=1")
    for name in ("What happened", "How sure is this?", "Sightings", "First steps"):
        expect(page.get_by_role("region", name=name)).to_have_count(1)
    expect(page.get_by_role("group", name="What did you decide?")).to_have_count(1)
    ids = re.findall(r'\bid="([^"]+)"', page.content())
    assert len(ids) == len(set(ids))
    for field in page.locator("input:not([type=hidden]), select, textarea").all():
        assert field.evaluate("element => element.labels.length") == 1


def test_controls_are_large_enough_to_hit(page: Page) -> None:
    for control in page.locator("main button:visible, main a.button:visible, main input[type=radio]").all():
        box = control.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 24


def test_the_pages_own_rules_for_scripts_and_styles_are_kept(page: Page) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.reload()
    assert said == []
    assert "style=" not in page.content()
