from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from lamplighter_agent.losses import MOST_AT_ONCE, PAUSE, LossLedger
from lamplighter_protos.v1.detection_pb2 import LossNotice

AT = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
REJECTED = LossNotice.REASON_PEER_REJECTED
FAILED = LossNotice.REASON_SENSOR_FAILED


def test_the_first_loss_is_due_at_once_and_the_next_ones_together() -> None:
    ledger = LossLedger()
    ledger.add(REJECTED, AT)
    (first,) = ledger.take(AT)
    assert (first.reason, first.count) == (REJECTED, 1)
    ledger.add(REJECTED, AT + timedelta(seconds=1), 2)
    ledger.add(REJECTED, AT + timedelta(seconds=3))
    assert ledger.take(AT + timedelta(seconds=4)) == []
    assert ledger.wait_seconds(AT + timedelta(seconds=4)) == 26
    (second,) = ledger.take(AT + PAUSE)
    assert (second.count, second.first, second.last) == (
        3,
        AT + timedelta(seconds=1),
        AT + timedelta(seconds=3),
    )
    assert ledger.wait_seconds(AT) is None


def test_before_a_stop_everything_is_taken() -> None:
    ledger = LossLedger()
    ledger.add(REJECTED, AT)
    ledger.take(AT)
    ledger.add(REJECTED, AT)
    assert len(ledger.take(AT, everything=True)) == 1


def test_a_clock_that_is_set_back_silences_nothing() -> None:
    ledger = LossLedger()
    ledger.add(REJECTED, AT)
    ledger.take(AT)
    ledger.add(REJECTED, AT - timedelta(days=400))
    assert len(ledger.take(AT - timedelta(days=400))) == 1


def test_what_a_helper_claims_is_bounded() -> None:
    ledger = LossLedger()
    ledger.add(LossNotice.Reason.ValueType(99), AT, 2**63)
    ledger.add(FAILED, AT, 0)
    assert ledger.totals == {"REASON_UNSPECIFIED": MOST_AT_ONCE}


@given(st.lists(st.tuples(st.sampled_from([REJECTED, FAILED]), st.integers(1, 9), st.integers(0, 90))))
def test_nothing_is_ever_lost_from_the_count(
    losses: list[tuple[LossNotice.Reason.ValueType, int, int]],
) -> None:
    ledger, now, taken = LossLedger(), AT, 0
    for reason, count, pause in losses:
        now += timedelta(seconds=pause)
        ledger.add(reason, now, count)
        taken += sum(loss.count for loss in ledger.take(now))
    taken += sum(loss.count for loss in ledger.take(now, everything=True))
    assert taken == sum(count for _, count, _ in losses) == sum(ledger.totals.values())
