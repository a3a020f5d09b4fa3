"""The real service and a real helper's session on a pretended Mac: a typed word is kept, a secret is not.

What Apple's system does is pretended at the thinnest edge on both sides; socket, rule, policy, sensors, lists
and spool are the real ones. It proves that the parts are joined, and nothing of a Mac.
"""

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from lamplighter_agent.backends.macos import choice
from lamplighter_agent.backends.macos.system import FrontWindow
from lamplighter_agent.backends.ports import Hardening
from lamplighter_agent.backends.posix.dialling import dial
from lamplighter_agent.backends.sign import Sign
from lamplighter_agent.clock import SystemClock
from lamplighter_agent.config import AgentConfig
from lamplighter_agent.local_ipc.client import LocalClient
from lamplighter_agent.mac_ground import MacGround
from lamplighter_agent.sensing.desktop import DesktopSensing
from lamplighter_agent.service import Service
from lamplighter_agent.session import Session
from lamplighter_protos.v1.detection_pb2 import LossNotice

from tests.agent.test_mac_ground import Mac, config
from tests.support.fakes.mac import MacKeyboard, PretendedMac
from tests.support.identities import enrolled, issued_by
from tests.support.school import SCHOOL, SchoolAuthority
from tests.support.sensed import aside
from tests.support.waiting import until

pytestmark = pytest.mark.usefixtures("grpc_let_go")
PLAIN = Hardening(not_dumpable=True, no_core=True, memory_locked=False)
LONG = 60.0
SAID = "i want to kill myself tonight"
EDITOR = FrontWindow(number=1, title="essay", pid=7, bundle="example.editor")


@dataclass
class Device:
    """A Mac that somebody sits at."""

    daemon: Mac
    screen: PretendedMac
    settings: AgentConfig
    stored: list[bytes]

    def status(self) -> dict[str, Any]:
        try:
            found: dict[str, Any] = json.loads(self.settings.status_file.read_text())
        except FileNotFoundError:
            return {}
        return found

    @property
    def sensing(self) -> bool:
        return bool(self.status().get("sensing"))

    @contextlib.asynccontextmanager
    async def helper(self) -> AsyncIterator[LocalClient]:
        """Run what launchd would have started."""
        client = LocalClient(organisation=SCHOOL)
        indicator = choice.indicator(Sign(organisation=SCHOOL), self.screen.opens)
        session = Session(client, indicator, PLAIN)
        session.attach(
            DesktopSensing(
                choice.ports(self.screen.opens),
                clock=SystemClock(),
                sink=client.report,
                unseen=lambda *_: None,
                changed=session.changed,
            )
        )
        client.on_policy = session.on_policy
        await client.connect(self.settings.socket, dial)
        working = asyncio.create_task(session.run())
        try:
            yield client
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)
            client.close()

    async def types(self, text: str) -> None:
        keyboard = MacKeyboard(self.screen)
        for letter in text:
            await aside(keyboard.tap, "space" if letter == " " else letter)
        await aside(keyboard.tap, "Return")


@contextlib.asynccontextmanager
async def device(folder: Path) -> AsyncIterator[Device]:
    settings = config(folder)
    enrolled(settings.state, issued_by(SchoolAuthority()))
    made = Device(Mac(), PretendedMac(), settings, [])
    made.screen.put_in_front(EDITOR)
    made.screen.give_focus("essay", "AXTextArea")
    stop = asyncio.Event()
    service = Service(
        settings,
        PLAIN,
        stored=made.stored.append,
        ground=lambda config: MacGround(config, made.daemon.asked()),
    )
    running = asyncio.create_task(service.run(stop))
    try:
        await until(lambda: made.status() or running.done(), seconds=LONG)
        yield made
    finally:
        stop.set()
        await running


@pytest.mark.canary
async def test_a_typed_sentence_is_on_record_and_a_secret_field_is_silent(tmp_path: Path) -> None:
    async with device(tmp_path) as mac, mac.helper():
        await until(lambda: mac.sensing, seconds=LONG)
        await aside(mac.screen.give_focus, "password", "AXTextField", "AXSecureTextField")
        await mac.types(SAID)
        await aside(mac.screen.give_focus, "essay", "AXTextArea")
        await mac.types("the sea was calm")
        kept = list(mac.stored)
        await mac.types(SAID)
        await until(lambda: len(mac.stored) > len(kept), seconds=LONG)
        assert kept == []
        (session,) = mac.status()["sessions"]
        assert (session["display"], session["helper"], session["indicator_shown"]) == (
            "console",
            "running",
            True,
        )
        assert mac.status()["boundary"]["kind"] == "separate"
        assert "has run on a Mac" in mac.status()["unproven"]


@pytest.mark.notice
async def test_without_its_sign_nothing_is_sensed_and_a_locked_screen_ends_the_session_s_line(
    tmp_path: Path,
) -> None:
    async with device(tmp_path) as mac:
        async with mac.helper() as client:
            await until(lambda: mac.sensing, seconds=LONG)
            # It is put back again and again, and is never seen.
            mac.screen.covered = "something covers the item in the menu bar"
            await until(lambda: not mac.sensing)
            gone = LossNotice.Reason.Name(LossNotice.REASON_INDICATOR_GONE)
            await until(lambda: any(gone.endswith(name.upper()) for name in mac.status()["losses"]))
            assert mac.screen.listeners == 0
            mac.screen.covered = ""
            await until(lambda: mac.sensing, seconds=LONG)
            mac.daemon.locked = True
            await until(client.closed.is_set)
        mac.daemon.queue.ends(os.getpid(), 0)
        await until(lambda: mac.status()["sessions"] == [])
        finder = mac.status()["finder"]
        assert [left["reason"] for left in finder["left_out"]] == ["locked: rests until its person is back"]
