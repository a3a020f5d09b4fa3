"""What the contract of indicators does not say of the menu bar."""

import asyncio

import pytest
from lamplighter_agent.backends.macos.menu_bar import MenuBarIndicator

from tests.support.fakes.mac import PretendedMac
from tests.support.reports import Reports

pytestmark = pytest.mark.notice


async def test_it_says_in_words_whether_this_device_is_checked() -> None:
    mac = PretendedMac()
    lamp = MenuBarIndicator(organisation="Larkhill\nBridge", clicked=lambda: None, opens=mac.opens)
    await lamp.start(Reports())
    assert mac.lamp is not None
    assert mac.lamp.words == "Larkhill Bridge: not checked"
    lamp.says(on=True)
    assert mac.lamp.words == "Larkhill Bridge: this device is checked"
    lamp.says(on=False, rests_until="08:00")
    assert mac.lamp.words == "Larkhill Bridge: not checked until 08:00"
    await lamp.stop()
    assert mac.lamp.removed


async def test_a_lamp_that_never_came_into_sight_is_never_shown() -> None:
    mac, reports = PretendedMac(), Reports()
    lamp = MenuBarIndicator(organisation="Larkhill", clicked=lambda: None, opens=mac.opens)
    await lamp.start(Reports())
    assert mac.lamp is not None
    mac.hidden = "the menu bar has no room for the item"
    await lamp.start(reports)
    assert reports.all == [(False, "the menu bar has no room for the item")]
    await lamp.stop()


async def test_a_click_reaches_the_loop() -> None:
    mac, clicked = PretendedMac(), asyncio.Event()
    lamp = MenuBarIndicator(organisation="Larkhill", clicked=clicked.set, opens=mac.opens)
    await lamp.start(Reports())
    await asyncio.to_thread(mac.clicked)
    await asyncio.wait_for(clicked.wait(), 5)
    await lamp.stop()
