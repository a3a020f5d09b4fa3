"""The dialog's process, with a pretended dialog and real pipes."""

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from lamplighter_agent import dialog_command
from lamplighter_agent import dialog_wire as wire
from lamplighter_agent.backends.dialog_port import Button, DialogEnd, DialogWords
from lamplighter_agent.dialog_command import serve
from lamplighter_agent.errors import BackendUnavailable

from tests.support.waiting import wait_for

pytestmark = pytest.mark.notice
WORDS = DialogWords(title="Help", text="Do you want help?", ok="Yes", cancel="No")


@dataclass
class PretendedDialog:
    """Fills `OpenDialog`; a test answers."""

    words: list[DialogWords] = field(default_factory=list)
    answered: threading.Event = field(default_factory=threading.Event)
    percents: list[int] = field(default_factory=list)
    end: DialogEnd | None = None
    gone: bool = False

    def opens(self, words: DialogWords) -> "PretendedDialog":
        self.words.append(words)
        return self

    def wait(self, seconds: float) -> DialogEnd | None:
        self.answered.wait(seconds)
        return self.end

    def show_percent(self, percent: int) -> None:
        self.percents.append(percent)

    def take_away(self) -> None:
        self.gone = True


@dataclass
class Process:
    """`serve` in a thread, and the service's ends of its pipes."""

    dialog: PretendedDialog
    said: list[bytes]
    writes: int
    codes: list[int]
    thread: threading.Thread

    def tell(self, line: bytes) -> None:
        os.write(self.writes, line)

    def hang_up(self) -> None:
        with contextlib.suppress(OSError):
            os.close(self.writes)
        self.writes = -1

    def ended(self) -> int:
        self.thread.join(20)
        return self.codes[0]


@pytest.fixture
def process(monkeypatch: pytest.MonkeyPatch) -> Iterator[Process]:
    monkeypatch.setattr(dialog_command, "LOOK_SECONDS", 0.01)
    reads, writes = os.pipe()
    dialog, said, codes = PretendedDialog(), list[bytes](), list[int]()
    thread = threading.Thread(target=lambda: codes.append(serve(reads, said.append, dialog.opens)))
    made = Process(dialog, said, writes, codes, thread)
    thread.start()
    yield made
    made.hang_up()
    thread.join(20)
    for other in threading.enumerate():
        if other.name == "input":
            other.join(20)
    os.close(reads)


def test_it_shows_the_words_and_says_how_that_ended(process: Process) -> None:
    process.tell(wire.words_line(WORDS))
    wait_for(lambda: process.said == [wire.SHOWN], "the dialog")
    process.dialog.end = DialogEnd(button=Button.CANCEL)
    process.dialog.answered.set()
    assert process.ended() == 0
    assert process.dialog.words == [WORDS]
    assert wire.read_end(process.said[1]).button is Button.CANCEL
    assert process.dialog.gone


def test_it_goes_away_unanswered_when_the_service_has_gone(process: Process) -> None:
    process.tell(wire.words_line(WORDS))
    wait_for(lambda: process.said == [wire.SHOWN], "the dialog")
    process.hang_up()
    assert process.ended() == 0
    assert (process.said, process.dialog.gone) == ([wire.SHOWN], True)


def test_a_bar_moves_by_what_is_a_number_of_per_cent(process: Process) -> None:
    line = wire.words_line(DialogWords(title="Check", text="A stick", bar=True))
    for part in (line[:7], line[7:], b"1", b"2\nrubbish\n400\n", b"99\n"):
        process.tell(part)
    wait_for(lambda: process.dialog.percents[-1:] == [99], "the bar")
    assert process.dialog.percents == [12, 99]


@pytest.mark.fault
def test_what_are_no_words_shows_nothing(process: Process) -> None:
    process.tell(b'{"title": 7}\n')
    assert process.ended() == 1
    assert (process.said, process.dialog.words) == ([wire.UNSHOWN], [])


def test_where_nothing_can_be_shown_that_is_said() -> None:
    def none(_words: DialogWords) -> PretendedDialog:
        raise BackendUnavailable("dialog", "none here", "none is needed")

    reads, writes = os.pipe()
    os.write(writes, wire.words_line(WORDS))
    os.close(writes)
    said: list[bytes] = []
    assert serve(reads, said.append, none) == 1
    assert said == [wire.UNSHOWN]
    for other in threading.enumerate():
        if other.name == "input":
            other.join(20)
    os.close(reads)


def test_the_verb_itself_shows_nothing_on_this_system_and_takes_nothing() -> None:
    command = [sys.executable, "-m", "lamplighter_agent", "dialog"]
    done = subprocess.run(command, input=wire.words_line(WORDS), capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (1, wire.UNSHOWN)
    assert subprocess.run([*command, "--covert"], capture_output=True, check=False).returncode == 2
