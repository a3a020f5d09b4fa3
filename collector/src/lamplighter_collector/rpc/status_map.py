"""Our errors to gRPC status: the one table, and the one guard that every call is answered under.

Devices read it the other way: UNAVAILABLE and RESOURCE_EXHAUSTED may be tried again, the rest never with the
same message.
"""

import contextlib
from collections.abc import AsyncIterator
from typing import Final

import grpc
import structlog
from lamplighter_protos.names import REASON

from lamplighter_collector.errors import (
    AuthorityUnusable,
    CollectorError,
    DeviceRetired,
    DeviceRevoked,
    EnrolmentRefused,
    IdentityReplaced,
    MessageMalformed,
    PeerError,
    PeerForeign,
    PeerUnknown,
    StoreUnavailable,
    TooManyAttempts,
    TooManyDetections,
)
from lamplighter_collector.rpc.admission import Stream

_log = structlog.get_logger()
RETRY_AFTER: Final = "lamplighter-retry-after-seconds"
"""Trailing metadata that comes with UNAVAILABLE and RESOURCE_EXHAUSTED."""

STATUS: Final[dict[type[CollectorError], grpc.StatusCode]] = {
    MessageMalformed: grpc.StatusCode.INVALID_ARGUMENT,
    TooManyDetections: grpc.StatusCode.INVALID_ARGUMENT,
    PeerUnknown: grpc.StatusCode.UNAUTHENTICATED,
    PeerForeign: grpc.StatusCode.PERMISSION_DENIED,
    IdentityReplaced: grpc.StatusCode.UNAUTHENTICATED,
    DeviceRevoked: grpc.StatusCode.PERMISSION_DENIED,
    DeviceRetired: grpc.StatusCode.PERMISSION_DENIED,
    EnrolmentRefused: grpc.StatusCode.PERMISSION_DENIED,
    TooManyAttempts: grpc.StatusCode.RESOURCE_EXHAUSTED,
    AuthorityUnusable: grpc.StatusCode.UNAVAILABLE,
    StoreUnavailable: grpc.StatusCode.UNAVAILABLE,
}


def status_of(error: CollectorError) -> grpc.StatusCode:
    return STATUS.get(type(error), grpc.StatusCode.INTERNAL)


def trailers_of(error: CollectorError) -> tuple[tuple[str, str], ...]:
    """What tells a device, beyond the status, what to do: the slug of the reason, or when to come back."""
    if isinstance(error, (StoreUnavailable, TooManyAttempts)):
        return ((RETRY_AFTER, str(error.retry_after_seconds)),)
    if isinstance(error, (PeerError, EnrolmentRefused)) and error.reason:
        return ((REASON, error.reason),)
    return ()


@contextlib.asynccontextmanager
async def guarded(stream: Stream, call: str) -> AsyncIterator[None]:
    """End a call with the status of what goes wrong in it; ``call`` names it in the log."""
    try:
        yield
    except CollectorError as error:
        _log.warning("call-refused", call=call, problem=type(error).__name__, detail=str(error))
        await stream.abort(status_of(error), str(error), trailers_of(error))
    except (grpc.aio.AbortError, grpc.RpcError):
        raise
    except Exception as error:  # noqa: BLE001 - the call's one guard: gRPC would send the error's own text
        _log.error("call-failed", call=call, problem=type(error).__name__)
        await stream.abort(grpc.StatusCode.INTERNAL, "the collector failed")
