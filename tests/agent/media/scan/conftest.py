from collections.abc import Iterator

import pytest

from tests.support.clamav import Clamd, running_clamd


@pytest.fixture(scope="module")
def clamd() -> Iterator[Clamd]:
    """One daemon for the tests of a module that leave it as it is."""
    with running_clamd() as running:
        yield running
