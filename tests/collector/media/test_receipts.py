"""Receipts: stored once, beside the detections, without a name of a person or a file."""

from dataclasses import fields

from lamplighter_collector.ingest.models import detections, subjects
from lamplighter_collector.media import receipts
from lamplighter_collector.media.models import scan_receipts
from lamplighter_collector.media.values import ReceiptRecord
from lamplighter_collector.review.models import incidents
from lamplighter_protos.v1 import detection_pb2 as pb

from tests.collector.media.office import Office
from tests.collector.stores import rows
from tests.support.collector import ORGANISATION
from tests.support.media_messages import receipt, scanned


def newest(office: Office) -> list[ReceiptRecord]:
    with office.engine.begin() as connection:
        return receipts.newest(connection, ORGANISATION)


def test_a_receipt_is_stored_once_and_is_no_incident(office: Office) -> None:
    one = receipt()
    assert office.accept(one, one) == [True, False]
    assert office.accept(one) == [False]
    assert rows(office.engine, incidents) == rows(office.engine, detections) == []
    (found,) = newest(office)
    assert (found.device, found.verdict, found.files, found.kinds) == (
        "lap-17",
        1,
        300,
        {"document": 200, "picture": 100},
    )
    assert found.expires_at is not None
    assert len(rows(office.engine, scan_receipts)) == 1


def test_whoever_was_signed_in_is_a_pseudonym_beside_a_sealed_name(office: Office) -> None:
    office.accept(receipt())
    ((subject,),) = rows(office.engine, scan_receipts, "subject")
    assert rows(office.engine, subjects, "id") == [(subject,)]
    assert "subject" not in {field.name for field in fields(ReceiptRecord)}


def test_a_receipt_without_a_person_or_dates_is_kept(office: Office) -> None:
    said = scanned(verdict=pb.MEDIA_VERDICT_INCOMPLETE, reason="engine-away", tree_digest=b"", unscanned=3)
    said.ClearField("signatures_at")
    said.ClearField("expires_at")
    office.accept(receipt(said, user="", user_kind=0))
    (found,) = newest(office)
    assert (found.verdict, found.reason, found.unscanned) == (3, "engine-away", 3)
    assert (found.signatures_at, found.expires_at) == (None, None)
    assert rows(office.engine, subjects) == []


def test_the_newest_stand_first_and_only_so_many(office: Office) -> None:
    office.accept(*(receipt() for _ in range(3)))
    with office.engine.begin() as connection:
        assert len(receipts.newest(connection, ORGANISATION, most=2)) == 2
        assert receipts.newest(connection, "Elsewhere") == []
