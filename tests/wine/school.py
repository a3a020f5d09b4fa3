"""A real collector outside of wine, with what devices get of it."""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.support.collector import Collector

SCHOOL = "Larkhill Bridge School"


@contextlib.contextmanager
def school() -> Iterator[Collector]:
    """Run a collector that has published its lists and its policy."""
    with (
        tempfile.TemporaryDirectory(prefix="lamplighter-school-") as folder,
        Collector(Path(folder), organisation=SCHOOL) as collector,
    ):
        collector.run("bundles", "publish")
        yield collector
