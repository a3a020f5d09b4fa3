"""The spool's promises: durable, exact, bounded, sealed, in order."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from lamplighter_agent.errors import SpoolError, SpoolFull
from lamplighter_agent.spool.losses import Reason
from lamplighter_agent.spool.spool import Spool
from lamplighter_protos.v1.detection_pb2 import Detection

from tests.agent.spool.making import (
    LATER,
    SECRET_WORDS,
    appended,
    detection,
    drained,
    losses,
    opened,
    stored_ids,
)
from tests.support.clock import MORNING, SteppedClock


def test_what_is_appended_is_leased_as_it_was(tmp_path: Path) -> None:
    spool = opened(tmp_path)
    sent = detection()
    assert spool.append(sent) == sent.id
    (record,) = spool.lease().records
    assert (record.id, record.severity, record.payload) == (sent.id, 3, sent.payload)


def test_a_leased_record_is_not_leased_again_before_it_is_settled(tmp_path: Path) -> None:
    spool = opened(tmp_path)
    appended(spool, 2)
    assert len(spool.lease(1).records) == 1
    assert len(spool.lease().records) == 1
    assert not spool.lease().records
    assert not spool.has_pending()


def test_rollback_gives_back_only_what_is_not_settled(tmp_path: Path) -> None:
    spool = opened(tmp_path)
    first, second = appended(spool, 2)
    lease = spool.lease()
    lease.commit([first])
    lease.rollback()
    lease.rollback()
    assert [record.id for record in spool.lease().records] == [second]


def test_severe_records_leave_first_newest_first_then_the_rest_oldest_first(tmp_path: Path) -> None:
    spool = opened(tmp_path, segment_bytes=1024)
    low = appended(spool, 6, severity=2)
    high = appended(spool, 6, severity=5)
    assert stored_ids(drained(spool, 5)) == [*reversed(high), *low]


def test_a_reopened_spool_owes_what_was_not_committed(tmp_path: Path) -> None:
    spool = opened(tmp_path)
    ids = appended(spool, 5)
    lease = spool.lease()
    lease.commit(ids[:2])
    spool.close()
    assert stored_ids(drained(opened(tmp_path))) == ids[2:]


def test_a_killed_spool_owes_what_was_not_committed(tmp_path: Path) -> None:
    spool = opened(tmp_path)
    ids = appended(spool, 5)
    spool.lease(2).commit(ids)
    again = drained(opened(tmp_path))
    assert stored_ids(again) == ids[2:]
    assert not losses(again)


def test_what_was_settled_stays_settled_through_two_kills(tmp_path: Path) -> None:
    spool = opened(tmp_path)
    first, second = appended(spool, 2)
    spool.lease().commit([second])
    opened(tmp_path)
    assert stored_ids(drained(opened(tmp_path))) == [first]


def test_a_lease_is_limited_in_bytes_but_never_empty(tmp_path: Path) -> None:
    spool = opened(tmp_path)
    appended(spool, 4)
    assert len(spool.lease(max_bytes=1).records) == 1
    one = len(detection().payload)
    assert len(spool.lease(max_bytes=2 * one).records) == 2


def test_repeats_are_one_report_once_the_bucket_is_over(tmp_path: Path) -> None:
    clock = SteppedClock()
    spool = opened(tmp_path, clock)
    first = detection("gb-0001")
    spool.append(first)
    assert [spool.append(detection("gb-0001")) for _ in range(7)] == [None] * 7
    assert stored_ids(drained(spool)) == [first.id]
    assert spool.next_due() == MORNING + timedelta(minutes=10)
    clock.step(LATER)
    (report,) = drained(spool)
    assert report.repeats == 7
    assert not report.HasField("evidence")
    assert report.term == "gb-0001"
    assert report.observed_at.ToDatetime() == MORNING.replace(tzinfo=None)
    assert spool.next_due() is None


def test_repeats_survive_a_kill_and_are_reported_after_it(tmp_path: Path) -> None:
    spool = opened(tmp_path)
    first = detection("gb-0001")
    spool.append(first)
    for _ in range(3):
        spool.append(detection("gb-0001"))
    again = opened(tmp_path)
    left = {one.id: one for one in drained(again)}
    assert len(left) == 2
    assert sum(one.repeats for one in left.values()) == 3
    # The count is final, so the next match is a first one again.
    assert again.append(detection("gb-0001")) is not None


def test_a_report_that_was_sent_is_sent_again_with_the_same_id_and_count(tmp_path: Path) -> None:
    clock = SteppedClock()
    spool = opened(tmp_path, clock)
    spool.append(detection("gb-0001"))
    spool.append(detection("gb-0001"))
    clock.step(LATER)
    sent = {record.id: record.payload for record in spool.lease().records}
    # Late, and of the same bucket: it must not change what was sent.
    assert spool.append(detection("gb-0001")) is not None
    again = {record.id: record.payload for record in opened(tmp_path, clock).lease().records}
    assert all(again[record_id] == payload for record_id, payload in sent.items())
    assert len(again) == len(sent) + 1


def test_another_user_or_term_or_bucket_is_a_first_match(tmp_path: Path) -> None:
    spool = opened(tmp_path)
    assert spool.append(detection("a")) is not None
    assert spool.append(detection("b")) is not None
    assert spool.append(detection("a", user="pupil08")) is not None
    assert spool.append(detection("a", observed_at=MORNING + timedelta(minutes=10))) is not None


def test_a_graver_repeat_is_stored_whole(tmp_path: Path) -> None:
    spool = opened(tmp_path)
    assert spool.append(detection("a", severity=3)) is not None
    assert spool.append(detection("a", severity=5)) is not None
    assert spool.append(detection("a", severity=4)) is None


def test_detections_that_are_counts_are_never_added_up(tmp_path: Path) -> None:
    spool = opened(tmp_path)
    count = detection("context:drugs")
    message = Detection.FromString(count.payload)
    message.repeats = 12
    for _ in range(2):
        assert spool.append(replace(count, payload=message.SerializeToString())) is not None
    assert sum(one.repeats for one in drained(spool)) == 24


def test_a_refused_record_is_set_aside_sealed_and_counted(tmp_path: Path) -> None:
    spool = opened(tmp_path)
    appended(spool, 1)
    lease = spool.lease()
    lease.quarantine(lease.records[0].id, "evidence too long")
    assert spool.figures().set_aside == 1
    assert losses(drained(spool)) == {Reason.REASON_REFUSED_BY_COLLECTOR: 1}
    files = [path.read_bytes() for path in (tmp_path / "refused").iterdir()]
    assert all(SECRET_WORDS.encode() not in content for content in files)


def test_a_refused_loss_notice_is_told_once_more_with_its_count(tmp_path: Path) -> None:
    spool = opened(tmp_path)
    spool.count_loss(Reason.REASON_SENSOR_FAILED, 4)
    lease = spool.lease()
    lease.quarantine(lease.records[0].id, "a time is missing or absurd")
    again = spool.lease()
    assert losses([Detection.FromString(one.payload) for one in again.records]) == {
        Reason.REASON_REFUSED_BY_COLLECTOR: 4
    }
    again.quarantine(again.records[0].id, "a time is missing or absurd")
    assert not spool.has_pending()


def test_what_is_set_aside_is_bounded(tmp_path: Path) -> None:
    spool = opened(tmp_path, quarantined_records=3)
    ids = appended(spool, 10)
    lease = spool.lease()
    for record_id in ids:
        lease.quarantine(record_id, "no")
    assert spool.figures().set_aside == 3


def test_losses_of_one_reason_are_one_notice_until_it_is_leased(tmp_path: Path) -> None:
    spool = opened(tmp_path)
    spool.count_loss(Reason.REASON_PEER_REJECTED, 2)
    spool.count_loss(Reason.REASON_PEER_REJECTED, 3)
    lease = spool.lease()
    assert len(lease.records) == 1
    spool.count_loss(Reason.REASON_PEER_REJECTED, 4)
    lease.rollback()
    again = opened(tmp_path).lease()
    assert {record.id for record in lease.records} < {record.id for record in again.records}
    assert losses(drained(opened(tmp_path))) == {Reason.REASON_PEER_REJECTED: 9}


def test_no_plain_word_reaches_the_disk(tmp_path: Path) -> None:
    spool = opened(tmp_path)
    appended(spool, 3)
    spool.append(detection("gb-0001"))
    spool.append(detection("gb-0001"))
    spool.close()
    everything = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for plain in (SECRET_WORDS, "gb-0001", "pupil07"):
        assert plain.encode() not in everything
        assert plain.encode("utf-16-le") not in everything


def test_delivered_records_do_not_linger_in_the_open_segment(tmp_path: Path) -> None:
    spool = opened(tmp_path)
    appended(spool, 20)
    before = spool.figures().bytes_on_disk
    drained(spool)
    assert spool.figures().bytes_on_disk < before / 10


def test_delivered_segments_are_deleted(tmp_path: Path) -> None:
    spool = opened(tmp_path, segment_bytes=1024)
    appended(spool, 40)
    assert spool.figures().segments > 5
    drained(spool)
    assert spool.figures().segments == 1
    spool.close()
    assert not list(tmp_path.glob("*.seg"))


def test_old_records_expire_and_are_counted(tmp_path: Path) -> None:
    clock = SteppedClock()
    spool = opened(tmp_path, clock)
    appended(spool, 3)
    clock.step(timedelta(days=91))
    (fresh,) = appended(spool, 1, observed_at=clock.now())
    left = drained(spool)
    assert stored_ids(left) == [fresh]
    assert losses(left) == {Reason.REASON_SPOOL_EXPIRED: 3}


def test_a_clock_set_back_expires_nothing_and_closes_buckets(tmp_path: Path) -> None:
    clock = SteppedClock()
    spool = opened(tmp_path, clock)
    spool.append(detection("a"))
    spool.append(detection("a"))
    clock.step(-timedelta(days=3650))
    assert sum(one.repeats or 1 for one in drained(spool)) == 2


def test_an_oversized_detection_is_refused_and_counted(tmp_path: Path) -> None:
    spool = opened(tmp_path)
    with pytest.raises(SpoolError):
        spool.append(detection(evidence="x" * 70_000))
    assert losses(drained(spool)) == {Reason.REASON_INPUT_OVERFLOW: 1}


def test_a_closed_spool_says_so(tmp_path: Path) -> None:
    spool = opened(tmp_path)
    spool.close()
    spool.close()
    with pytest.raises(SpoolError, match="closed"):
        spool.append(detection())


def test_at_the_cap_the_oldest_lowest_goes_and_is_counted(tmp_path: Path) -> None:
    spool = _full_of(tmp_path, severity=2)
    left = drained(spool)
    kept = stored_ids(left)
    dropped = losses(left)[Reason.REASON_SPOOL_CAP]
    assert dropped > 0
    assert len(kept) + dropped == 400
    assert {one.user for one in left if one.severity} == {"u0", "u1", "u2", "u3"}


def test_at_the_cap_severe_records_stay_and_the_newcomer_is_refused(tmp_path: Path) -> None:
    spool = opened(tmp_path, cap_bytes=32 * 1024, segment_bytes=4096)
    kept: list[bytes] = []
    refused = 0
    for number in range(400):
        try:
            kept += appended(spool, 1, severity=4 + number % 2, user=f"u{number % 4}")
        except SpoolFull:
            refused += 1
    left = drained(spool)
    assert refused > 0
    assert set(stored_ids(left)) == set(kept)
    assert losses(left) == {Reason.REASON_SPOOL_CAP: refused}


def test_a_severe_record_finds_room_among_lower_ones(tmp_path: Path) -> None:
    spool = _full_of(tmp_path, severity=3)
    severe = appended(spool, 10, severity=5, user="u9")
    assert stored_ids(drained(spool))[:10] == severe[::-1]


def test_no_user_fills_more_than_half(tmp_path: Path) -> None:
    spool = opened(tmp_path, cap_bytes=64 * 1024, segment_bytes=4096)
    (quiet,) = appended(spool, 1, user="quiet", severity=1)
    appended(spool, 1000, user="loud", severity=3)
    left = drained(spool)
    assert quiet in stored_ids(left)
    loud = sum(one.ByteSize() for one in left if one.user == "loud")
    assert 16 * 1024 < loud < 32 * 1024


def test_tallies_too_can_go_and_their_count_goes_with_them(tmp_path: Path) -> None:
    clock = SteppedClock()
    spool = opened(tmp_path, clock, cap_bytes=32 * 1024, segment_bytes=4096)
    for _ in range(400):
        spool.append(detection("a", severity=2))
    clock.step(LATER)
    left = drained(spool)
    assert (
        sum(one.repeats or 1 for one in left if one.severity) + losses(left)[Reason.REASON_SPOOL_CAP] == 400
    )


def _full_of(folder: Path, *, severity: int) -> Spool:
    spool = opened(folder, cap_bytes=32 * 1024, segment_bytes=4096)
    for number in range(400):
        appended(spool, 1, severity=severity, user=f"u{number % 4}")
        assert spool.figures().bytes_on_disk <= 32 * 1024
    return spool
