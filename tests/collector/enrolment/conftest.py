"""An authority of a test's own, without the folder and the process that a real one costs."""

from datetime import UTC, datetime

import pytest
from lamplighter_collector.enrolment.authority import Authority, _certified

from tests.support.collector import ORGANISATION
from tests.support.enrolling import new_key

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def authority() -> Authority:
    return made_authority(NOW)


def made_authority(now: datetime, organisation: str = ORGANISATION) -> Authority:
    key = new_key()
    return Authority(organisation, key, _certified(key, organisation, now))
