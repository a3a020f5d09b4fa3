import pytest
from lamplighter_agent.errors import FrameMalformed
from lamplighter_agent.local_ipc import messages
from lamplighter_protos.v1.local_pb2 import (
    HelperMessage,
    ReportStatus,
    ReportTypedText,
    ReportWindowTitle,
    RequestPage,
    SensorState,
)

SCHOOL = "Alder Vale School"


def test_a_typed_window_is_read() -> None:
    message = HelperMessage(organisation=SCHOOL, typed=ReportTypedText(field=1, position=2, text="a" * 512))
    assert messages.decode(message.SerializeToString(), SCHOOL) == message


@pytest.mark.parametrize(
    "message",
    [
        HelperMessage(organisation="Another School", page=RequestPage()),
        HelperMessage(organisation=SCHOOL),
        # Number 6 was a verb once.
        HelperMessage.FromString(HelperMessage(organisation=SCHOOL).SerializeToString() + b"\x32\x00"),
        HelperMessage(organisation=SCHOOL, typed=ReportTypedText(text="a" * 513)),
        HelperMessage(organisation=SCHOOL, typed=ReportTypedText(application="a" * 257)),
        HelperMessage(organisation=SCHOOL, title=ReportWindowTitle(title="a" * 1025)),
        HelperMessage(organisation=SCHOOL, status=ReportStatus(sensors=[SensorState()] * 33)),
    ],
)
def test_what_is_over_a_limit_or_not_ours_is_malformed(message: HelperMessage) -> None:
    with pytest.raises(FrameMalformed):
        messages.decode(message.SerializeToString(), SCHOOL)


@pytest.mark.parametrize("payload", [b"\xff" * 40, b"\x0a\x05ab", b"\x0a\x02\xff\xfe"])
def test_bytes_that_are_no_message_are_malformed(payload: bytes) -> None:
    with pytest.raises(FrameMalformed):
        messages.decode(payload, SCHOOL)
