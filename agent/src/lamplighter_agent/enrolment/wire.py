"""The three calls of enrolment over gRPC, and what their refusals become.

No retries here and no waiting: who calls decides. What the collector says in words stays out of our errors;
its reason is a slug, and the words for it are ours.
"""

from collections.abc import Coroutine
from typing import Any, Final, TypeVar

import grpc
from lamplighter_protos.names import SERVER_NAME

from lamplighter_agent.clock import Clock
from lamplighter_agent.delivery.channel import MutualTls
from lamplighter_agent.delivery.status_map import reason_of
from lamplighter_agent.enrolment.identity import Identity
from lamplighter_agent.enrolment.reasons import meaning_of
from lamplighter_agent.errors import CollectorUnreachable, EnrolmentRefused, LamplighterError

T = TypeVar("T")
CALL_SECONDS: Final = 30.0
_OPTIONS: Final[tuple[tuple[str, int | str], ...]] = (
    ("grpc.ssl_target_name_override", SERVER_NAME),
    ("grpc.enable_retries", 0),
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.max_receive_message_length", 1024 * 1024),
)
_UNREACHABLE: Final = frozenset(
    {
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.CANCELLED,
        grpc.StatusCode.UNKNOWN,
        grpc.StatusCode.INTERNAL,
    }
)


def server_tls(address: str, authority_pem: bytes) -> grpc.aio.Channel:
    """Return a channel without an identity of ours that trusts this authority alone."""
    credentials = grpc.ssl_channel_credentials(authority_pem)
    return grpc.aio.secure_channel(address, credentials, options=_OPTIONS)


def mutual_tls(identity: Identity, clock: Clock, *, at: str = "") -> grpc.aio.Channel:
    """Return a channel by this identity's certificate; raises NotEnrolled with the reason.

    It leads to `at`, past any proxy, or to where the collector said that it takes detections.
    """
    tls = MutualTls(
        address=at or identity.ingest,
        direct=bool(at),
        server_name=SERVER_NAME,
        ca=identity.authority_file,
        certificate=identity.certificate_file,
        key=identity.key_file,
        clock=clock,
    )
    return tls.open()


async def asked(call: Coroutine[Any, Any, T]) -> T:
    """Return the answer of a call, or raise our error for it.

    Raised outside the `except`: the other error's text is the collector's, and its traceback would keep the
    channel, and its thread, until a collection.
    """
    try:
        return await call
    except grpc.aio.AioRpcError as error:
        failed = error_of(error)
    raise failed


def error_of(error: grpc.aio.AioRpcError) -> LamplighterError:
    """Return our error for a call that failed."""
    reason = reason_of(error)
    if reason:
        return EnrolmentRefused(reason, *meaning_of(reason))
    code = error.code()
    if code in _UNREACHABLE:
        return CollectorUnreachable(f"the collector did not answer ({code.name})")
    if code is grpc.StatusCode.RESOURCE_EXHAUSTED:
        return EnrolmentRefused("", "too many tries from this address", "wait a few minutes and try again")
    return EnrolmentRefused("", f"the collector answered {code.name}", "see the collector's log")
