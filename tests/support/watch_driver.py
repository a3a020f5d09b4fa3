"""The watch for portable media in a process of its own in a world, telling each change as a line of JSON."""

import asyncio
import contextlib
import dataclasses
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

from lamplighter_agent.backends.linux.media import UdevMedia
from lamplighter_agent.backends.media_ports import MediaChange
from lamplighter_agent.errors import BackendUnavailable

from tests.support.media_world import MediaWorld
from tests.support.sources import ROOT
from tests.support.waiting import wait_for


class Told:
    """What came, in order: "started" with the watch's name, changes, "failed" with its reason, "lacks"."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []

    @property
    def changes(self) -> list[dict[str, Any]]:
        return [one for one in self.lines if "medium" in one]

    def wait(self, what: Callable[[dict[str, Any]], Any], name: str) -> dict[str, Any]:
        return wait_for(lambda: next((one for one in self.lines if what(one)), None), name)


@contextlib.contextmanager
def watching(world: MediaWorld) -> Iterator[Told]:
    """Run the watch; it listens when this yields."""
    told = Told()
    process = world.start(
        *(sys.executable, "-m", "tests.support.watch_driver"),
        environment={"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stdin=subprocess.PIPE,
    )

    def read() -> None:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                told.lines.append(json.loads(line))

    reader = threading.Thread(target=read, name="what the watch tells")
    reader.start()
    try:
        told.wait(lambda line: "started" in line, "the start of the watch")
        yield told
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(20)
        reader.join()


async def _main() -> None:
    def say(**what: Any) -> None:
        sys.stdout.write(json.dumps(what) + "\n")
        sys.stdout.flush()

    def sink(change: MediaChange) -> None:
        # A machine may have other media than this world's.
        if change.medium.vendor == "Example":
            say(**dataclasses.asdict(change))

    def failed(error: BackendUnavailable) -> None:
        say(failed=error.reason)

    watch = UdevMedia()
    await watch.start(sink, failed)
    say(started=watch.name)
    asked = asyncio.create_task(_lacking(watch, say), name="what the watch lacks")
    await asyncio.to_thread(sys.stdin.read)
    asked.cancel()
    await asyncio.gather(asked, return_exceptions=True)
    await watch.stop()


async def _lacking(watch: UdevMedia, say: Callable[..., None]) -> None:
    """Say what it does without whenever that is another: "" for nothing."""
    before = ""
    while True:
        lacks = watch.lacks()
        now = "" if lacks is None else lacks.reason
        if now != before:
            say(lacks=now)
        before = now
        await asyncio.sleep(0.1)


if __name__ == "__main__":
    asyncio.run(_main())
