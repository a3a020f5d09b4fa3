"""The launcher with real processes: a shell script stands where the interpreter does."""

import asyncio
import contextlib
import fcntl
import os
import signal
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from lamplighter_agent.launcher import HelperEnd, Launcher
from lamplighter_agent.launching import ENDED_BY_SIGNAL, GraphicalSession, LaunchSettings
from lamplighter_agent.posix_helper import start
from lamplighter_agent.sessions import account_of

from tests.support.waiting import until


@dataclass
class Journal:
    """A watcher that remembers."""

    started: list[int] = field(default_factory=list)
    ended: list[tuple[int, HelperEnd]] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    failed: int = 0

    def helper_started(self, pid: int, session: GraphicalSession) -> None:
        self.started.append(pid)

    def session_left(self, session: GraphicalSession) -> None:
        self.left.append(session.display)

    def helper_ended(self, pid: int, session: GraphicalSession, end: HelperEnd) -> None:
        self.ended.append((pid, end))

    def helper_not_started(self, session: GraphicalSession) -> None:
        self.failed += 1


class Desk:
    """A finder whose sessions a test changes."""

    def __init__(self, *displays: str) -> None:
        self._displays = displays
        self._event = asyncio.Event()
        self.login = ""

    def sessions(self) -> Sequence[GraphicalSession]:
        return [
            GraphicalSession(display=display, account=account_of(None), login=self.login)
            for display in self._displays
        ]

    async def changed(self) -> None:
        await self._event.wait()
        self._event.clear()

    def now(self, *displays: str) -> None:
        self._displays = displays
        self._event.set()


@contextlib.asynccontextmanager
async def launching(folder: Path, script: str, desk: Desk) -> AsyncIterator[tuple[Launcher, Journal]]:
    helper = folder / "helper"
    helper.write_text(f"#!/bin/sh\n{script}\n")
    helper.chmod(0o755)
    settings = LaunchSettings(
        interpreter=str(helper), socket=folder / "s", organisation="Alder Vale School", gid=None
    )
    journal = Journal()
    launcher = Launcher(settings, desk, journal, start)
    running = asyncio.create_task(launcher.run())
    try:
        yield launcher, journal
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert launcher.children() == {}
    assert not [pid for pid in journal.started if _exists(pid)], "a zombie is left"


