"""Receipts hold for one volume of one medium with one content, and for their time only."""

from dataclasses import replace
from pathlib import Path

from lamplighter_agent.media.kept import Kept
from lamplighter_agent.media.receipts import MOST, Receipt, Receipts
from lamplighter_agent.media.scanning import identity_of

from tests.agent.media.samples import NOW
from tests.agent.media.test_kept import file_in
from tests.support.fakes.media import STICK

MEDIUM = identity_of(STICK)
RECEIPT = Receipt(
    medium=str(MEDIUM),
    volume=0,
    digest="ab" * 32,
    engine="ClamAV 1.4.6",
    signatures_at=NOW - 1,
    made_at=NOW,
    expires_at=NOW + 100,
)


def test_a_receipt_outlives_a_restart_and_ends_in_time(tmp_path: Path) -> None:
    Receipts(Kept(file_in(tmp_path))).add(RECEIPT, NOW)
    receipts = Receipts(Kept(file_in(tmp_path)))
    assert receipts.newest(MEDIUM, 0, NOW + 99) == RECEIPT
    assert receipts.newest(MEDIUM, 0, NOW + 100) is None
    # A clock that was set back makes nothing younger.
    assert receipts.newest(MEDIUM, 0, NOW - 1) is None
    assert receipts.newest(MEDIUM, 1, NOW) is None
    assert receipts.newest(replace(MEDIUM, serial="0043"), 0, NOW) is None


def test_a_medium_that_can_not_be_told_from_others_has_none(tmp_path: Path) -> None:
    receipts, nobody = Receipts(Kept(file_in(tmp_path))), replace(MEDIUM, serial="")
    receipts.add(replace(RECEIPT, medium=str(nobody)), NOW)
    assert receipts.newest(nobody, 0, NOW) is None


def test_the_newest_takes_the_place_of_the_last_and_forgetting_takes_all(tmp_path: Path) -> None:
    receipts = Receipts(Kept(file_in(tmp_path)))
    newer = replace(RECEIPT, digest="cd" * 32)
    receipts.add(RECEIPT, NOW)
    receipts.add(newer, NOW)
    assert receipts.newest(MEDIUM, 0, NOW) == newer
    receipts.forget(MEDIUM)
    assert receipts.newest(MEDIUM, 0, NOW) is None


def test_they_are_bounded_and_rubbish_is_left_out(tmp_path: Path) -> None:
    kept = Kept(file_in(tmp_path))
    receipts = Receipts(kept)
    for number in range(MOST + 5):
        receipts.add(replace(RECEIPT, medium=f"usb:0951:1666:{number:04}"), NOW)
    assert len(kept.get("receipts")) == MOST
    kept.put({"receipts": [{"medium": "x"}, 3, *kept.get("receipts")[:1], {"digest": 1}]})
    assert len(Receipts(kept)._all) == 1
