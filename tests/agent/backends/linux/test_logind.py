import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from lamplighter_agent.backends.linux import logind as module
from lamplighter_agent.backends.linux.logind import Logind
from lamplighter_agent.errors import BackendUnavailable

from tests.support.system_bus import StandInLogind, session, standing_in, system_bus

ME = os.getuid()


@pytest_asyncio.fixture
async def logind(address: str, tmp_path: Path) -> AsyncIterator[StandInLogind]:
    async with standing_in(address, tmp_path) as logind:
        yield logind


@pytest_asyncio.fixture
async def keeper(address: str, logind: StandInLogind) -> AsyncIterator[Logind]:
    assert not logind.sessions
    keeper = Logind(address)
    await keeper.connect(nothing)
    yield keeper
    keeper.close()


def nothing() -> None:
    """Nobody is to be told."""


async def test_sessions_are_told_as_logind_has_them(
    logind: StandInLogind, keeper: Logind, tmp_path: Path
) -> None:
    logind.sessions = {"2": session(ME, Leader=41, Type="wayland", LockedHint=True, State="closing")}
    (found,) = await keeper.sessions()
    assert (found.id, found.uid, found.kind, found.group) == ("2", ME, "wayland", "user")
    assert (found.seat, found.display, found.leader, found.runtime) == ("seat0", ":0", 41, str(tmp_path))
    assert (found.remote, found.active, found.locked, found.closing) == (False, True, True, True)


async def test_every_change_is_told_and_one_that_ended_meanwhile_is_left_out(
    address: str, logind: StandInLogind
) -> None:
    changed = asyncio.Event()
    keeper = Logind(address)
    await keeper.connect(changed.set)
    await logind.now(**{"1": session(ME), "2": session(ME, Gone=True)})
    await asyncio.wait_for(changed.wait(), 5)
    assert [found.id for found in await keeper.sessions()] == ["1"]
    changed.clear()
    await logind.change("1", Active=False)
    await asyncio.wait_for(changed.wait(), 5)
    (found,) = await keeper.sessions()
    assert not found.active
    keeper.close()


async def test_without_a_bus_the_reason_is_said(tmp_path: Path) -> None:
    with pytest.raises(BackendUnavailable, match="there is no system bus"):
        await Logind(f"unix:path={tmp_path}/none").connect(nothing)


async def test_what_answers_nonsense_is_no_system_bus(tmp_path: Path) -> None:
    async def nonsense(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"\xff\xfe\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_unix_server(nonsense, tmp_path / "bus"):
        with pytest.raises(BackendUnavailable, match="there is no system bus"):
            await Logind(f"unix:path={tmp_path}/bus").connect(nothing)


async def test_a_bus_without_logind_is_said_to_be_one(address: str) -> None:
    with pytest.raises(BackendUnavailable, match="there is no logind"):
        await Logind(address).connect(nothing)


async def test_one_that_refuses_is_unavailable(logind: StandInLogind, keeper: Logind) -> None:
    logind.refuses = True
    with pytest.raises(BackendUnavailable, match="refuses to tell sessions"):
        await keeper.sessions()


async def test_one_that_never_answers_holds_nothing_up(
    logind: StandInLogind, keeper: Logind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ANSWER_SECONDS", 0.3)
    logind.silent = True
    with pytest.raises(BackendUnavailable, match="logind does not answer"):
        await keeper.sessions()


async def test_what_makes_no_sense_is_not_believed(logind: StandInLogind, keeper: Logind) -> None:
    logind.sessions = {"1": session(ME)}
    logind.without = "Leader"
    with pytest.raises(BackendUnavailable, match="is not understood"):
        await keeper.sessions()


async def test_the_end_of_the_bus_is_told(tmp_path: Path) -> None:
    changed = asyncio.Event()
    async with system_bus(tmp_path) as address:
        keeper = Logind(address)
        async with standing_in(address, tmp_path):
            await keeper.connect(nothing)
        keeper.close()
        async with standing_in(address, tmp_path):
            await keeper.connect(changed.set)
            changed.clear()
    await asyncio.wait_for(changed.wait(), 5)
    with pytest.raises(BackendUnavailable, match="the system bus has gone"):
        await keeper.sessions()
    keeper.close()


async def test_another_user_s_program_is_not_believed_to_be_logind(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with standing_in(address, tmp_path):
        # Seen from a service whose own user it is not.
        monkeypatch.setattr(module, "_TRUSTED", frozenset({4_000_000}))
        with pytest.raises(BackendUnavailable, match="is not root"):
            await Logind(address).connect(nothing)