def _exists(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


async def test_a_helper_that_dies_is_started_again_within_two_seconds(tmp_path: Path) -> None:
    async with launching(tmp_path, "exec sleep 1000", Desk(":1")) as (launcher, journal):
        await until(lambda: journal.started)
        first = journal.started[0]
        launcher.settled(first)
        os.kill(first, signal.SIGKILL)
        await until(lambda: len(journal.started) == 2, seconds=2)
        end = HelperEnd(code=-signal.SIGKILL, settled=True, ours=False)
        assert (journal.ended, end.killed) == ([(first, end)], True)
        assert list(launcher.children()) == [journal.started[1]]


async def test_a_child_is_known_by_its_process_user_and_group(tmp_path: Path) -> None:
    async with launching(tmp_path, "exec sleep 1000", Desk(":1")) as (launcher, journal):
        await until(lambda: journal.started)
        (child,) = launcher.children().values()
        assert (child.pid, child.uid, child.gid) == (journal.started[0], os.getuid(), os.getgid())
        assert launcher.session_of(child.pid).display == ":1"


async def test_one_that_never_settles_is_started_ever_more_slowly(tmp_path: Path) -> None:
    async with launching(tmp_path, "exit 3", Desk(":1")) as (_, journal):
        loop = asyncio.get_running_loop()
        await until(lambda: len(journal.started) == 2)
        second = loop.time()
        await until(lambda: len(journal.started) == 3)
        third = loop.time()
        await until(lambda: len(journal.started) == 4)
        assert loop.time() - third > third - second
        assert {end for _, end in journal.ended} == {HelperEnd(code=3, settled=False, ours=False)}


async def test_one_that_can_not_be_started_is_told_and_tried_again(tmp_path: Path) -> None:
    desk = Desk()
    async with launching(tmp_path, "exec sleep 1000", desk) as (launcher, journal):
        (tmp_path / "helper").rename(tmp_path / "away")
        desk.now(":1")
        await until(lambda: journal.failed)
        assert (journal.started, dict(launcher.children())) == ([], {})
        (tmp_path / "away").rename(tmp_path / "helper")
        await until(lambda: journal.started)


@pytest.mark.parametrize("moment", ["helper_started", "helper_ended", "session_left"])
async def test_what_a_keeper_fails_with_ends_the_whole_and_leaves_no_helper(
    tmp_path: Path, moment: str
) -> None:
    class Broken(Journal):
        def __getattribute__(self, name: str) -> object:
            if name == moment:
                raise KeyError(moment)
            return super().__getattribute__(name)

    helper = tmp_path / "helper"
    helper.write_text("#!/bin/sh\nexec sleep 1000\n")
    helper.chmod(0o755)
    desk, journal = Desk(":1", ":2"), Broken()
    settings = LaunchSettings(interpreter=str(helper), socket=tmp_path / "s", organisation="A", gid=None)
    launcher = Launcher(settings, desk, journal, start)
    running = asyncio.create_task(launcher.run())
    if moment != "helper_started":
        await until(lambda: len(journal.started) == 2)
        if moment == "helper_ended":
            os.kill(journal.started[0], signal.SIGKILL)
        else:
            desk.now(":2")
    with pytest.raises(KeyError):
        await asyncio.wait_for(running, 5)
    assert launcher.children() == {}
    assert not [pid for pid in journal.started if _exists(pid)]


async def test_restart_kills_the_one_that_misbehaves(tmp_path: Path) -> None:
    async with launching(tmp_path, "exec sleep 1000", Desk(":1")) as (launcher, journal):
        await until(lambda: journal.started)
        launcher.restart(journal.started[0])
        await until(lambda: len(journal.started) == 2)
        (_, end) = journal.ended[0]
        assert (end.ours, end.killed) == (True, False)


async def test_sessions_come_and_go(tmp_path: Path) -> None:
    desk = Desk(":1")
    async with launching(tmp_path, "exec sleep 1000", desk) as (launcher, journal):
        await until(lambda: len(journal.started) == 1)
        desk.now(":2", ":3")
        await until(lambda: len(journal.started) == 3 and len(launcher.children()) == 2)
        assert (journal.ended, journal.left) == ([], [":1"])


async def test_a_display_that_somebody_else_has_now_gets_a_helper_of_its_own(tmp_path: Path) -> None:
    desk = Desk(":1")
    async with launching(tmp_path, "exec sleep 1000", desk) as (launcher, journal):
        await until(lambda: len(journal.started) == 1)
        desk.login = "c2"
        desk.now(":1")
        await until(lambda: len(journal.started) == 2 and len(launcher.children()) == 1)
        assert list(launcher.children()) == journal.started[1:]
        assert journal.left == [":1"]


async def test_a_session_that_leaves_while_its_helper_is_down_is_told_too(tmp_path: Path) -> None:
    desk = Desk(":1")
    async with launching(tmp_path, "exit 3", desk) as (_, journal):
        await until(lambda: journal.ended)
        desk.now()
        await until(lambda: journal.left)


async def test_a_helper_deaf_to_the_request_to_end_is_killed(tmp_path: Path) -> None:
    script = "trap '' TERM; touch deaf; while :; do sleep 1; done"
    async with launching(tmp_path, f"cd {tmp_path}; {script}", Desk(":1")):
        await until((tmp_path / "deaf").exists)


async def test_the_helper_gets_a_clean_environment_and_no_descriptors(tmp_path: Path) -> None:
    script = f"cd {tmp_path}; env -u _ -u PWD | sort > env; ls /proc/$$/fd > fds; touch done; exec sleep 1000"
    ours = fcntl.fcntl(2, fcntl.F_DUPFD, 77)
    os.set_inheritable(ours, True)
    async with launching(tmp_path, script, Desk(":1")):
        await until((tmp_path / "done").exists)
    os.close(ours)
    names = {line.split("=")[0] for line in (tmp_path / "env").read_text().splitlines()}
    assert names <= {"PATH", "LANG", "HOME", "DISPLAY", "OLDPWD"}
    assert str(ours) not in (tmp_path / "fds").read_text().split()


@pytest.mark.parametrize(
    ("code", "killed"),
    [(-9, True), (-15, True), (ENDED_BY_SIGNAL, True), (0, False), (1, False), (-11, False), (-6, False)],
)
def test_only_what_others_send_counts_as_killed(code: int, *, killed: bool) -> None:
    assert HelperEnd(code=code, settled=True, ours=False).killed is killed
    assert not HelperEnd(code=code, settled=True, ours=True).killed
