"""Checks a message from the helper before anything looks at its content. Pure.

The helper runs in a place that a pupil owns, so its bytes are input like any other: whatever is not one of
our verbs, in our organisation, within the sizes of a real field or title, is malformed. No text is repeated
in an error.
"""

from google.protobuf.message import DecodeError
from lamplighter_protos.v1.local_pb2 import HelperMessage

from lamplighter_agent.errors import FrameMalformed

# The ring of one field (ARCHITECTURE.md), and the longest title that is worth reading.
TYPED_LIMIT = 512
TITLE_LIMIT = 1024
APPLICATION_LIMIT = 256
SENSOR_LIMIT = 32


def decode(payload: bytes, organisation: str) -> HelperMessage:
    """Return the message of one frame; raise `FrameMalformed` for anything else."""
    try:
        message = HelperMessage.FromString(payload)
    except DecodeError as error:
        raise FrameMalformed("not a message") from error
    if message.organisation != organisation:
        raise FrameMalformed("another organisation")
    verb = message.WhichOneof("verb")
    if verb is None:
        raise FrameMalformed("no verb")
    if not _within_limits(message, verb):
        raise FrameMalformed(f"{verb} over its limit")
    return message


def _within_limits(message: HelperMessage, verb: str) -> bool:
    if verb == "typed":
        typed = message.typed
        return len(typed.text) <= TYPED_LIMIT and len(typed.application) <= APPLICATION_LIMIT
    if verb == "title":
        return len(message.title.title) <= TITLE_LIMIT and len(message.title.application) <= APPLICATION_LIMIT
    if verb == "status":
        return len(message.status.sensors) <= SENSOR_LIMIT
    return True
