from lamplighter_collector.ingest.arrival import Counted, Placement
from lamplighter_collector.ingest.models import detections, losses, subjects

from tests.collector.items import LAPTOP, arrival, loss_arrival


def test_rows_are_as_wide_as_their_tables() -> None:
    assert len(arrival().row) == len(detections.columns)
    assert len(loss_arrival().row) == len(losses.columns)
    assert len(arrival().subject or ()) == len(subjects.columns)


def test_the_driver_needs_no_adapter() -> None:
    for item in (arrival(severity=4, typed_then_deleted=True), loss_arrival()):
        assert {type(value) for value in item.row + (item.subject or ())} <= {int, str, bytearray}


def test_key_is_organisation_device_and_id() -> None:
    assert arrival(id=b"x" * 16).key == (LAPTOP.organisation, LAPTOP.device, b"x" * 16)


def test_place_is_an_incident_a_day_or_nothing() -> None:
    assert isinstance(arrival(severity=2).place, Placement)
    assert isinstance(arrival(severity=1).place, Counted)
    assert loss_arrival().place is None


def test_words_and_names_are_in_no_repr() -> None:
    item = arrival(user="wren.halloran")
    assert "zebra" not in repr(item)
    assert "wren" not in f"{item!r}{item.place!r}"


def test_neither_name_nor_words_are_in_a_row() -> None:
    item = arrival(user="wren.halloran")
    assert b"wren" not in b"".join(map(as_bytes, item.row + (item.subject or ())))
    assert b"zebra" not in b"".join(map(as_bytes, item.row))


def as_bytes(value: object) -> bytes:
    return bytes(value) if isinstance(value, bytearray) else str(value).encode()
