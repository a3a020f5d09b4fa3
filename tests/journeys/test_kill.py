"""Nothing that the spool confirmed is lost when service, helper or collector are killed under typing."""

import os
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.journeys.stack import Stack
from tests.support.listed import Listed, listed
from tests.support.waiting import wait_for

ROUNDS = 20
TYPED_WHILE_UP = 8
TYPED_AROUND_THE_KILL = 2

pytestmark = [pytest.mark.kill, pytest.mark.journey, pytest.mark.timeout(900)]


class Receipts:
    """Ids that `Spool.append` returned, read from the pipe that the service inherits."""

    def __init__(self) -> None:
        self.reader, self.writer = os.pipe()
        self.ids: list[str] = []
        self._thread = threading.Thread(target=self._read, name="receipts")
        self._thread.start()

    def _read(self) -> None:
        with os.fdopen(self.reader) as lines:
            self.ids.extend(line.strip() for line in lines)

    def close(self) -> None:
        os.close(self.writer)
        self._thread.join()


@contextmanager
def receipts(stack: Stack) -> Iterator[Receipts]:
    """Collect receipts until the block ends; it ends the processes too, since they hold the pipe open."""
    running = Receipts()
    try:
        yield running
    finally:
        stack.children.close()
        running.close()


def kill_in_turn(stack: Stack, number: int, start: list[str], writer: int) -> None:
    """Kill one of the three, bring it back as its supervisor would, and wait until all are up again."""
    match number % 3:
        case 0:
            stack.kill_service()
            stack.start_service(*start, pass_fds=(writer,))
        case 1:
            helper = stack.helper_pid()
            os.kill(helper, 9)
            wait_for(lambda: stack.find_helper() not in (None, helper), "another helper", seconds=20)
        case _:
            stack.restart_collector()
    stack.wait_until_watching()


def test_every_confirmed_detection_is_stored_once(stack: Stack) -> None:
    sentences: Iterator[Listed] = iter(listed())
    expected: list[Listed] = []
    with receipts(stack) as confirmed:
        start = ["--receipts-fd", str(confirmed.writer)]
        stack.start_service(*start, pass_fds=(confirmed.writer,))
        window = stack.desktop.open_gtk_entry("Notes")
        for number in range(ROUNDS):
            stack.desktop.focus(window)
            for _ in range(TYPED_WHILE_UP):
                expected.append(next(sentences))
                type_alone(stack, expected[-1])
            around = threading.Thread(target=type_all, args=(stack, sentences), name="typist")
            around.start()
            kill_in_turn(stack, number, start, confirmed.writer)
            around.join()
        stored = wait_for(
            lambda: all_stored(stack, confirmed), "every confirmed detection stored", seconds=120, step=0.5
        )
    ids = Counter(found["id"] for found in stored)
    assert len(confirmed.ids) == len(set(confirmed.ids))
    assert max(ids.values()) == 1
    terms = Counter(found["term"] for found in stored)
    assert {found["weight"] for found in stored} == {1}, "a count that is not exact"
    twice = [(found["term"], found["id"], found["weight"]) for found in stored if terms[found["term"]] > 1]
    assert not twice, f"typed once, counted twice: {twice}"
    missed = [sentence.term for sentence in expected if sentence.term not in terms]
    assert len(missed) <= len(expected) // 100, missed


def type_all(stack: Stack, sentences: Iterator[Listed]) -> None:
    for _ in range(TYPED_AROUND_THE_KILL):
        type_alone(stack, next(sentences))


def type_alone(stack: Stack, listed_sentence: Listed) -> None:
    """Type a sentence that replaces what stood there: two beside each other could mean a third thing."""
    stack.desktop.key("ctrl+a")
    stack.desktop.type_text(listed_sentence.sentence + " ")


def all_stored(stack: Stack, confirmed: Receipts) -> list[dict[str, Any]] | None:
    """Return what the collector stored once it has every id that the spool confirmed."""
    stored = [found for found in stack.read("detections") if found["term"]]
    return stored if set(confirmed.ids) <= {found["id"] for found in stored} else None
