"""Installs version 2 over version 1 and kills itself before the Nth thing that it does to the folder.

Usage: python -m tests.agent.bundles.child FOLDER N. Ends in order, with the number of steps it counted, when
there are fewer than N.
"""

import os
import signal
import sys
from pathlib import Path

from lamplighter_agent.bundles.store import BundleStore
from lamplighter_agent.clock import SystemClock

from tests.agent.bundles.offers import School, keys_of

EVENTS = {"open", "os.rename", "os.link", "os.remove", "os.mkdir"}


def main(folder: Path, last: int) -> None:
    school = School()
    store = BundleStore(folder, school.anchor, keys_of(folder), SystemClock())
    store.load()
    steps = 0

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal steps
        if event in EVENTS and str(arguments[0]).startswith(str(folder)):
            steps += 1
            if steps == last:
                os.kill(os.getpid(), signal.SIGKILL)

    offer = school.offer(2, "wick")
    sys.addaudithook(hook)
    store.take(offer)
    sys.stdout.write(str(steps))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
