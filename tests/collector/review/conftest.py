"""A desk over the store of the test."""

import pytest
from sqlalchemy import Engine

from tests.collector.review.desk import Desk


@pytest.fixture
def desk(engine: Engine) -> Desk:
    return Desk(engine)
