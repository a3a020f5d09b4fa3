import pytest
from lamplighter_collector.errors import MessageMalformed, TooManyDetections
from lamplighter_collector.rpc.limits import DETECTIONS, batch_from
from lamplighter_protos.v1 import ingest_pb2


def batch(count: int) -> bytes:
    return ingest_pb2.DeliverBatch(batch=1, detections=[b""] * count).SerializeToString()


def test_the_limit_itself_is_taken() -> None:
    assert len(batch_from(batch(DETECTIONS)).detections) == DETECTIONS


def test_one_more_is_refused_with_its_count() -> None:
    with pytest.raises(TooManyDetections) as refusal:
        batch_from(batch(DETECTIONS + 1))
    assert refusal.value.count == DETECTIONS + 1


def test_what_is_no_batch_is_malformed() -> None:
    with pytest.raises(MessageMalformed):
        batch_from(b"\xff\xff\xff")
