"""A terminal over each kind of store."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.collector.terminal import Terminal, fill, terminal_over


@pytest.fixture
def terminal(tmp_path: Path, store_url: str) -> Iterator[Terminal]:
    """Of a collector that was never started, with an empty store."""
    with terminal_over(tmp_path, store_url) as terminal:
        yield terminal


@pytest.fixture
def filled(terminal: Terminal) -> Terminal:
    fill(terminal)
    return terminal
