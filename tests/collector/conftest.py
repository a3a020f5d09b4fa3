"""A store of its own for each test of the collector."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.collector.stores import new_store


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine, _ = new_store(tmp_path)
    yield engine
    engine.dispose()


@pytest.fixture
def grpc_let_go() -> Iterator[None]:
    """gRPC's polling thread ends with its last object; a call that failed is held by its traceback."""
    yield
    gc.collect()
