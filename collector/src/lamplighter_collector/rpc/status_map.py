"""Our errors to gRPC status: the one table.

Devices read it the other way: UNAVAILABLE and RESOURCE_EXHAUSTED may be tried again, the rest never with the
same message.
"""

from typing import Final

import grpc

from lamplighter_collector.errors import (
    CollectorError,
    MessageMalformed,
    PeerForeign,
    PeerUnknown,
    StoreUnavailable,
    TooManyDetections,
)

RETRY_AFTER: Final = "lamplighter-retry-after-seconds"
"""Trailing metadata that comes with UNAVAILABLE."""

STATUS: Final[dict[type[CollectorError], grpc.StatusCode]] = {
    MessageMalformed: grpc.StatusCode.INVALID_ARGUMENT,
    TooManyDetections: grpc.StatusCode.INVALID_ARGUMENT,
    PeerUnknown: grpc.StatusCode.UNAUTHENTICATED,
    PeerForeign: grpc.StatusCode.PERMISSION_DENIED,
    StoreUnavailable: grpc.StatusCode.UNAVAILABLE,
}


def status_of(error: CollectorError) -> grpc.StatusCode:
    return STATUS.get(type(error), grpc.StatusCode.INTERNAL)


def trailers_of(error: CollectorError) -> tuple[tuple[str, str], ...]:
    if isinstance(error, StoreUnavailable):
        return ((RETRY_AFTER, str(error.retry_after_seconds)),)
    return ()
