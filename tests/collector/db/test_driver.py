import pytest
from lamplighter_collector.db.driver import DriverStatement, transaction
from lamplighter_collector.db.faults import translated
from lamplighter_collector.errors import NotStorable
from lamplighter_collector.ingest.models import context_counts
from sqlalchemy import Engine

from tests.collector.stores import rows

INSERT = DriverStatement(context_counts)


@pytest.mark.parametrize("count", [0, 1, 7, 8, 64, 137, 1024, 3000])
def test_any_number_of_rows_is_inserted_in_order_and_counted(engine: Engine, count: int) -> None:
    new = [("org", f"{number:04d}", "theme", number) for number in range(count)]
    with transaction(engine) as cursor:
        assert INSERT.many(cursor, new) == count
        assert INSERT.many(cursor, new) == 0
    assert rows(engine, context_counts) == new


def test_an_error_rolls_everything_back(engine: Engine) -> None:
    broken = [("org", "day", "theme", 1), ("org", None, "theme", 1)]
    with pytest.raises(NotStorable), translated(), transaction(engine) as cursor:
        INSERT.many(cursor, broken)
    assert rows(engine, context_counts) == []
