"""The questions, at a real terminal."""

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from lamplighter_collector.config import load
from lamplighter_collector.setup.settings_file import Place

from tests.collector.setup.answering import PASSWORD, place

_SECONDS = 30.0
TODAY = f"{datetime.now(UTC):%Y-%m-%d}"


class Typist:
    """Somebody at a terminal: waits for a question, then types."""

    def __init__(self, here: Place) -> None:
        near, far = os.openpty()
        # What runs in the background of a shell ignores Ctrl-C, and so would what it starts.
        command = ["env", "--default-signal=INT", sys.executable, "-m", "lamplighter_collector", "setup"]
        self.process = subprocess.Popen(
            [*command, "--config", str(here.config), "--data", str(here.data)],
            stdin=far,
            stdout=far,
            stderr=far,
            start_new_session=True,
        )
        os.close(far)
        self._near = near
        self.seen = ""
        self._read_to = 0

    def until(self, text: str) -> None:
        deadline = time.monotonic() + _SECONDS
        while text not in self.seen[self._read_to :]:
            assert select.select([self._near], [], [], max(0.0, deadline - time.monotonic()))[0], self.seen
            assert self._more(), self.seen
        self._read_to = self.seen.index(text, self._read_to) + len(text)

    def answer(self, question: str, text: str) -> None:
        self.until(question)
        os.write(self._near, f"{text}\n".encode())

    def end(self) -> int:
        while self._more():
            pass
        os.close(self._near)
        return self.process.wait(timeout=_SECONDS)

    def leave(self) -> int:
        """Press Ctrl-C, again where the first came between a question and the wait for its answer."""
        for _ in range(round(_SECONDS)):
            self.process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=1)
                break
        return self.end()

    def _more(self) -> bool:
        try:
            piece = os.read(self._near, 4096)
        except OSError:  # the other end is closed
            return False
        self.seen += piece.decode()
        return bool(piece)


def test_a_collector_is_made_by_answering_and_no_password_is_shown(tmp_path: Path) -> None:
    here = place(tmp_path)
    typist = Typist(here)
    for question, answer in (
        ("The school's name", "Marrowby Vale School"),
        ("PostgreSQL", ""),
        ("The name by which", "Not A Name"),
        ("The address to listen on", "127.0.0.1"),
        ("The port of ingest", ""),
        ("The port of enrolment", ""),
        ("The port of web", ""),
    ):
        typist.answer(question, answer)
    typist.until("Not so: addresses.name")
    for question, answer in (
        ("The name by which", "localhost"),
        ("The address to listen on", "127.0.0.1"),
        ("The port of ingest", ""),
        ("The port of enrolment", ""),
        ("The port of web", ""),
        ("Is there a certificate", ""),
        ("Name", "Morgan Oak"),
        ("Login", "m.oak"),
        ("Their own account", "moak"),
        ("Password, unseen (empty: none yet): ", "short"),
        ("Repeat for confirmation: ", "short"),
        ("Password, unseen (empty: none yet): ", PASSWORD),
        ("Repeat for confirmation: ", PASSWORD),
        ("the headteacher, too", "y"),
        ("Who", "Safeguarding lead"),
        ("Where or how", "Room 4"),
        ("The day on which", TODAY),
        ("One more", ""),
        ("Days for which", "200"),
        ("Make this collector now", ""),
    ):
        typist.answer(question, answer)
    assert typist.end() == 0, typist.seen
    assert PASSWORD not in typist.seen
    assert "sha256:" in typist.seen
    assert load(here.config).organisation == "Marrowby Vale School"
    again = Typist(here)
    again.answer("What is to be changed", "retention")
    again.answer("Days for which", "100")
    assert again.end() == 0, again.seen
    assert "retention days: 200" in again.seen
    assert "retention days: 100" in again.seen


def test_who_leaves_leaves_nothing(tmp_path: Path) -> None:
    here = place(tmp_path)
    typist = Typist(here)
    typist.answer("The school's name", "Marrowby Vale School")
    typist.until("PostgreSQL")
    assert typist.leave() == 1
    assert list(tmp_path.iterdir()) == []
