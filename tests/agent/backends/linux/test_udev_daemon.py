"""Whether udev's daemon runs."""

import socket
from pathlib import Path

import pytest
from lamplighter_agent.backends.linux import _udev_daemon


def test_a_daemon_is_there_as_long_as_it_listens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    control = tmp_path / "control"
    monkeypatch.setattr(_udev_daemon, "SOCKET", str(control))
    assert not _udev_daemon.udev_runs()
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as daemon:
        daemon.bind(str(control))
        daemon.listen()
        assert _udev_daemon.udev_runs()
    # Its socket stays behind when it is killed.
    assert control.exists()
    assert not _udev_daemon.udev_runs()
