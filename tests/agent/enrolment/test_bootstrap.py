"""The authority is believed by its pin alone, and a stranger is told apart from silence."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from cryptography import x509
from lamplighter_agent.enrolment.bootstrap import fetch_authority, is_pin, pin_of
from lamplighter_agent.errors import CollectorUnreachable, PinWrong

from tests.support.school import SchoolAuthority, open_school


async def fetch(address: str, pin: str, seconds: float = 10.0) -> x509.Certificate:
    host, _, port = address.rpartition(":")
    return (await asyncio.to_thread(fetch_authority, host, int(port), pin, seconds=seconds)).authority


async def test_the_authority_behind_the_pin_is_found() -> None:
    async with open_school() as school:
        found = await fetch(school.enrolment, school.authority.pin)
        assert found == school.authority.certificate
        assert pin_of(found) == school.authority.pin


async def test_a_wrong_pin_says_which_one_was_found() -> None:
    other = SchoolAuthority().pin
    async with open_school() as school:
        with pytest.raises(PinWrong) as wrong:
            await fetch(school.enrolment, other)
        assert (wrong.value.expected, wrong.value.found) == (other, school.authority.pin)
        assert school.authority.pin in str(wrong.value)


@pytest.mark.parametrize(
    "text", ["", "sha256:", "sha256:" + "g" * 64, "md5:" + "a" * 64, "sha256:" + "A" * 64]
)
def test_what_is_no_pin(text: str) -> None:
    assert not is_pin(text)


@contextmanager
def stranger(speak: Callable[[socket.socket], None]) -> Iterator[str]:
    """Answer one connection with something that is no handshake."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def work() -> None:
            connection, _ = server.accept()
            with connection:
                speak(connection)

        thread = threading.Thread(target=work, name="stranger")
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        thread.join()


def web_page(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n<h1>Please sign in to this network</h1>")


def hang_up(connection: socket.socket) -> None:
    connection.recv(4096)


def endless(connection: socket.socket) -> None:
    # A record that is announced longer than it may be, then anything at all.
    connection.recv(4096)
    try:
        while True:
            connection.sendall(b"\x16\x03\x03\x40\x00" + bytes(16384))
    except OSError:
        return


@pytest.mark.fault
@pytest.mark.parametrize("speak", [web_page, hang_up, endless])
async def test_who_speaks_no_tls_is_no_collector(speak: Callable[[socket.socket], None]) -> None:
    with stranger(speak) as address, pytest.raises(CollectorUnreachable):
        await fetch(address, SchoolAuthority().pin)


@pytest.mark.fault
async def test_who_says_nothing_is_left_in_time() -> None:
    released = threading.Event()

    def silent(_connection: socket.socket) -> None:
        released.wait(20)

    with stranger(silent) as address:
        try:
            with pytest.raises(CollectorUnreachable, match="too slow"):
                await fetch(address, SchoolAuthority().pin, seconds=0.2)
        finally:
            released.set()


async def test_where_nobody_is_the_address_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
    with pytest.raises(CollectorUnreachable, match=address):
        await fetch(address, SchoolAuthority().pin)
