import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from lamplighter_agent.media.scan.clamd import Clamd as Engine
from lamplighter_agent.media.scan.engine import EngineBroken, Session
from lamplighter_agent.media.scan.outcome import Reason

from tests.support.clamav import EICAR, Clamd, running_clamd


@contextmanager
def answering(folder: Path, answer: bytes) -> Iterator[str]:
    """Stand at a socket, wait for a descriptor, say this and hang up."""
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(folder / "s"))
        door.listen()

        def serve() -> None:
            caller, _ = door.accept()
            with caller:
                heard = b""
                while not heard.endswith(b"FILDES\0\0"):
                    heard += caller.recv(4096)
                caller.sendall(answer)

        server = threading.Thread(target=serve)
        server.start()
        yield str(folder / "s")
        server.join()


def judged(session: Session, path: str) -> Reason:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        session.begin(descriptor)
        return session.end()
    finally:
        os.close(descriptor)


@pytest.mark.parametrize(
    "answer",
    [
        b"1: fd[9]: OK",
        b"2: fd[9]: OK\0",
        b"1: fd[9]: OKAY\0",
        b"fd[9]: OK\0",
        b"1: a: OK\n1: fd[9]: OK\0",
        b"1: fd[9]: Can't read file ERROR\0",
        b"UNKNOWN COMMAND\0",
        b"\0",
        b"",
    ],
)
def test_only_a_whole_ok_to_our_own_question_is_one(tmp_path: Path, answer: bytes) -> None:
    with answering(tmp_path, answer) as path:
        session = Engine(path, answers_within_s=5).session()
        with pytest.raises(EngineBroken) as broken:
            judged(session, "/dev/null")
        session.close()
    assert broken.value.reason is Reason.ENGINE_FAILED


def test_it_is_asked_about_descriptors_and_counts_its_answers(clamd: Clamd, tmp_path: Path) -> None:
    session = Engine(str(clamd.socket), answers_within_s=60).session()
    for content, expected in [(b"words", Reason.CLEAN), (EICAR, Reason.MALWARE), (b"", Reason.CLEAN)] * 5:
        (tmp_path / "f").write_bytes(content)
        assert judged(session, str(tmp_path / "f")) is expected
    session.close()


def test_a_clamd_that_was_restarted_is_no_answer() -> None:
    with running_clamd() as clamd:
        engine = Engine(str(clamd.socket), answers_within_s=60)
        session = engine.session()
        clamd.kill()
        with pytest.raises(EngineBroken):
            judged(session, "/dev/null")
        session.close()
        assert engine.readiness().reason is Reason.ENGINE_MISSING
        clamd.start()
        assert engine.readiness().reason is Reason.CLEAN


def test_its_limit_is_found_by_trying() -> None:
    with running_clamd({"MaxFileSize": "10M"}) as clamd:
        session = Engine(str(clamd.socket), answers_within_s=60).session()
        assert session.takes(1 << 20)
        assert not session.takes(11 << 20)
        assert session.takes(9 << 20)
        assert not session.takes(1 << 40)
        session.close()
