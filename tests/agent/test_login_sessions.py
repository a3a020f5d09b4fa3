"""The finder over a real bus with a stand-in for logind."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from lamplighter_agent import login_sessions
from lamplighter_agent.backends.linux.logind import Logind
from lamplighter_agent.backends.logins import LoginSession
from lamplighter_agent.launcher import HelperEnd, Launcher
from lamplighter_agent.launching import GraphicalSession, LaunchSettings
from lamplighter_agent.login_sessions import NO_DISPLAY, LoginSessions, left_out
from lamplighter_agent.posix_helper import start

from tests.support.system_bus import StandInLogind, session, standing_in, system_bus
from tests.support.waiting import until

ME = os.getuid()
PLAIN = LoginSession(
    id="2",
    uid=1000,
    kind="x11",
    group="user",
    seat="seat0",
    display=":0",
    leader=1,
    runtime="/run/user/1000",
    remote=False,
    active=True,
    locked=False,
    closing=False,
)


class Keeper(Logind):
    """logind's own word, with displays that nobody has to run."""

    displays: Mapping[str, Mapping[str, str]] = {}

    def environment(self, session: LoginSession) -> Mapping[str, str]:
        return self.displays.get(session.id, {"DISPLAY": session.display} if session.display else {})


@dataclass
class Bench:
    """A finder at work."""

    logind: StandInLogind
    finder: LoginSessions
    keeper: Keeper
    told: list[int]

    def watched(self) -> list[str]:
        return [one.display for one in self.finder.sessions()]

    def reasons(self) -> dict[str, str]:
        return {one["session"]: one["reason"] for one in self.finder.describe()["left_out"]}


@contextlib.asynccontextmanager
async def bench(folder: Path) -> AsyncIterator[Bench]:
    async with system_bus(folder) as address, standing_in(address, folder) as logind:
        told: list[int] = []
        keeper = Keeper(address)
        finder = LoginSessions(keeper, only_uid=ME, told=lambda: told.append(1), retry_seconds=0.1)
        following = asyncio.create_task(follow(finder))
        try:
            yield Bench(logind, finder, keeper, told)
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)


async def follow(finder: LoginSessions) -> None:
    while True:
        await finder.changed()


