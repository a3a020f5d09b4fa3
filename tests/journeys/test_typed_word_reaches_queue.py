"""The main job: a listed word typed in a real window is on the DSL's page, by way of everything."""

import pytest
from lamplighter_collector.people.roles import Role
from playwright.sync_api import Page, sync_playwright

from tests.journeys.stack import Stack
from tests.support.signed_in import sign_in_browser

CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

pytestmark = pytest.mark.journey


def test_words_from_gtk_qt_and_terminal_reach_the_open_page(stack: Stack, qt_python: str) -> None:
    stack.start_service()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        page = browser.new_page()
        sign_in_browser(page, stack.collector.web, stack.collector.config, Role.DSL)

        stack.desktop.open_gtk_entry("Notes")
        stack.desktop.type_text("everyone hates you just leave ")
        appears(page, "Bullying")

        stack.desktop.open_qt_field("Diary", python=qt_python)
        stack.desktop.type_text("i want to hurt myself ")
        appears(page, "Self-harm")

        stack.desktop.open_xterm("Terminal")
        stack.desktop.type_text("i dont want to be alive anymore ")
        appears(page, "Suicide")
        browser.close()


def appears(page: Page, theme: str) -> None:
    """Wait until the open page, without a reload, lists an incident of this theme."""
    page.get_by_role("link", name=theme).first.wait_for(timeout=15_000)
