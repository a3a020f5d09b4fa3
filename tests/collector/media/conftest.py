"""An office over each kind of store."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.collector.media.office import Office, open_office
from tests.support.sealed import seals_in


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Iterator[Office]:
    with seals_in(tmp_path) as seals:
        yield open_office(engine, seals, tmp_path)
