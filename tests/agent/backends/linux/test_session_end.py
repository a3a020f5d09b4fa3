"""Ending a session by logind: a real bus, and a stand-in that speaks the documented interface."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from dbus_fast import BusType
from dbus_fast.aio import MessageBus
from dbus_fast.service import ServiceInterface, dbus_method
from lamplighter_agent.backends.linux.session_end import end_sessions

pytestmark = pytest.mark.notice
ME = 1234


class Logind(ServiceInterface):
    """Two sessions of ours, of which one has no seat, and one of somebody else."""

    def __init__(self) -> None:
        super().__init__("org.freedesktop.login1.Manager")
        self.ended: list[str] = []

    @dbus_method()
    def ListSessions(self) -> "a(susso)":  # type: ignore  # noqa: F821, N802, PGH003 - D-Bus signatures
        path = "/org/freedesktop/login1/session/x"
        return [
            ["3", ME, "pia", "seat0", path],
            ["4", ME, "pia", "", path],
            ["5", 999, "tom", "seat1", path],
        ]

    @dbus_method()
    def TerminateSession(self, name: "s") -> None:  # type: ignore[name-defined]  # noqa: F821, N802 - as documented
        self.ended.append(name)


@pytest.fixture
async def bus(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    command = ("dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1")
    daemon = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert daemon.stdout is not None
    address = (await daemon.stdout.readline()).decode().strip()
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
    yield address
    daemon.terminate()
    await daemon.wait()


async def test_the_sessions_of_that_user_at_a_seat_are_ended(bus: str) -> None:
    logind = Logind()
    serving = await MessageBus(bus_address=bus).connect()
    serving.export("/org/freedesktop/login1", logind)
    await serving.request_name("org.freedesktop.login1")
    assert await end_sessions(ME)
    assert not await end_sessions(4321)
    assert logind.ended == ["3"]
    serving.disconnect()


async def test_a_bus_without_logind_ends_nothing(bus: str) -> None:
    assert bus
    assert not await end_sessions(ME)


async def test_no_bus_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere/at/all")
    assert BusType.SYSTEM
    assert not await end_sessions(ME)
