"""gRPC's objects in this process are let go of before threads are counted."""

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _let_go(_no_leaked_threads: None) -> Iterator[None]:
    """Collect what a refusal's traceback, on either side, still holds of a channel or a server."""
    yield
    gc.collect()
