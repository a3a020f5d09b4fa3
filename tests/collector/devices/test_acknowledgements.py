"""Answers to the notice, counted by the last one of each account."""

from dataclasses import replace

from google.protobuf.timestamp_pb2 import Timestamp
from lamplighter_collector.devices.acknowledgements import Acknowledged, counts
from lamplighter_collector.ingest.services import SqlStore
from sqlalchemy import Engine

from tests.collector.items import LAPTOP, answer_arrival
from tests.support.collector import said

LATER = Timestamp(seconds=1_795_248_060)


def test_the_last_answer_of_each_account_counts_by_device(engine: Engine) -> None:
    other = replace(LAPTOP, device="lap-18")
    SqlStore(engine).accept(
        [
            answer_arrival(answer=said(accepted=False)),
            answer_arrival(observed_at=LATER),
            answer_arrival(user="pupil08", answer=said(accepted=False)),
            answer_arrival(origin=other),
        ]
    )
    with engine.begin() as connection:
        assert counts(connection, LAPTOP.organisation) == {
            "lap-17": Acknowledged(agreed=1, declined=1),
            "lap-18": Acknowledged(agreed=1),
        }
        assert counts(connection, "Elsewhere") == {}


def test_it_is_one_plain_sentence() -> None:
    assert Acknowledged(agreed=2, declined=1).words == "The notice: 2 agreed, 1 declined."
    assert Acknowledged().words == ""
