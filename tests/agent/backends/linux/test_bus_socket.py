"""A connection to a real message bus without a loop, and peers that are none."""

import socket
import threading
from pathlib import Path

import pytest
from dbus_fast.errors import DBusError
from lamplighter_agent.backends.linux._bus_socket import BusSocket

from installers.quickstart.virtual_desktop.desktop import Desktop


def test_asked_it_has_told_what_came_before(desktop: Desktop) -> None:
    address = str(desktop.accessibility_bus)
    first, second = BusSocket(address), BusSocket(address)
    first.ask("AddMatch", "s", ["type='signal',member='NameOwnerChanged'"])
    second.ask("RequestName", "su", ["org.example.Harbour", 0])
    first.ask("GetId")
    told = [message.body[0] for message in first.taken() if message.member == "NameOwnerChanged"]
    assert "org.example.Harbour" in told
    assert first.taken() == []
    with pytest.raises(DBusError):
        first.ask("GetConnectionUnixProcessID", "s", [":1.99999"])
    for connection in (first, second):
        connection.close()
    with pytest.raises(ConnectionError):
        first.ask("GetId")


@pytest.mark.parametrize(
    "address", ["", "tcp:host=localhost", "unix:path=/nowhere/bus", "unix:abstract=nobody"]
)
def test_where_nobody_listens_it_says_so(address: str) -> None:
    with pytest.raises(ConnectionError):
        BusSocket(address)


@pytest.mark.parametrize("answer", [b"", b"REJECTED\r\n", b"x" * 5000, b"OK 1\r\n" + b"\xff" * 64])
def test_what_is_not_a_message_bus_is_not_waited_for(tmp_path: Path, answer: bytes) -> None:
    path = tmp_path / "bus"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen(1)

        def serve() -> None:
            peer, _ = listener.accept()
            with peer:
                peer.recv(1024)
                peer.sendall(answer)

        serving = threading.Thread(target=serve)
        serving.start()
        with pytest.raises(ConnectionError):
            BusSocket(f"unix:path={path},guid=1")
        serving.join(10)
