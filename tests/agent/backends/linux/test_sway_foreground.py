"""The focused window of a real sway, without swaymsg in between."""

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from lamplighter_agent.backends.linux.sway_foreground import SwayForeground
from lamplighter_agent.errors import BackendUnavailable

from tests.support.heard import HeardWindows, listening
from tests.support.sensed import aside, eventually
from tests.support.sway import SwayDesktop, ordinary_user, running_sway


@pytest.fixture(scope="module")
def sway() -> Iterator[SwayDesktop]:
    with running_sway(user=ordinary_user()) as desktop:
        yield desktop


@pytest_asyncio.fixture
async def watched(sway: SwayDesktop) -> AsyncIterator[HeardWindows]:
    async with listening(HeardWindows(SwayForeground(sway.environment["SWAYSOCK"]))) as watched:
        yield watched


async def test_reports_windows_titles_and_whose_they_are(sway: SwayDesktop, watched: HeardWindows) -> None:
    first = await aside(sway.open_foot, "harbour")
    found = await watched.shows("harbour")
    assert (found.window_id, found.pid, found.window_class) == (first.id, first.process.pid, "foot")
    second = await aside(sway.open_foot, "lighthouse")
    await watched.shows("lighthouse")
    await aside(sway.focus, first)
    again = await watched.shows("harbour")
    assert again.since_ms >= found.since_ms
    await aside(sway.retitle, first, "quay – naïve")
    assert (await watched.shows("quay – naïve")).since_ms == again.since_ms
    assert watched.source.check().window_id == first.id
    for window in (first, second):
        await aside(sway.close, window)
    await eventually(lambda: watched.seen[-1] is None, "no window in front")
    assert watched.source.check().window_id is None


async def test_asked_it_reports_what_its_events_have_not_said(
    sway: SwayDesktop, watched: HeardWindows
) -> None:
    window = sway.open_foot("not yet told")
    # The loop has not run since: only the question can have told.
    assert watched.source.check().window_id == window.id
    assert watched.seen[-1] is not None
    assert watched.seen[-1].title == "not yet told"
    sway.close(window)


async def test_without_a_compositor_it_says_so() -> None:
    watched = HeardWindows(SwayForeground("/nowhere/sway.sock"))
    with pytest.raises(BackendUnavailable, match="compositor"):
        await watched.start()
    assert watched.source.check().window_id is None


async def test_a_compositor_that_dies_is_told_once_and_found_when_it_is_back() -> None:
    with running_sway(user=ordinary_user()) as desktop:
        watched = HeardWindows(SwayForeground(desktop.environment["SWAYSOCK"]))
        await watched.start()
        await aside(desktop.kill_compositor)
        await eventually(lambda: watched.problems, "the loss")
        assert "compositor" in watched.problems[0].reason
        with pytest.raises(BackendUnavailable):
            await watched.start()
        await aside(desktop.start_compositor)
        await watched.start()
        await aside(desktop.open_foot, "back")
        await watched.shows("back")
        await watched.source.stop()
        assert len(watched.problems) == 1


HEADER = struct.Struct("=6sII")


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 400 Bad Request",
        HEADER.pack(b"i3-ipc", 1 << 31, 4),
        HEADER.pack(b"i3-ipc", 4, 2) + b"nope",
        HEADER.pack(b"i3-ipc", 200_000, 2) + b"[" * 200_000,
        HEADER.pack(b"i3-ipc", 17, 2) + json.dumps({"success": False}).encode(),
    ],
)
async def test_what_is_not_sway_is_no_compositor(tmp_path: Path, answer: bytes) -> None:
    """A peer that lies, floods or closes: never an exception of another kind, never a hang."""
    path = tmp_path / "sock"

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        writer.close()

    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        server = await asyncio.start_unix_server(serve, sock=listener)
        watched = HeardWindows(SwayForeground(str(path)))
        started = asyncio.create_task(asyncio.to_thread(asyncio.run, watched.start()))
        with pytest.raises(BackendUnavailable, match="compositor"):
            await started
        server.close()
        await server.wait_closed()
