"""The lines into the emulated computer, with a socket that answers as QEMU and the computer do."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.machine.image import packages
from tests.machine.lines import Monitor, Shell

Answers = list[list[dict[str, Any]]]


@contextmanager
def answering(path: Path, greeting: dict[str, Any], answers: Answers) -> Iterator[None]:
    """Listen at `path`; greet, and answer each order with the next lines."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()

        def answer() -> None:
            with listener.accept()[0] as line, line.makefile("rwb") as file:
                for told in ([greeting], *answers):
                    file.write(b"".join(json.dumps(one).encode() + b"\n" for one in told))
                    file.flush()
                    file.readline()

        answerer = threading.Thread(target=answer)
        answerer.start()
        yield
        answerer.join(20)


def test_an_event_that_comes_before_the_answer_is_not_lost(tmp_path: Path) -> None:
    gone = {"event": "DEVICE_DELETED", "data": {"device": "stick"}}
    answers: Answers = [[{"return": {}}], [gone, {"return": {}}]]
    with answering(tmp_path / "qmp", {"QMP": {}}, answers):
        monitor = Monitor(tmp_path / "qmp")
        monitor.ask("device_del", id="stick")
        monitor.wait_for("DEVICE_DELETED", "stick", seconds=20)
        monitor.close()


def test_what_qemu_refuses_is_said(tmp_path: Path) -> None:
    answers: Answers = [[{"return": {}}], [{"error": {"desc": "no such bus"}}]]
    with answering(tmp_path / "qmp", {"QMP": {}}, answers):
        monitor = Monitor(tmp_path / "qmp")
        with pytest.raises(RuntimeError, match="no such bus"):
            monitor.ask("device_add")
        monitor.close()


def test_a_program_in_the_computer_that_takes_too_long_or_fails_is_told_apart(tmp_path: Path) -> None:
    answers: Answers = [
        [{"code": None, "said": ""}],
        [{"code": 3, "said": "no"}],
        [{"code": 3, "said": "no"}],
    ]
    with answering(tmp_path / "control", {"ready": True}, answers):
        shell = Shell(tmp_path / "control")
        shell.wait(seconds=20)
        with pytest.raises(TimeoutError, match="true"):
            shell.run("true", seconds=1)
        assert shell.run("true") == "no"
        with pytest.raises(AssertionError):
            shell.run("true", check=True)
        shell.close()


def test_the_computer_s_packages_are_named_without_their_comments() -> None:
    assert "linux-image-amd64" in packages()
    assert not [name for name in packages() if not name or "#" in name or " " in name]
