"""kill -9 at any moment: what `append` returned is owed once, and every repeat is in exactly one count."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.agent.spool.child import APPENDED, COMMITTED, COMMITTING, LINE, REPEATED, weight
from tests.agent.spool.making import drained, losses, opened

pytestmark = pytest.mark.kill
ROUNDS = 20
ROOT = Path(__file__).parents[3]


def journal_of_one_life(folder: Path, lines: int) -> list[tuple[bytes, bytes, int]]:
    """Start a process on `folder`, kill it after it told `lines` steps, return all it told."""
    reading, writing = os.pipe()
    command = [sys.executable, "-m", "tests.agent.spool.child", "work", str(folder), str(writing)]
    with subprocess.Popen(command, pass_fds=[writing], cwd=ROOT) as child, os.fdopen(reading, "rb") as pipe:
        os.close(writing)
        told = pipe.read(lines * LINE.size)
        child.kill()
        told += pipe.read()
    assert len(told) >= lines * LINE.size, "the child ended by itself"
    # A kill may cut the last line; its step is then one that was never told.
    whole = len(told) // LINE.size * LINE.size
    return [LINE.unpack_from(told, at) for at in range(0, whole, LINE.size)]


@pytest.mark.timeout(300)
def test_twenty_kills_lose_nothing_and_count_exactly(tmp_path: Path) -> None:
    chance = random.Random(9)
    told: list[tuple[bytes, bytes, int]] = []
    for _ in range(ROUNDS):
        told += journal_of_one_life(tmp_path, chance.randrange(1, 600))
    left = drained(opened(tmp_path))

    committed = {record_id: count for verb, record_id, count in told if verb == COMMITTED}
    perhaps = {record_id: count for verb, record_id, count in told if verb == COMMITTING}
    appended = [record_id for verb, record_id, _ in told if verb == APPENDED]
    repeated = sum(1 for verb, _, _ in told if verb == REPEATED)
    found = {one.id: weight(one) for one in left}

    assert len(found) == len(left)
    assert len([verb for verb, _, _ in told if verb == COMMITTED]) == len(committed), "committed twice"
    assert not committed.keys() & found.keys(), "committed, and owed again"
    everything = found | perhaps
    assert set(appended) <= everything.keys(), "lost"
    # A step that was done but not told: at most one in each round.
    assert 0 <= sum(everything.values()) - len(appended) - repeated <= ROUNDS
    # A kill is not damage.
    assert not losses(left)
