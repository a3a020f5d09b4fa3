"""Who listens on a socket, asked of real ones."""

import os
import socket
from pathlib import Path

from lamplighter_agent.backends.linux._listener import listener_on


def test_the_kernel_says_who_listens(tmp_path: Path) -> None:
    path = str(tmp_path / "wayland-0")
    assert listener_on(path) is None
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        assert listener_on(path) is None
        listener.listen(1)
        assert listener_on(path) == os.getpid()
    assert listener_on(path) is None
    assert listener_on("no\0path") is None
