"""A terminal over a store that holds something."""

import pytest

from tests.collector.terminal import Terminal, fill


@pytest.fixture
def filled(terminal: Terminal) -> Terminal:
    fill(terminal)
    return terminal
