"""What the tests of packages share: each is built once for all of them, and kept until its sources change."""

from pathlib import Path

import pytest

from tests.support.built import frozen as frozen_program


@pytest.fixture(scope="session")
def frozen() -> Path:
    """The folder of the agent that needs no Python."""
    return frozen_program("agent")
