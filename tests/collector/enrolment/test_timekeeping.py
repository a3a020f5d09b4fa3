from datetime import timedelta

import pytest
from lamplighter_collector.clock import moment_of
from lamplighter_collector.enrolment.timekeeping import check, doubt
from lamplighter_collector.errors import AuthorityUnusable
from sqlalchemy import Engine

from tests.collector.items import LAPTOP
from tests.collector.stores import ENROLLED_MS, register
from tests.support.collector import ORGANISATION

SEEN = moment_of(ENROLLED_MS)


@pytest.mark.fault
@pytest.mark.parametrize(
    ("days", "words", "refused"),
    [
        (-730, "730 days before", True),
        (-31, "31 days before", True),
        (-2, "2 days before", False),
        (0, "", False),
        (300, "", False),
        (730, "730 days after", True),
    ],
)
def test_a_clock_that_is_off_is_named_and_far_off_issues_nothing(
    engine: Engine, days: int, words: str, *, refused: bool
) -> None:
    register(engine, LAPTOP)
    now = SEEN + timedelta(days=days)
    with engine.begin() as connection:
        found = doubt(connection, ORGANISATION, now)
        assert words in found
        assert bool(words) == bool(found)
        if not refused:
            check(connection, ORGANISATION, now)
            return
        with pytest.raises(AuthorityUnusable, match="set the clock"):
            check(connection, ORGANISATION, now)


def test_an_empty_store_knows_no_better(engine: Engine) -> None:
    with engine.begin() as connection:
        assert doubt(connection, ORGANISATION, SEEN) == ""
        check(connection, ORGANISATION, SEEN)
