"""A desk over the store of the test."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.collector.review.desk import Desk, desk_on


@pytest.fixture
def desk(engine: Engine) -> Iterator[Desk]:
    with desk_on(engine) as desk:
        yield desk
