"""A whole watched device for measuring: both processes on a virtual desktop, and a real collector."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from installers.quickstart.virtual_desktop.desktop import Desktop, Window, running_desktop
from tests.support.collector import Collector
from tests.support.pair import Pair, desktop_user, installed_agent, running_pair
from tests.support.school import SCHOOL
from tests.support.waiting import wait_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What runs. Ids of detections that are safe in the spool can be read from `receipts`."""

    pair: Pair
    desktop: Desktop
    collector: Collector
    receipts: int

    @property
    def pids(self) -> list[int]:
        """The service and its helper."""
        return [self.pair.service.pid, self.pair.helper_pid()]

    def delivered(self) -> int:
        return int(self.pair.status().get("collector", {}).get("counts", {}).get("delivered", 0))

    def open_terminal(self) -> Window:
        """Wait for the sensors, then for the first match to have gone all the way: the stream is open."""
        self.pair.wait_until_sensing()
        window = self.desktop.open_xterm("homework")
        self.desktop.type_text("# i want to kill myself ")
        self.desktop.key("ctrl+u")
        wait_for(lambda: self.delivered() >= 1, "a first delivery")
        return window


@contextlib.contextmanager
def watched_device() -> Iterator[Watched]:
    """Run one; whoever asked for it closes `receipts`."""
    with (
        tempfile.TemporaryDirectory() as folder,
        installed_agent() as command,
        running_desktop(user=desktop_user()) as desktop,
    ):
        collector = Collector(Path(folder), organisation=SCHOOL)
        collector.start()
        # Nobody sits there who could agree at sign-in.
        policy = Path(folder) / "policy.toml"
        policy.write_text('[acknowledgement]\nnotice = "on_paper"\n', encoding="utf-8")
        collector.run("bundles", "publish", "--policy", str(policy))
        reading, writing = os.pipe()
        try:
            with running_pair(
                command,
                desktop,
                token=collector.token(),
                arguments=["--receipts-fd", str(writing)],
                pass_fds=[writing],
            ) as pair:
                os.close(writing)
                yield Watched(pair=pair, desktop=desktop, collector=collector, receipts=reading)
        finally:
            collector.stop()
