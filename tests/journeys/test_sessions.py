"""No session is configured: the one that logind tells is found, sensed, and rests while it is locked."""

import asyncio
from pathlib import Path

import pytest

from installers.quickstart.processes import start_service
from tests.journeys.stack import Stack
from tests.support.system_bus import session, standing_in, system_bus
from tests.support.waiting import wait_for

pytestmark = pytest.mark.journey


async def test_the_session_in_front_is_watched_until_it_is_locked(stack: Stack, tmp_path: Path) -> None:
    config = stack.write_config()
    config.write_text(config.read_text().partition("[desktop]")[0])
    leader = stack.desktop.start(["sleep", "1000"])
    runtime = Path(stack.desktop.environment["XDG_RUNTIME_DIR"])
    async with system_bus(tmp_path) as address, standing_in(address, runtime) as logind:
        display = stack.desktop.display_name
        front = session(stack.account.uid, Leader=leader.pid, Display=display)
        greeter = session(0, Class="greeter", Seat="seat1")
        logind.sessions = {"c1": front, "c2": greeter}
        command = ["env", f"DBUS_SYSTEM_BUS_ADDRESS={address}", str(stack.command)]
        stack.service = start_service(stack.children, command, config)
        await asyncio.to_thread(stack.wait_until_watching)
        found = stack.status()
        assert [one["display"] for one in found["sessions"]] == [display]
        left = [{"session": "c2", "seat": "seat1", "reason": "a sign-in screen"}]
        assert found["finder"] == {"source": "logind", "reason": "", "left_out": left}

        stack.desktop.open_gtk_entry("Notes")
        stack.desktop.type_text("i want to hurt myself ")
        await asyncio.to_thread(stack.wait_for_theme, "self-harm")

        await logind.change("c1", LockedHint=True)
        await asyncio.to_thread(wait_for, lambda: not stack.status()["sessions"], "the session resting")
        assert stack.find_helper() is None
        assert not stack.status()["sensing"]
        await logind.change("c1", LockedHint=False)
        await asyncio.to_thread(stack.wait_until_watching)
        assert stack.stop_service() == 0
    leader.kill()
    leader.wait()
