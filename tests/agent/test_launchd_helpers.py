"""What becomes of helpers that launchd starts, as a script: who is in front, who came, who ended."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest
from lamplighter_agent.errors import PeerRejected
from lamplighter_agent.launchd_helpers import LaunchdHelpers, LaunchdPorts, Patience
from lamplighter_agent.launching import Account, GraphicalSession
from lamplighter_agent.local_ipc.access import Child

from tests.agent.test_launcher import Journal
from tests.support.waiting import until


def session(uid: int, login: str) -> GraphicalSession:
    account = Account(name=f"user{uid}", uid=uid, gid=20, groups=(), home="/")
    return GraphicalSession(display="console", account=account, login=login)


ANNA, BEN = session(501, "7"), session(502, "9")
QUICK = Patience(comes=0.05, back=0.05, grace=0.01)
SLOW = Patience(comes=600, back=600, grace=600)


class Front:
    """Who is in front; fills `Looks`."""

    def __init__(self) -> None:
        self.now: tuple[GraphicalSession, ...] = ()
        self._handed: tuple[GraphicalSession, ...] = ()

    def look(self) -> tuple[GraphicalSession, ...]:
        return self.now

    def sessions(self) -> tuple[GraphicalSession, ...]:
        self._handed = self.now
        return self.now

    async def changed(self) -> None:
        while self.now == self._handed:  # noqa: ASYNC110 - the state is a test's
            await asyncio.sleep(0.001)


@dataclass
class Launchd:
    """What it was asked for, and whose end is watched."""

    asked: list[tuple[str, int]] = field(default_factory=list)
    ends: dict[int, Callable[[int], None]] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    closed: bool = False

    def watch(self, pid: int, told: Callable[[int], None]) -> None:
        if pid in self.gone:
            raise ProcessLookupError(3, "No such process")
        self.ends[pid] = told

    async def start(self, one: GraphicalSession) -> bool:
        self.asked.append(("start", one.account.uid))
        return True

    async def restart(self, one: GraphicalSession) -> bool:
        self.asked.append(("restart", one.account.uid))
        return True

    def close(self) -> None:
        self.closed = True


class Scene:
    """Everything a script talks to."""

    def __init__(self, patience: Patience) -> None:
        self.front, self.launchd, self.journal = Front(), Launchd(), Journal()
        self.sent_away: list[int] = []
        ports = LaunchdPorts(
            watch_end=self.launchd.watch,
            start=self.launchd.start,
            restart=self.launchd.restart,
            close=self.launchd.close,
        )
        self.helpers = LaunchdHelpers(self.front, self.journal, ports, patience)

    def comes(self, pid: int, uid: int = 501) -> None:
        self.helpers.came(Child(pid=pid, uid=uid, gid=0), lambda: self.sent_away.append(pid))

    async def followed(self, *uids: int) -> None:
        await until(lambda: self.helpers.uids == frozenset(uids))


@contextlib.asynccontextmanager
async def scene(patience: Patience = SLOW, *front: GraphicalSession) -> AsyncIterator[Scene]:
    made = Scene(patience)
    made.front.now = front
    running = asyncio.create_task(made.helpers.run())
    await made.followed(*(one.account.uid for one in front))
    try:
        yield made
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert made.launchd.closed


async def test_a_helper_that_came_is_known_with_its_session() -> None:
    async with scene(SLOW, ANNA) as one:
        one.comes(812)
        assert one.helpers.session_of(812) is ANNA
        assert one.helpers.children() == {812: Child(pid=812, uid=501, gid=0)}
        assert (one.journal.started, one.helpers.user_in_front) == ([812], 501)
    assert one.sent_away == [812]


async def test_who_is_not_in_front_or_has_ended_is_refused() -> None:
    async with scene(SLOW, ANNA) as one:
        with pytest.raises(PeerRejected, match="in front"):
            one.comes(900, uid=502)
        one.launchd.gone.add(901)
        with pytest.raises(PeerRejected, match="gone"):
            one.comes(901)
        one.front.now = ()
        with pytest.raises(PeerRejected, match="in front"):
            one.comes(902)
        assert one.helpers.user_in_front is None
        assert one.journal.started == []


@pytest.mark.kill
async def test_a_killed_helper_is_on_record_when_the_next_one_comes() -> None:
    async with scene(SLOW, ANNA) as one:
        one.comes(812)
        one.helpers.settled(812)
        one.launchd.ends[812](-9)
        assert one.helpers.children() == {}
        one.comes(813)
        ((pid, end),) = one.journal.ended
        assert (pid, end.killed, end.settled) == (812, True, True)
        assert one.journal.started == [812, 813]


async def test_an_end_is_on_record_also_where_no_other_comes() -> None:
    async with scene(QUICK, ANNA) as one:
        one.comes(812)
        one.launchd.ends[812](1)
        await until(lambda: one.journal.ended)
        assert not one.journal.ended[0][1].killed


async def test_an_end_at_a_sign_out_is_none_to_record() -> None:
    async with scene(QUICK, ANNA) as one:
        one.comes(812)
        # The helper's end is known before the session's.
        one.launchd.ends[812](-15)
        one.front.now = ()
        await one.followed()
        await asyncio.sleep(5 * QUICK.grace)
        assert (one.journal.ended, one.journal.left, one.journal.failed) == ([], ["console"], 0)


async def test_a_session_that_is_switched_away_sends_its_helper_away_and_the_next_is_let_in() -> None:
    async with scene(SLOW, ANNA) as one:
        one.comes(812)
        one.front.now = (BEN,)
        await one.followed(502)
        assert (one.sent_away, one.journal.left) == ([812], ["console"])
        one.launchd.ends[812](0)
        one.comes(820, uid=502)
        assert one.helpers.session_of(820) is BEN
        assert one.journal.ended == []


async def test_a_session_without_a_helper_is_told_of_and_launchd_is_asked_again_and_again() -> None:
    async with scene(QUICK, ANNA) as one:
        await until(lambda: len(one.launchd.asked) >= 2)
        assert set(one.launchd.asked) == {("start", 501)}
        assert one.journal.failed >= 2
        # Once it is there nobody is missed any more.
        one.comes(812)
        failed = one.journal.failed
        await asyncio.sleep(6 * QUICK.comes)
        assert one.journal.failed == failed


async def test_one_that_must_not_go_on_is_ended_by_launchd_once() -> None:
    async with scene(SLOW, ANNA) as one:
        one.comes(812)
        one.helpers.restart(812)
        one.helpers.restart(812)
        one.helpers.restart(999)
        await until(lambda: one.launchd.asked)
        assert one.launchd.asked == [("restart", 501)]
        one.launchd.ends[812](-9)
        one.comes(813)
        assert one.journal.ended[0][1].ours
