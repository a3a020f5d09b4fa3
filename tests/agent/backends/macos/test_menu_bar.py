"""What the contract of indicators does not say of the menu bar."""

import asyncio

import pytest
from lamplighter_agent.backends.macos.menu_bar import MenuBarIndicator
from lamplighter_agent.backends.sign import Sign

from tests.support.fakes.mac import PretendedMac
from tests.support.reports import Reports

pytestmark = pytest.mark.notice


async def test_it_says_in_words_whether_this_device_is_checked() -> None:
    mac = PretendedMac()
    lamp = MenuBarIndicator(Sign(organisation="Larkhill\nBridge"), mac.opens)
    await lamp.start(Reports())
    assert mac.lamp is not None
    assert mac.lamp.words.title == "Lamplighter is off."
    lamp.says(on=True)
    assert mac.lamp.words.title == "Lamplighter is on."
    assert mac.lamp.words.about == "Lamplighter is on: this device belongs to Larkhill Bridge."
    assert (mac.lamp.words.page, mac.lamp.words.help) == ("What it checks", "I need help")
    lamp.says(on=False, rests_until="Monday 08:00")
    assert mac.lamp.words.title == "Lamplighter rests until Monday 08:00."
    await lamp.stop()
    assert mac.lamp.removed


async def test_a_lamp_that_never_came_into_sight_is_never_shown() -> None:
    mac, reports = PretendedMac(), Reports()
    lamp = MenuBarIndicator(Sign(organisation="Larkhill"), mac.opens)
    await lamp.start(Reports())
    assert mac.lamp is not None
    mac.hidden = "the menu bar has no room for the item"
    await lamp.start(reports)
    assert reports.all == [(False, "the menu bar has no room for the item")]
    await lamp.stop()


async def test_what_is_pressed_reaches_the_loop() -> None:
    mac, clicked, helped = PretendedMac(), asyncio.Event(), asyncio.Event()
    lamp = MenuBarIndicator(
        Sign(organisation="Larkhill", clicked=clicked.set, help_clicked=helped.set), mac.opens
    )
    await lamp.start(Reports())
    assert mac.presses is not None
    await asyncio.to_thread(mac.presses.page)
    await asyncio.wait_for(clicked.wait(), 5)
    assert not helped.is_set()
    await asyncio.to_thread(mac.presses.help)
    await asyncio.wait_for(helped.wait(), 5)
    await lamp.stop()


async def test_it_speaks_the_language_of_the_session() -> None:
    mac = PretendedMac()
    lamp = MenuBarIndicator(Sign(organisation="Larkhill", language="tr_TR.UTF-8"), mac.opens)
    lamp.says(on=True)
    await lamp.start(Reports())
    assert mac.lamp is not None
    assert mac.lamp.words.about == "Lamplighter açık. Bu cihazın sahibi: Larkhill."
    assert mac.lamp.words.help == "Yardıma ihtiyacım var"
    await lamp.stop()
