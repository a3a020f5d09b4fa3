"""The collector's table and the device's, held together."""

import grpc
from lamplighter_agent.delivery import status_map as devices
from lamplighter_agent.errors import (
    CollectorBusy,
    CollectorUnreachable,
    DetectionRefused,
    Permanent,
    Transient,
)
from lamplighter_collector.errors import (
    NotStorable,
    PeerForeign,
    PeerUnknown,
    RequestError,
    StoreUnavailable,
    TooManyDetections,
)
from lamplighter_collector.rpc.status_map import RETRY_AFTER, STATUS, status_of, trailers_of


def failure(code: grpc.StatusCode, trailers: tuple[tuple[str, str], ...] = ()) -> grpc.aio.AioRpcError:
    return grpc.aio.AioRpcError(code, grpc.aio.Metadata(), grpc.aio.Metadata(*trailers))


def test_each_error_has_the_fate_on_the_device_that_its_branch_promises() -> None:
    for error, code in STATUS.items():
        fate = devices.FATE[code]
        assert issubclass(fate, Transient if error is StoreUnavailable else Permanent), error
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
