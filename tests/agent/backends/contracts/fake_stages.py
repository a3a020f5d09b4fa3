"""The fakes, on stages that have no system behind them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from lamplighter_agent.backends.media_ports import Medium
from lamplighter_agent.backends.ports import (
    FieldFocused,
    FieldRole,
    Foreground,
    PagesReport,
    TextDeleted,
    TextInserted,
)
from lamplighter_agent.errors import BackendUnavailable

from tests.agent.backends.contracts.stages import Doomed, Shown
from tests.support.fakes.accessible import FakeAccessible
from tests.support.fakes.foreground import FakeForeground
from tests.support.fakes.indicator import FakeIndicator
from tests.support.fakes.keyboard import FakeKeyboard
from tests.support.fakes.keys import FakeKeys
from tests.support.fakes.media import STICK, FakeMedia
from tests.support.fakes.media_guard import FakeGuard
from tests.support.fakes.pages import FakePages
from tests.support.fakes.terminal import FakeTerminal

GONE = BackendUnavailable("port", "it broke", "mend it")


class FakeKeyStage:
    """`FakeKeys` and their keyboard."""

    def __init__(self) -> None:
        self.source = FakeKeys()
        self.keyboard = FakeKeyboard(self.source)

    async def happen(self) -> None:
        self.keyboard.tap("a")


class FakeForegroundStage:
    """Windows that are only numbers; the last in the list is in front."""

    def __init__(self) -> None:
        self.source = FakeForeground()
        self._stack: list[Foreground] = []
        self._time_ms = 0

    async def happen(self) -> None:
        await self.open("happening")

    async def open(self, title: str) -> Shown:
        number = 1 + len(self._stack)
        window = Foreground(
            window_id=number, title=title, pid=100 + number, window_class="Fake", since_ms=self._tick()
        )
        self._stack.append(window)
        self.source.show(window)
        return Shown(window.window_id, window.pid)

    async def retitle(self, window: Shown, title: str) -> None:
        front = self._stack[-1]
        assert front.window_id == window.window_id
        self._stack[-1] = Foreground(
            window_id=front.window_id,
            title=title,
            pid=front.pid,
            window_class=front.window_class,
            since_ms=front.since_ms,
        )
        self.source.show(self._stack[-1])

    def bring(self, window: Shown) -> None:
        front = next(one for one in self._stack if one.window_id == window.window_id)
        self._stack.remove(front)
        self._stack.append(
            Foreground(
                window_id=front.window_id,
                title=front.title,
                pid=front.pid,
                window_class=front.window_class,
                since_ms=self._tick(),
            )
        )
        self.source.on_its_way.append(self._stack[-1])

    async def close(self, window: Shown) -> None:
        self._stack = [one for one in self._stack if one.window_id != window.window_id]
        self.source.show(self._stack[-1] if self._stack else None)

    def _tick(self) -> int:
        self._time_ms += 1
        self.source.time_ms = self._time_ms
        return self._time_ms


class FakeFieldStage:
    """Fields that are only names."""

    def __init__(self) -> None:
        self.source = FakeAccessible()
        self._key, self._length, self._secret = "", 0, False

    async def happen(self) -> None:
        await self.open("happening")

    async def open(self, title: str, *, secret: bool = False) -> int | None:
        self._key, self._length, self._secret = title, 0, secret
        self._focus()
        return 7

    async def type(self, text: str) -> None:
        if self._secret:
            return
        if not self.source.field_known:
            self._focus()
        for character in text:
            self.source.tell(TextInserted(field_key=self._key, offset=self._length, text=character))
            self._length += 1

    async def erase(self) -> None:
        self._length -= 1
        self.source.tell(TextDeleted(field_key=self._key, offset=self._length, count=1))

    def _focus(self) -> None:
        role = FieldRole.SECRET if self._secret else FieldRole.EDITABLE
        self.source.tell(FieldFocused(field_key=self._key, role=role, pid=7))


class FakeMediaStage:
    """One stick that is only a record."""

    def __init__(self) -> None:
        self.source = FakeMedia()

    async def happen(self) -> None:
        self.source.put_in()

    async def put_in(self) -> None:
        self.source.put_in()

    async def take_out(self) -> None:
        self.source.take_out()


class FakeGuardStage:
    """A stick that is only a record."""

    account, stranger = "rowan", "ash"

    def __init__(self) -> None:
        self.guard = FakeGuard()

    async def put_in(self) -> Medium:
        self.guard.pulled.discard(STICK.key)
        return STICK

    async def take_out(self) -> None:
        self.guard.pulled.add(STICK.key)

    async def may_use(self, medium: Medium, account_name: str) -> str:
        how = self.guard.released.get((medium.volumes[0].node, account_name))
        return "" if how is None else "rw" if how else "r"

    async def crash(self) -> FakeGuard:
        self.guard = FakeGuard()
        return self.guard


class FakeIndicatorStage:
    """An indicator that comes back at once."""

    def __init__(self) -> None:
        self.indicator = FakeIndicator()

    def visible(self) -> bool:
        return self.indicator.shown

    def take_away(self) -> None:
        self.indicator.say(shown=False)
        self.indicator.say(shown=True)


class FakeTerminalStage:
    """A terminal that is only a state."""

    def __init__(self) -> None:
        self.terminal = FakeTerminal()
        self.pid = 10
        self.terminal.pids = {self.pid}

    async def ask_secret(self) -> None:
        self.terminal.now = self.terminal.now.SECRET

    async def leave(self) -> None:
        self.terminal.now = self.terminal.now.READABLE


@asynccontextmanager
async def keys(_: pytest.FixtureRequest) -> AsyncIterator[FakeKeyStage]:
    yield FakeKeyStage()


@asynccontextmanager
async def foreground(_: pytest.FixtureRequest) -> AsyncIterator[FakeForegroundStage]:
    yield FakeForegroundStage()


@asynccontextmanager
async def fields(_: pytest.FixtureRequest) -> AsyncIterator[FakeFieldStage]:
    yield FakeFieldStage()


@asynccontextmanager
async def media(_: pytest.FixtureRequest) -> AsyncIterator[FakeMediaStage]:
    yield FakeMediaStage()


@asynccontextmanager
async def guard(_: pytest.FixtureRequest) -> AsyncIterator[FakeGuardStage]:
    yield FakeGuardStage()


@asynccontextmanager
async def indicator(_: pytest.FixtureRequest) -> AsyncIterator[FakeIndicatorStage]:
    yield FakeIndicatorStage()


@asynccontextmanager
async def terminal(_: pytest.FixtureRequest) -> AsyncIterator[FakeTerminalStage]:
    yield FakeTerminalStage()


def absent(source: FakeKeys | FakeForeground | FakeAccessible | FakeMedia) -> object:
    """Return the fake as it is where its system is missing."""
    source.unavailable = GONE
    return source


@asynccontextmanager
async def doomed_keys(_: pytest.FixtureRequest) -> AsyncIterator[Doomed]:
    source = FakeKeys()
    yield Doomed(source, lambda: source.fail(GONE))


@asynccontextmanager
async def doomed_foreground(_: pytest.FixtureRequest) -> AsyncIterator[Doomed]:
    source = FakeForeground()
    yield Doomed(source, lambda: source.fail(GONE))


@asynccontextmanager
async def doomed_fields(_: pytest.FixtureRequest) -> AsyncIterator[Doomed]:
    source = FakeAccessible()
    yield Doomed(source, lambda: source.fail(GONE))


@asynccontextmanager
async def doomed_media(_: pytest.FixtureRequest) -> AsyncIterator[Doomed]:
    source = FakeMedia()
    yield Doomed(source, lambda: source.fail(GONE))


class FakePagesStage:
    """A program that is only a name."""

    def __init__(self) -> None:
        self.source = FakePages()

    def prepare(self, *, answers: bool) -> tuple[int, str]:
        why = ("", "") if answers else ("no page answers", "start it anew")
        self.source.prepared["chromium"] = PagesReport(
            program="Chromium", read=answers, reason=why[0], remedy=why[1]
        )
        return 100, "chromium"


@asynccontextmanager
async def pages(_request: pytest.FixtureRequest) -> AsyncIterator[FakePagesStage]:
    yield FakePagesStage()
