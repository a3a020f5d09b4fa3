"""gRPC status to our errors: the one table on this side; a test holds it together with the collector's.

A refused client certificate is not here: it shows as UNAVAILABLE, like a collector that is down. That is why
`channel` looks at its own certificate first. A reason in the trailing metadata says more than the status;
only the two that end a device make an `IdentityRevoked` with a reason.
"""

from typing import Final

import grpc
from lamplighter_protos.names import REASON

from lamplighter_agent.enrolment.reasons import ENDING, REFUSALS, meaning_of
from lamplighter_agent.errors import (
    CollectorBusy,
    CollectorUnreachable,
    DeliveryError,
    DetectionRefused,
    IdentityRevoked,
    NotEnrolled,
    Permanent,
    Transient,
)

# Trailing metadata of the collector.
RETRY_AFTER: Final = "lamplighter-retry-after-seconds"
_BUSY_SECONDS: Final = 1.0
# What a wrong trailer may make us wait at most.
_LONGEST_SECONDS: Final = 3600.0

_UNREACHABLE = frozenset(
    {
        grpc.StatusCode.CANCELLED,
        grpc.StatusCode.UNKNOWN,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.NOT_FOUND,
        grpc.StatusCode.ALREADY_EXISTS,
        grpc.StatusCode.FAILED_PRECONDITION,
        grpc.StatusCode.ABORTED,
        grpc.StatusCode.UNIMPLEMENTED,
        grpc.StatusCode.INTERNAL,
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DATA_LOSS,
        grpc.StatusCode.OK,
    }
)
_BUSY = frozenset({grpc.StatusCode.RESOURCE_EXHAUSTED})
_REFUSED = frozenset({grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.OUT_OF_RANGE})
_NOT_ENROLLED = frozenset({grpc.StatusCode.UNAUTHENTICATED})
_REVOKED = frozenset({grpc.StatusCode.PERMISSION_DENIED})

FATE: Final[dict[grpc.StatusCode, type[Transient | Permanent]]] = {
    **dict.fromkeys(_UNREACHABLE, CollectorUnreachable),
    **dict.fromkeys(_BUSY, CollectorBusy),
    **dict.fromkeys(_REFUSED, DetectionRefused),
    **dict.fromkeys(_NOT_ENROLLED, NotEnrolled),
    **dict.fromkeys(_REVOKED, IdentityRevoked),
}


def error_of(error: grpc.aio.AioRpcError) -> DeliveryError:
    """Return our error for a call that failed; the collector's own words stay out of it."""
    code = error.code()
    fate = FATE.get(code, CollectorUnreachable)
    asked = retry_after_of(error)
    if fate is CollectorBusy or asked is not None:
        return CollectorBusy(_BUSY_SECONDS if asked is None else asked)
    reason = reason_of(error)
    if reason in ENDING:
        return IdentityRevoked(meaning_of(reason).problem, reason)
    if reason in REFUSALS:
        return NotEnrolled("; ".join(meaning_of(reason)))
    return fate(f"the collector answered {code.name}")


def reason_of(error: grpc.aio.AioRpcError) -> str:
    """Return the slug of the collector's reason; empty where it gave none."""
    for key, value in error.trailing_metadata() or ():
        if key == REASON and isinstance(value, str):
            return value
    return ""


def retry_after_of(error: grpc.aio.AioRpcError) -> float | None:
    """Return the patience the collector asked for, in seconds."""
    for key, value in error.trailing_metadata() or ():
        if key == RETRY_AFTER:
            try:
                seconds = float(value)
            except ValueError:
                return None
            return min(seconds, _LONGEST_SECONDS) if seconds >= 0 else None
    return None
