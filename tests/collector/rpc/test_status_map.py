"""The collector's table and the device's, held together."""

import grpc
import pytest
from lamplighter_agent.delivery import status_map as devices
from lamplighter_agent.errors import (
    CollectorBusy,
    CollectorUnreachable,
    DetectionRefused,
    Permanent,
    Transient,
)
from lamplighter_collector.errors import (
    AuthorityUnusable,
    CollectorError,
    DeviceRetired,
    DeviceRevoked,
    EnrolmentRefused,
    IdentityReplaced,
    NotStorable,
    PeerForeign,
    PeerUnknown,
    RequestError,
    StoreUnavailable,
    TooManyAttempts,
    TooManyDetections,
)
from lamplighter_collector.rpc.status_map import RETRY_AFTER, STATUS, status_of, trailers_of
from lamplighter_protos.names import REASON

MAY_BE_TRIED_AGAIN = {StoreUnavailable, TooManyAttempts, AuthorityUnusable}


def failure(code: grpc.StatusCode, trailers: tuple[tuple[str, str], ...] = ()) -> grpc.aio.AioRpcError:
    return grpc.aio.AioRpcError(code, grpc.aio.Metadata(), grpc.aio.Metadata(*trailers))


def test_each_error_has_the_fate_on_the_device_that_its_branch_promises() -> None:
    for error, code in STATUS.items():
        fate = devices.FATE[code]
        assert issubclass(fate, Transient if error in MAY_BE_TRIED_AGAIN else Permanent), error
        assert issubclass(fate, DetectionRefused) == issubclass(error, RequestError), error


def test_retry_after_arrives_under_the_name_the_device_reads() -> None:
    assert devices.RETRY_AFTER == RETRY_AFTER
    error = StoreUnavailable("SQLITE_FULL", retry_after_seconds=7)
    ours = devices.error_of(failure(status_of(error), trailers_of(error)))
    assert isinstance(ours, CollectorBusy)
    assert ours.retry_after_seconds == 7


def test_an_unlisted_error_is_internal_and_may_be_tried_again() -> None:
    code = status_of(NotStorable("constraint"))
    assert code is grpc.StatusCode.INTERNAL
    assert devices.FATE[code] is CollectorUnreachable


def test_only_unavailability_asks_for_patience() -> None:
    assert trailers_of(PeerForeign()) == ()
    assert trailers_of(PeerUnknown("no certificate")) == ()
    assert trailers_of(TooManyDetections(1001, 1000)) == ()


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (DeviceRevoked(), "device-revoked"),
        (DeviceRetired(), "device-retired"),
        (IdentityReplaced(), "identity-replaced"),
        (EnrolmentRefused("token-unknown"), "token-unknown"),
    ],
)
def test_the_reason_travels_as_a_slug(error: CollectorError, reason: str) -> None:
    assert trailers_of(error) == ((REASON, reason),)


def test_who_asks_too_often_is_told_when_to_come_back() -> None:
    assert trailers_of(TooManyAttempts(40)) == ((RETRY_AFTER, "40"),)
    assert trailers_of(PeerUnknown("no certificate")) == ()
