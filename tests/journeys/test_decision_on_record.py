"""The DSL's job: sign in, look, decide; and the record of it is whole. With JavaScript and without."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from lamplighter_collector.people.roles import Role
from playwright.sync_api import Page, expect, sync_playwright

from tests.journeys.test_typed_word_reaches_queue import CHROMIUM
from tests.support.collector import Collector, detection, device
from tests.support.signed_in import PASSWORD, add_account

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "no-script"])
def test_sign_in_reveal_decide_and_all_of_it_is_on_record(tmp_path: Path, *, scripts: bool) -> None:
    with Collector(tmp_path) as collector:
        asyncio.run(deliver(collector))
        account, login = add_account(collector.config, Role.DSL, name="Wren Halloran")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
            page = browser.new_context(java_script_enabled=scripts).new_page()
            sign_in(page, collector.web, login)
            incident = look(page)
            decide(page)
            browser.close()

        (row,) = collector.report("incidents")
        assert (row["id"], row["state"], row["outcome"]) == (incident, "actioned", "referred")
        trail = [entry for entry in collector.report("audit list") if entry["actor"] == account]
        assert [(entry["verb"], entry["role"]) for entry in trail] == [
            ("signed-in", "dsl"),
            ("words-shown", "dsl"),
            ("incident-claim", "dsl"),
            ("incident-decide", "dsl"),
        ]
        assert {entry["object"] for entry in trail[1:]} == {incident}
        assert verified(collector)["bad"] is None
        kept = b"".join(path.read_bytes() for path in tmp_path.glob("collector.sqlite3*"))
        assert incident.encode() in kept
        for secret in (b"zebra lantern", b"What was typed", b"Head of year knows", b"Halloran"):
            assert secret not in kept
        assert "zebra" not in collector.log.read_text(encoding="utf-8")


async def deliver(collector: Collector) -> None:
    async with device(collector.ingest, collector.enrol("lap-17")) as laptop:
        await laptop.deliver([detection(theme="self-harm", severity=5)])


def sign_in(page: Page, address: str, login: str) -> None:
    page.goto(address)
    page.get_by_label("Login").fill(login)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def look(page: Page) -> str:
    """Open the one item and have its words shown; answers the item's id."""
    page.get_by_role("link", name="Self-harm").click()
    expect(page.get_by_text("Ring 999 first")).to_be_visible()
    expect(page.get_by_text("zebra lantern")).to_have_count(0)
    page.get_by_role("button", name="Show the words").click()
    expect(page.get_by_text("zebra lantern")).to_be_visible()
    page.get_by_role("button", name="Say that you are reviewing it").click()
    expect(page.get_by_text("You are reviewing this.")).to_be_visible()
    return page.url.rpartition("/")[2]


def decide(page: Page) -> None:
    page.get_by_role("radio", name="Referred").check()
    page.get_by_label("Referred to").select_option("Police")
    page.get_by_label("What you told them").fill("What was typed, and when.")
    page.get_by_label("Note (optional)").fill("Head of year knows.")
    page.get_by_role("button", name="Save decision").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Referred: Police, saved")
    expect(page.get_by_text("Nothing else is waiting.")).to_be_visible()
    page.get_by_role("link", name="Decided").click()
    expect(page.get_by_role("row", name="Referred: Police")).to_be_visible()


def verified(collector: Collector) -> dict[str, Any]:
    finding: dict[str, Any] = json.loads(collector.run("audit", "verify", "--json"))
    return finding
