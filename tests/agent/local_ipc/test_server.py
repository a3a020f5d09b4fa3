import asyncio
import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from lamplighter_agent.errors import ConfigError
from lamplighter_agent.local_ipc import framing
from lamplighter_agent.local_ipc.server import BURST, FLOOD_LIMIT
from lamplighter_protos.v1.local_pb2 import HelperMessage, ReportTypedText

from tests.agent.local_ipc.local_pair import SCHOOL, ourselves, running_server
from tests.support.waiting import until

CONNECT = "import socket,sys; s=socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); print(s.recv(9))"


def typed(text: str) -> bytes:
    message = HelperMessage(organisation=SCHOOL, typed=ReportTypedText(field=1, text=text))
    return framing.encode(message.SerializeToString())


async def test_our_own_child_is_heard(tmp_path: Path) -> None:
    async with running_server(tmp_path, children=ourselves()) as (path, hub):
        _, writer = await asyncio.open_unix_connection(path)
        writer.write(typed("one") + typed("two"))
        await until(lambda: len(hub.messages) == 2)
        assert [message.typed.text for message in hub.messages] == ["one", "two"]
        assert hub.connections[0].number == 1
        writer.close()
        await until(lambda: hub.ends == 1)
    assert not path.exists()


async def test_a_process_that_is_not_our_child_is_refused_and_told(tmp_path: Path) -> None:
    async with running_server(tmp_path, children={}) as (path, hub):
        command = [sys.executable, "-c", CONNECT, str(path)]
        stranger = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
        output, _ = await stranger.communicate()
        assert output.strip() in (b"b''", b"")
        assert hub.rejections == ["peer rejected for connect: not a child of the service"]
        assert hub.connections == []


async def test_a_second_connection_of_the_helper_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    async with running_server(tmp_path, children=ourselves()) as (path, hub):
        _, first = await asyncio.open_unix_connection(path)
        await until(lambda: hub.connections)
        second_reader, second = await asyncio.open_unix_connection(path)
        assert await second_reader.read() == b""
        first.write(typed("still here"))
        await until(lambda: hub.messages)
        assert len(hub.rejections) == 1
        first.close()
        second.close()


@pytest.mark.fault
@pytest.mark.parametrize(
    "garbage",
    [b"\xff" * 10, bytes(4), b"\x00\x00\x00\x04\xff\xff\xff\xff", b"GET / HTTP/1.1\r\n\r\n"],
)
async def test_garbage_ends_the_connection_and_is_told(tmp_path: Path, garbage: bytes) -> None:
    async with running_server(tmp_path, children=ourselves()) as (path, hub):
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(garbage)
        await reader.read()
        await until(lambda: hub.ends == 1)
        assert len(hub.breaks) == 1
        assert hub.messages == []
        writer.close()


@pytest.mark.fault
async def test_a_flood_is_counted_and_what_came_before_is_kept(tmp_path: Path) -> None:
    async with running_server(tmp_path, children=ourselves()) as (path, hub):
        _, writer = await asyncio.open_unix_connection(path)
        writer.write(typed("word") * 1000)
        await until(lambda: len(hub.messages) + hub.overflows == 1000)
        assert BURST <= len(hub.messages) < 400
        assert hub.breaks == []
        writer.close()


@pytest.mark.fault
async def test_an_endless_flood_ends_the_connection(tmp_path: Path) -> None:
    async with running_server(tmp_path, children=ourselves()) as (path, hub):
        _, writer = await asyncio.open_unix_connection(path)
        writer.write(typed("word") * (FLOOD_LIMIT + 1000))
        await until(lambda: hub.ends == 1)
        assert hub.breaks == ["flood"]
        assert hub.overflows == FLOOD_LIMIT
        writer.close()


async def test_the_socket_is_ours_alone_without_a_group(tmp_path: Path) -> None:
    async with running_server(tmp_path, children={}) as (path, _):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.root
async def test_as_root_the_kernel_refuses_a_program_without_the_group(tmp_path: Path) -> None:
    folder = Path("/tmp") / f"lamplighter-{os.getpid()}"
    folder.mkdir(mode=0o755)
    try:
        async with running_server(folder, children={}, gid=64990) as (path, hub):
            assert stat.S_IMODE(path.stat().st_mode) == 0o660
            assert (path.stat().st_uid, path.stat().st_gid) == (0, 64990)
            assert b"Permission denied" in await _connect_as(path, gid=65534)
            assert hub.rejections == []
            await _connect_as(path, gid=64990)
            assert len(hub.rejections) == 1
    finally:
        folder.rmdir()


async def _connect_as(path: Path, *, gid: int) -> bytes:
    """Connect as nobody with a primary group; return what it said on the way."""
    become = ["setpriv", "--reuid=65534", f"--regid={gid}", "--clear-groups", "/usr/bin/python3", "-c"]
    program = await asyncio.create_subprocess_exec(*become, CONNECT, str(path), stderr=subprocess.PIPE)
    _, said = await program.communicate()
    return said


async def test_a_path_that_no_socket_can_have_is_refused_by_its_key(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"paths\.runtime"):
        async with running_server(tmp_path / ("d" * 120), children={}):
            pass


@pytest.mark.fault
async def test_a_socket_that_somebody_listens_on_is_left_alone(tmp_path: Path) -> None:
    async with running_server(tmp_path, children=ourselves()) as (path, hub):
        with pytest.raises(ConfigError, match=r"paths\.runtime: another service"):
            async with running_server(tmp_path, children={}):
                pass
        _, writer = await asyncio.open_unix_connection(path)
        await until(lambda: hub.connections)
        writer.close()


async def test_a_stale_socket_is_replaced(tmp_path: Path) -> None:
    stale = socket.socket(socket.AF_UNIX)
    stale.bind(str(tmp_path / "s.sock"))
    stale.close()
    async with running_server(tmp_path, children=ourselves()) as (path, hub):
        _, writer = await asyncio.open_unix_connection(path)
        await until(lambda: hub.connections)
        writer.close()
