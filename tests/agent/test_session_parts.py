"""As what the helper counts words that it did not hand over."""

import pytest
from lamplighter_agent.observation import UnseenReason
from lamplighter_agent.session_parts import loss_of
from lamplighter_protos.v1.detection_pb2 import LossNotice


@pytest.mark.parametrize("unseen", [UnseenReason.AFTER_SECRET, UnseenReason.FOCUS_UNCERTAIN])
def test_what_may_not_be_read_is_no_overflow(unseen: UnseenReason) -> None:
    assert loss_of(unseen) == LossNotice.REASON_INPUT_UNCERTAIN


def test_what_came_too_fast_is() -> None:
    assert loss_of(UnseenReason.LATE) == LossNotice.REASON_INPUT_OVERFLOW


def test_each_has_a_reason() -> None:
    assert LossNotice.REASON_UNSPECIFIED not in map(loss_of, UnseenReason)
