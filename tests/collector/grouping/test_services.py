"""Any order, any batching and any replay of the same detections give the same incidents and counts."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lamplighter_collector.ingest.arrival import Arrival, Counted, Placement
from lamplighter_collector.ingest.models import context_counts, detections
from lamplighter_collector.ingest.services import SqlStore
from lamplighter_collector.review.models import incidents
from sqlalchemy import Engine

from tests.collector.items import LAPTOP, arrival
from tests.collector.stores import empty, rows

ORDER_FREE = (
    "id",
    "audience",
    "device",
    "subject",
    "theme",
    "severity",
    "sightings",
    "count",
    "first_at",
    "last_at",
)
START = 1_795_248_000

some_detection = st.builds(
    lambda number, device, minutes, **fields: arrival(
        id=number.to_bytes(16, "big"),
        origin=replace(LAPTOP, device=device),
        observed_at=Timestamp(seconds=START + 60 * minutes),
        **fields,
    ),
    number=st.integers(0, 40),
    device=st.sampled_from(("lap-1", "lap-2")),
    minutes=st.integers(0, 3 * 24 * 60),
    severity=st.integers(1, 5),
    theme=st.sampled_from(("bullying", "self-harm")),
    user=st.sampled_from(("wren", "dev")),
    repeats=st.integers(0, 3),
    utc_offset_minutes=st.sampled_from((0, 60, -600)),
)
many = st.lists(some_detection, min_size=1, max_size=25, unique_by=lambda item: item.key)


def outcome(engine: Engine, batches: list[list[Arrival]]) -> tuple[list[tuple[Any, ...]], ...]:
    empty(engine)
    store = SqlStore(engine)
    for batch in batches:
        if batch:
            store.accept(batch)
    return (
        rows(engine, incidents, *ORDER_FREE),
        rows(engine, detections, "organisation", "incident", "observed_at", "device", "id"),
        rows(engine, context_counts),
    )


slow = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]


@settings(max_examples=40, deadline=None, suppress_health_check=slow)
@given(data=st.data(), items=many)
def test_order_batching_and_replay_do_not_matter(
    engine: Engine, data: st.DataObject, items: list[Arrival]
) -> None:
    replayed = data.draw(st.lists(st.sampled_from(items), max_size=15), label="replayed")
    shuffled = data.draw(st.permutations([*items, *replayed]), label="order")
    cuts = sorted(data.draw(st.lists(st.integers(0, len(shuffled)), max_size=6), label="cuts"))
    edges = [0, *cuts, len(shuffled)]
    batches = [list(shuffled[a:b]) for a, b in pairwise(edges)]
    assert outcome(engine, batches) == outcome(engine, [items])


@settings(max_examples=20, deadline=None, suppress_health_check=slow)
@given(items=many)
def test_every_observation_is_counted_in_exactly_one_place(engine: Engine, items: list[Arrival]) -> None:
    found, stored, counted = outcome(engine, [items])
    seen = [row[1] for row in stored if row[1] is not None]
    weight = sum(item.place.weight for item in items if isinstance(item.place, Placement | Counted))
    assert sum(row[ORDER_FREE.index("count")] for row in found) + sum(row[3] for row in counted) == weight
    assert len(stored) == len(items)
    assert {row[0]: row[ORDER_FREE.index("sightings")] for row in found} == Counter(seen)
