"""The open queue in a real browser: rows come by themselves, in their place, and focus stays where it was."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from lamplighter_collector.people.roles import Role
from playwright.async_api import Page, async_playwright, expect

from tests.support.certificates import CertificateFiles
from tests.support.collector import Collector, detection, device
from tests.support.forms import decide, fields_of, send
from tests.support.signed_in import PASSWORD, SignedIn, add_account

pytestmark = [pytest.mark.a11y, pytest.mark.usefixtures("grpc_let_go")]


@pytest.fixture
async def page(collector: Collector) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = await (await browser.new_context()).new_page()
        _, login = await asyncio.to_thread(add_account, collector.config, Role.DSL)
        await page.goto(collector.web)
        await page.get_by_label("Login").fill(login)
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Sign in").click()
        await expect(page.locator("#queue")).to_have_attribute("data-live", "yes")
        yield page
        await browser.close()


async def test_rows_arrive_in_order_are_announced_and_leave_focus_alone(
    collector: Collector, laptop: CertificateFiles, page: Page
) -> None:
    titles = page.locator("#group-now h3 a")
    async with device(collector.ingest, laptop) as lap:
        await lap.deliver([detection(theme="bullying", severity=4, user="first")])
        await expect(titles).to_have_text(["Bullying"])
        await expect(page.locator("#said")).to_have_text("Arrived: Bullying, severity 4 of 5.")
        await titles.focus()

        await lap.deliver([detection(theme="suicide", severity=5, user="second")])
        await expect(titles).to_have_text(["Suicide", "Bullying"])
        await lap.deliver([detection(theme="bullying", severity=4, user="first")])
        await expect(page.locator("#group-now")).to_contain_text("twice")

    await expect(titles).to_have_text(["Suicide", "Bullying"])
    await expect(titles.nth(1)).to_be_focused()
    await expect(page.locator("#total")).to_have_text("2")
    await expect(page.locator("#clear")).to_be_hidden()


async def test_what_a_colleague_decides_leaves_the_open_page_and_focus_goes_on(
    collector: Collector, laptop: CertificateFiles, dsl: SignedIn, page: Page
) -> None:
    async with device(collector.ingest, laptop) as lap:
        await lap.deliver([detection(theme="weapons", severity=3, user=user) for user in ("fourth", "fifth")])
    rows = page.locator("#group-today li")
    await expect(rows).to_have_count(2)
    before = int(await page.locator("#total").inner_text())
    await rows.first.get_by_role("link").focus()
    incident = str(await rows.first.get_attribute("data-incident"))
    other = str(await rows.last.get_attribute("data-incident"))

    await asyncio.to_thread(send, dsl, incident, {}, "claim")
    await expect(rows.first).to_contain_text("is reviewing this.")
    saved = await asyncio.to_thread(decide, dsl, incident, outcome="test")
    assert saved.status == 200
    await expect(rows).to_have_count(1)
    await expect(page.locator("#total")).to_have_text(str(before - 1))
    await expect(rows.first.get_by_role("link")).to_be_focused()

    await asyncio.to_thread(decide, dsl, other, outcome="staff", about="A teacher was signed in.")
    await expect(page.locator("#group-today")).to_be_hidden()
    undo = fields_of(saved, f"/incidents/{incident}/undo")
    await asyncio.to_thread(send, dsl, incident, undo, "undo")
    await expect(rows).to_have_count(1)
    await asyncio.to_thread(decide, dsl, incident, outcome="test")
    await expect(page.locator("#group-today")).to_be_hidden()


async def test_when_the_session_ends_the_open_queue_is_covered(page: Page, collector: Collector) -> None:
    """Somebody signs out in another tab: nobody reads on in this one."""
    other = await page.context.new_page()
    await other.goto(collector.web)
    await other.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible(timeout=10_000)
