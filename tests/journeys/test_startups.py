"""Twenty start-ups in a row: each watches, each stops in order, none leaves a process behind."""

from functools import partial
from pathlib import Path

import pytest

from tests.journeys.stack import Stack
from tests.support.waiting import wait_for

STARTS = 20

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]


def zombies() -> set[str]:
    """Return the names of the ended processes that nobody reaped and that are ours."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = stat.read_text().partition("(")[2].rpartition(")")
        except OSError:
            continue
        if rest.split()[0] == "Z":
            found.add(name)
    return {name for name in found if name.startswith(("lamplighter", "python", "setpriv", "prlimit"))}


def gone(process: Path) -> bool:
    return not process.exists()


def test_twenty_start_ups_in_a_row(stack: Stack) -> None:
    before = zombies()
    for _ in range(STARTS):
        stack.start_service()
        helper = Path(f"/proc/{stack.helper_pid()}")
        assert stack.stop_service() == 0
        wait_for(partial(gone, helper), "the helper gone")
    # Any other program of the machine may end just now and be reaped in a moment; one of ours would stay.
    wait_for(lambda: zombies() <= before, "no zombie left")
