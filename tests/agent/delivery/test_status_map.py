"""Each status has a fate, and both sides of the wire mean the same by it."""

import grpc
import pytest
from grpc.aio import AioRpcError, Metadata
from lamplighter_agent.delivery import status_map
from lamplighter_agent.errors import (
    CollectorBusy,
    CollectorUnreachable,
    DetectionRefused,
    IdentityRevoked,
    NotEnrolled,
)
from lamplighter_collector import errors as theirs
from lamplighter_collector.rpc import status_map as their_map
from lamplighter_protos.names import REASON

MEANT = {
    theirs.MessageMalformed: DetectionRefused,
    theirs.TooManyDetections: DetectionRefused,
    theirs.PeerUnknown: NotEnrolled,
    theirs.PeerForeign: IdentityRevoked,
    theirs.IdentityReplaced: NotEnrolled,
    theirs.DeviceRevoked: IdentityRevoked,
    theirs.DeviceRetired: IdentityRevoked,
    theirs.EnrolmentRefused: IdentityRevoked,
    theirs.TooManyAttempts: CollectorBusy,
    theirs.AuthorityUnusable: CollectorUnreachable,
    theirs.StoreUnavailable: CollectorUnreachable,
}


def failed(code: grpc.StatusCode, *trailers: tuple[str, str]) -> AioRpcError:
    return AioRpcError(code, Metadata(), Metadata(*trailers), "what a person typed")


def test_every_status_has_a_fate() -> None:
    assert set(status_map.FATE) == set(grpc.StatusCode)


def test_both_sides_mean_the_same() -> None:
    assert {error: status_map.FATE[code] for error, code in their_map.STATUS.items()} == MEANT
    assert status_map.RETRY_AFTER == their_map.RETRY_AFTER


def test_patience_that_was_asked_for_is_heard() -> None:
    error = status_map.error_of(failed(grpc.StatusCode.UNAVAILABLE, (status_map.RETRY_AFTER, "7.5")))
    assert isinstance(error, CollectorBusy)
    assert error.retry_after_seconds == 7.5


@pytest.mark.parametrize("value", ["soon", "-1", "nan"])
def test_nonsense_is_not_patience(value: str) -> None:
    error = status_map.error_of(failed(grpc.StatusCode.UNAVAILABLE, (status_map.RETRY_AFTER, value)))
    assert isinstance(error, CollectorUnreachable)


def test_nobody_can_silence_a_device_for_a_day() -> None:
    error = status_map.error_of(failed(grpc.StatusCode.UNAVAILABLE, (status_map.RETRY_AFTER, "1e9")))
    assert isinstance(error, CollectorBusy)
    assert error.retry_after_seconds == 3600


def test_the_collectors_words_stay_out_of_our_error() -> None:
    for code in grpc.StatusCode:
        assert "typed" not in str(status_map.error_of(failed(code)))


@pytest.mark.parametrize("reason", ["device-revoked", "device-retired"])
@pytest.mark.parametrize("code", [grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.UNAUTHENTICATED])
def test_the_two_reasons_that_end_a_device_are_told(code: grpc.StatusCode, reason: str) -> None:
    error = status_map.error_of(failed(code, (REASON, reason)))
    assert isinstance(error, IdentityRevoked)
    assert error.reason == reason


def test_another_enrolment_is_no_end() -> None:
    error = status_map.error_of(failed(grpc.StatusCode.UNAUTHENTICATED, (REASON, "identity-replaced")))
    assert isinstance(error, NotEnrolled)
    assert "enrol" in str(error)


def test_a_status_alone_ends_nothing() -> None:
    error = status_map.error_of(failed(grpc.StatusCode.PERMISSION_DENIED))
    assert isinstance(error, IdentityRevoked)
    assert error.reason == ""
