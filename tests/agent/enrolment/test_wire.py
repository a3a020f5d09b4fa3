"""A refusal becomes our error by its slug; without one, by its status."""

import grpc
import pytest
from lamplighter_agent.enrolment.wire import error_of
from lamplighter_agent.errors import CollectorUnreachable, EnrolmentRefused
from lamplighter_protos.names import REASON


def failed(code: grpc.StatusCode, reason: str | None = None) -> grpc.aio.AioRpcError:
    trailers = grpc.aio.Metadata(*([(REASON, reason)] if reason else []))
    return grpc.aio.AioRpcError(code, grpc.aio.Metadata(), trailers, details="words of the other side")


@pytest.mark.parametrize("code", [grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED])
def test_no_answer_may_come_later(code: grpc.StatusCode) -> None:
    assert isinstance(error_of(failed(code)), CollectorUnreachable)


@pytest.mark.parametrize("code", list(grpc.StatusCode))
def test_the_other_side_s_words_are_never_shown(code: grpc.StatusCode) -> None:
    assert "words of" not in str(error_of(failed(code)))


@pytest.mark.parametrize("code", [grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.UNAVAILABLE])
def test_a_reason_counts_whatever_the_status(code: grpc.StatusCode) -> None:
    found = error_of(failed(code, "device-revoked"))
    assert isinstance(found, EnrolmentRefused)
    assert found.reason == "device-revoked"
