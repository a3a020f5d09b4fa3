import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from lamplighter_agent.media.scan import clamd as clamd_module
from lamplighter_agent.media.scan.clamd import Clamd as Engine
from lamplighter_agent.media.scan.engine import EngineBroken, Session
from lamplighter_agent.media.scan.outcome import Reason

from tests.support.clamav import EICAR, Clamd, running_clamd
from tests.support.waiting import wait_for


@contextmanager
def answering(folder: Path, answer: bytes, *, files: int = 1) -> Iterator[str]:
    """Stand at a socket, wait for so many descriptors, say this and hang up."""
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(folder / "s"))
        door.listen()

        def serve() -> None:
            caller, _ = door.accept()
            with caller:
                heard = b""
                while heard.count(b"FILDES\0\0") < files:
                    heard += caller.recv(4096)
                caller.sendall(answer)

        server = threading.Thread(target=serve)
        server.start()
        yield str(folder / "s")
        server.join()


def judged(session: Session, path: str) -> Reason:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return session.end(session.begin(descriptor))
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


def test_answers_in_any_order_belong_to_the_files_that_bear_their_numbers(tmp_path: Path) -> None:
    answers = b"3: fd[9]: OK\0001: fd[9]: OK\0002: fd[9]: Eicar FOUND\0"
    with answering(tmp_path, answers, files=3) as path, Path("/dev/null").open("rb") as file:
        session = Engine(path, answers_within_s=5).session()
        numbers = [session.begin(file.fileno()) for _ in range(3)]
        assert [session.end(number) for number in numbers] == [Reason.CLEAN, Reason.MALWARE, Reason.CLEAN]
        session.close()


@pytest.mark.parametrize("second", [b"1: fd[9]: OK\0", b"3: fd[9]: OK\0", b""])
def test_no_answer_counts_twice_or_for_another_file(tmp_path: Path, second: bytes) -> None:
    with (
        answering(tmp_path, b"1: fd[9]: OK\0" + second, files=2) as path,
        Path("/dev/null").open("rb") as file,
    ):
        session = Engine(path, answers_within_s=5).session()
        first, other = session.begin(file.fileno()), session.begin(file.fileno())
        assert session.end(first) is Reason.CLEAN
        with pytest.raises(EngineBroken):
            session.end(other)
        session.close()


def test_many_files_under_way_at_once_are_told_apart(clamd: Clamd, tmp_path: Path) -> None:
    session = Engine(str(clamd.socket), answers_within_s=60).session()
    (tmp_path / "clean").write_bytes(b"words" * 20_000)
    (tmp_path / "malware").write_bytes(EICAR)
    with (tmp_path / "clean").open("rb") as clean, (tmp_path / "malware").open("rb") as malware:
        files = [malware if number % 7 == 0 else clean for number in range(60)]
        numbers = [session.begin(file.fileno()) for file in files]
        said = [session.end(number) for number in numbers]
    assert said == [Reason.MALWARE if file is malware else Reason.CLEAN for file in files]
    session.close()


def test_a_clamd_that_hung_up_for_silence_is_called_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Reading a large file may take longer than clamd waits for the next question.

    It looks at its clock when something happens, so whether it hung up can't be seen before it is asked.
    """
    path = str(tmp_path / "f")
    Path(path).write_bytes(b"words")
    with running_clamd({"CommandReadTimeout": "1"}) as clamd:
        session = Engine(str(clamd.socket), answers_within_s=60).session()
        assert judged(session, path) is Reason.CLEAN
        silent_since = time.monotonic()
        wait_for(lambda: time.monotonic() - silent_since > 3, "more silence than clamd allows")
        monkeypatch.setattr(clamd_module, "_IDLE_S", 1.0)
        assert judged(session, path) is Reason.CLEAN
        session.close()


def test_that_it_has_no_memory_is_heard(tmp_path: Path) -> None:
    with answering(tmp_path, b"1: fd[9]: Can't allocate memory ERROR\0") as path:
        session = Engine(path, answers_within_s=5).session()
        with pytest.raises(EngineBroken) as broken:
            judged(session, "/dev/null")
        session.close()
    assert broken.value.reason is Reason.OUT_OF_MEMORY


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
