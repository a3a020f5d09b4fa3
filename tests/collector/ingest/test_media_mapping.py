"""What a device may say of portable media, and what is left of what a medium says of itself."""

from typing import Any

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from hypothesis import given
from hypothesis import strategies as st
from lamplighter_collector.errors import Refused
from lamplighter_collector.ingest.detection import Receipt, Request, Source
from lamplighter_collector.ingest.mapping import item_from
from lamplighter_collector.ingest.media_mapping import medium_of
from lamplighter_protos.v1 import detection_pb2 as pb

from tests.collector.items import LAPTOP
from tests.support.media_messages import AT, medium, receipt, request, scanned

HUGE = (1 << 64) - 1


def received(message: pb.Detection) -> object:
    return item_from(message.SerializeToString(), LAPTOP)


def test_a_receipt_is_read_whole() -> None:
    found = received(receipt())
    assert isinstance(found, Receipt)
    assert (found.medium.serial, found.medium.name) == ("60A44C3FAC35", "Example Stick")
    assert (found.verdict, found.reason, found.files, found.bytes) == (1, "", 300, 6_000_000)
    assert (found.signatures_at_ms, found.made_at_ms) == ((AT - 86_400) * 1000, AT * 1000)
    assert found.kinds == (("document", 200), ("picture", 100))
    assert (found.tree_digest, found.permission, found.access) == (bytes(range(32)).hex(), "mp-0123456789", 1)


def test_a_scan_that_did_not_end_has_no_digest_and_no_dates() -> None:
    said = scanned(verdict=pb.MEDIA_VERDICT_GONE, reason="pulled-out", tree_digest=b"", access=0)
    said.ClearField("signatures_at")
    said.ClearField("expires_at")
    found = received(receipt(said))
    assert isinstance(found, Receipt)
    assert (found.tree_digest, found.signatures_at_ms, found.expires_at_ms) == ("", None, None)


@pytest.mark.parametrize(
    "changes",
    [
        {"verdict": 0},
        {"verdict": 9},
        {"access": 9},
        {"tree_digest": b""},
        {"tree_digest": b"short"},
        {"infected": 1},
        {"unscanned": 1},
        {"reason": "A Name.docx"},
        {"reason": "x" * 49},
        {"engine": "a\nb"},
        {"engine": "x" * 129},
        {"files": HUGE},
        {"bytes": HUGE},
        {"kinds": {"My Essay.docx": 1}},
        {"kinds": {"document": HUGE}},
        {"kinds": {f"kind-{number}": 1 for number in range(33)}},
        {"permission": "Mr X"},
        {"permission": "x" * 65},
        {"made_at": Timestamp(seconds=1)},
        {"expires_at": Timestamp(seconds=1 << 40)},
        {"medium": medium(size_bytes=HUGE)},
    ],
)
def test_what_a_scan_can_not_have_come_to_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(Refused) as caught:
        received(receipt(scanned(**changes)))
    assert "Essay" not in caught.value.reason


@pytest.mark.parametrize(
    "changes",
    [
        {"receipt": None},
        {"severity": 1},
        {"theme": "bullying"},
        {"evidence": pb.Evidence(matched="words")},
        {"user": "x" * 257},
        {"user": "a\0b"},
        {"user_kind": 7},
    ],
)
def test_a_receipt_is_nothing_but_a_receipt(changes: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        received(receipt(**changes))


def test_a_request_is_a_sighting_that_somebody_sees() -> None:
    for severity in (1, 2):
        found = received(request(severity=severity))
        assert isinstance(found, Request)
        assert (found.detection.severity, found.detection.source) == (2, Source.MEDIA_REQUEST)
        assert (found.user, found.detection.theme) == ("pupil07", "unapproved-media")
        assert (found.reason, found.read_write, found.medium.vendor) == ("homework", True, "0951")
        assert found.detection.evidence.matched == ""
        assert found.detection.addends == (("asked for permission on the screen", 2),)


@pytest.mark.parametrize(
    "changes",
    [
        {"request": None},
        {"severity": 0},
        {"severity": 3},
        {"theme": "suicide"},
        {"evidence": pb.Evidence(matched="words")},
        {"typed_then_deleted": True},
        {"request": pb.MediaRequest(medium=medium(), reason="I need it, please")},
    ],
)
def test_what_is_no_request_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        received(request(**changes))


@given(serial=st.text(max_size=200), name=st.text(max_size=200), bus=st.text(max_size=20))
def test_whatever_a_medium_says_can_be_written_or_is_left_out(serial: str, name: str, bus: str) -> None:
    def spoken(text: str) -> str:
        return text.encode(errors="replace").decode()

    found = medium_of(medium(serial=spoken(serial), name=spoken(name), bus=spoken(bus)))
    assert found.serial in {"", spoken(serial)}
    assert found.serial.isprintable()
    assert len(found.name) <= 64
    assert found.name.isprintable()
    assert found.bus in {"", spoken(bus)}


@pytest.mark.parametrize("serial", ["60A4\x00", "60A4\n", " 60A4", "6" * 129])
def test_a_serial_that_can_not_be_written_becomes_none_and_not_another(serial: str) -> None:
    assert medium_of(medium(serial=serial)).serial == ""
    assert medium_of(medium(vendor="0951x", product="ABCD")) == medium_of(medium(vendor="", product=""))