class Journal:
    """Hears of helpers."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def helper_started(self, pid: int, session: GraphicalSession) -> None:
        self.heard.append(f"started {session.login}")

    def helper_ended(self, pid: int, session: GraphicalSession, end: HelperEnd) -> None:
        self.heard.append(f"ended {session.login}")

    def helper_not_started(self, session: GraphicalSession) -> None:
        self.heard.append(f"not started {session.login}")

    def session_left(self, session: GraphicalSession) -> None:
        self.heard.append(f"left {session.login}")


async def test_a_helper_follows_its_person(tmp_path: Path) -> None:
    helper = tmp_path / "helper"
    helper.write_text("#!/bin/sh\nexec sleep 1000\n")
    helper.chmod(0o755)
    settings = LaunchSettings(interpreter=str(helper), socket=tmp_path / "s", organisation="A", gid=None)
    async with system_bus(tmp_path) as address, standing_in(address, tmp_path) as logind:
        logind.sessions = {"a": session(ME), "b": session(ME, Active=False)}
        finder = LoginSessions(Keeper(address), only_uid=ME, told=lambda: None)
        journal = Journal()
        launcher = asyncio.create_task(Launcher(settings, finder, journal, start).run())
        await until(lambda: journal.heard == ["started a"])
        # Another person on the same display: what is told in between is not needed.
        logind.sessions["a"]["Active"] = False
        await logind.change("b", Active=True)
        await until(lambda: sorted(journal.heard[1:]) == ["left a", "started b"])
        launcher.cancel()
        await asyncio.gather(launcher, return_exceptions=True)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"group": "greeter"}, "sign-in screen"),
        ({"group": "manager"}, "no person's"),
        ({"kind": "tty"}, "no graphical screen"),
        ({"remote": True}, "remote"),
        ({"seat": ""}, "no seat"),
        ({"uid": 0}, "root's"),
        ({"closing": True}, "ending"),
        ({"active": False}, "switched away"),
        ({"locked": True}, "locked"),
        ({"kind": "wayland"}, ""),
    ],
)
def test_each_that_is_not_watched_has_its_reason(changes: dict[str, object], words: str) -> None:
    reason = left_out(replace(PLAIN, **changes), only_uid=None)  # type: ignore[arg-type]
    assert (words in reason) if words else reason == ""


def test_an_ordinary_user_s_service_watches_its_own_session_only() -> None:
    assert "run as root" in left_out(PLAIN, only_uid=1001)
    assert left_out(PLAIN, only_uid=1000) == ""


async def test_several_seats_are_watched_and_who_is_switched_away_rests(tmp_path: Path) -> None:
    async with bench(tmp_path) as at:
        second = session(ME, Display=":1", Active=False)
        await at.logind.now(a=session(ME), b=second, c=session(ME, Seat="seat1", Display=":2"))
        await until(lambda: at.watched() == [":0", ":2"])
        assert at.reasons() == {"b": login_sessions.left_out(replace(PLAIN, active=False), only_uid=None)}
        at.logind.sessions["a"]["Active"] = False
        await at.logind.change("b", Active=True)
        await until(lambda: at.watched() == [":1", ":2"])
        assert [one.login for one in at.finder.sessions()] == ["b", "c"]
        assert at.told


async def test_locked_it_rests_and_unlocked_it_goes_on(tmp_path: Path) -> None:
    async with bench(tmp_path) as at:
        await at.logind.now(a=session(ME))
        await until(lambda: at.watched() == [":0"])
        await at.logind.change("a", LockedHint=True)
        await until(lambda: at.watched() == [])
        assert at.reasons()["a"].startswith("locked")
        await at.logind.change("a", LockedHint=False)
        await until(lambda: at.watched() == [":0"])


async def test_programs_that_start_late_are_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(login_sessions, "LOOK_SECONDS", 0.05)
    async with bench(tmp_path) as at:
        await at.logind.now(w=session(ME, Type="wayland", Display=""))
        await until(lambda: at.reasons() == {"w": NO_DISPLAY})
        at.keeper.displays = {"w": {"WAYLAND_DISPLAY": "wayland-1", "SWAYSOCK": "/s"}}
        await until(lambda: at.watched() == [f"{tmp_path}/wayland-1"])
        (found,) = at.finder.sessions()
        assert found.environment == {"WAYLAND_DISPLAY": "wayland-1", "SWAYSOCK": "/s"}


async def test_an_x_server_inside_a_compositor_that_tells_nothing_is_not_used(tmp_path: Path) -> None:
    async with bench(tmp_path) as at:
        at.keeper.displays = {"w": {"WAYLAND_DISPLAY": "/run/user/1/wayland-0", "DISPLAY": ":5"}}
        await at.logind.now(w=session(ME, Type="wayland", Display=""))
        await until(lambda: at.watched() == ["/run/user/1/wayland-0"])


async def test_a_compositor_in_an_x_session_is_not_what_is_watched(tmp_path: Path) -> None:
    async with bench(tmp_path) as at:
        at.keeper.displays = {"a": {"DISPLAY": ":0", "WAYLAND_DISPLAY": "w", "SWAYSOCK": "/s", "LANG": "C"}}
        await at.logind.now(a=session(ME))
        await until(lambda: at.watched() == [":0"])
        assert at.finder.sessions()[0].environment == {"LANG": "C"}


async def test_a_user_that_nobody_knows_is_left_out(tmp_path: Path) -> None:
    async with bench(tmp_path) as at:
        at.finder._only_uid = None
        await at.logind.now(a=session(4_000_000))
        await until(lambda: at.reasons() == {"a": "its user is not known on this device"})


async def test_without_a_keeper_nothing_is_watched_and_it_is_asked_again(tmp_path: Path) -> None:
    async with bench(tmp_path) as at:
        await at.logind.now(a=session(ME))
        await until(lambda: at.watched() == [":0"])
        at.logind.refuses = True
        await at.logind.now(a=session(ME))
        await until(lambda: at.watched() == [])
        assert at.finder.describe()["reason"] == "logind refuses to tell sessions"
        at.logind.refuses = False
        await until(lambda: at.watched() == [":0"])
        assert at.finder.describe()["reason"] == ""
