"""The store's conditions say the same as the pure rules, for every person and every incident."""

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lamplighter_collector.ingest.services import SqlStore
from lamplighter_collector.people.person import Person
from lamplighter_collector.review import states
from lamplighter_collector.review.access import may_read
from lamplighter_collector.review.models import incidents
from lamplighter_collector.review.reading import open_now, readable
from lamplighter_collector.review.standing import standing_of
from sqlalchemy import ColumnElement, Connection, not_, select, update

from tests.collector.items import arrival
from tests.collector.people.people import SUBJECTS, people
from tests.collector.stores import new_store
from tests.support.collector import ORGANISATION

MOMENTS = (0, 1_000, states.CLAIM_MS + 1_000)
some_incident = st.fixed_dictionaries(
    {
        "subject": st.sampled_from(SUBJECTS),
        "audience": st.sampled_from(("dsl", "head", "chair")),
        "theme": st.sampled_from(("self-harm", "malware-media")),
        "state": st.sampled_from(states.State),
        "watch_until": st.sampled_from(MOMENTS),
        "claimed_at": st.sampled_from(MOMENTS),
    }
)


def found(connection: Connection, *where: ColumnElement[bool]) -> set[str]:
    return set(connection.scalars(select(incidents.c.id).where(*where)))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(person=people(), some=st.lists(some_incident, min_size=1, max_size=6), now=st.sampled_from(MOMENTS))
def test_what_is_found_is_what_may_be_read_and_what_is_open(
    person: Person, some: list[dict[str, object]], now: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        engine, _ = new_store(Path(folder))
        SqlStore(engine).accept([arrival(user=f"user{number}") for number in range(len(some))])
        with engine.begin() as connection:
            ids = sorted(found(connection))
            for incident, values in zip(ids, some, strict=True):
                connection.execute(update(incidents).where(incidents.c.id == incident).values(values))
            rows = connection.execute(select(incidents)).all()
            assert found(connection, *readable(ORGANISATION, person)) == {
                row.id
                for row in rows
                if may_read(person, standing_of(row).audience, row.subject, theme=row.theme)
            }
            assert found(connection, *readable("Elsewhere", person)) == set()
            is_open = {row.id for row in rows if states.is_open(standing_of(row), now)}
            assert found(connection, open_now(now)) == is_open
            assert found(connection, not_(open_now(now))) == set(ids) - is_open
        engine.dispose()
