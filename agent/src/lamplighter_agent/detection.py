"""The unit that is spooled and sent: what matched, for whom, with an id for life.

A detection is made once, where it is found, and never again: everything behind it (spool, courier,
collector) tells two deliveries of one detection by its id. The id is random with the time of its making in
front, so that ids of one device sort roughly by age and those of two devices never meet. Pure but for
randomness and the system's time zone.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from lamplighter_protos.v1 import detection_pb2 as pb

UserKind: TypeAlias = pb.UserKind.ValueType

_VERSION_7 = 0x70
_VARIANT = 0x80
# A helper names the application: a control character there is a fault, and a NUL no database stores.
_PRINTABLE = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)), "\N{REPLACEMENT CHARACTER}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Who an observation is about: the kernel's word on the peer, and the session it came from."""

    user: str = field(repr=False)
    kind: UserKind
    # One connection of one helper: fields are told apart only within it.
    session: int
    identity: pb.IdentityConfidence.ValueType = pb.IDENTITY_CONFIDENCE_UNSPECIFIED
    # Where the device was then.
    place: pb.Place.ValueType = pb.PLACE_UNSPECIFIED


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The matched words and what stood around them; the only text that ever leaves a device."""

    before: str = field(repr=False)
    matched: str = field(repr=False)
    after: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """How much of what was lost, and between when and when."""

    reason: pb.LossNotice.Reason.ValueType
    count: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeAnswer:
    """What somebody answered to the notice at sign-in, and which one it was."""

    accepted: bool
    version: str
    policy: str
    language: str
    reading_age: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """One finding, or one day's count of a theme's context."""

    id: bytes
    observed_at: datetime
    source: pb.Source.ValueType
    severity: int
    user: str = field(repr=False, default="")
    user_kind: UserKind = pb.USER_KIND_UNSPECIFIED
    identity: pb.IdentityConfidence.ValueType = pb.IDENTITY_CONFIDENCE_UNSPECIFIED
    place: pb.Place.ValueType = pb.PLACE_UNSPECIFIED
    application: str = ""
    theme: str = ""
    term: str = ""
    list_version: str = ""
    lane: str = ""
    evidence: Evidence | None = None
    addends: tuple[tuple[str, int], ...] = ()
    repeats: int = 0
    typed_then_deleted: bool = False
    answer: NoticeAnswer | None = None
    # Of portable media (`media/records.py`).
    receipt: pb.MediaReceipt | None = None
    request: pb.MediaRequest | None = None

    def message(self, organisation: str) -> pb.Detection:
        """Return the message that travels."""
        message = pb.Detection(
            id=self.id,
            organisation=organisation,
            user=self.user,
            user_kind=self.user_kind,
            identity=self.identity,
            place=self.place,
            source=self.source,
            application=self.application.translate(_PRINTABLE),
            theme=self.theme,
            term=self.term,
            list_version=self.list_version,
            severity=self.severity,
            lane=self.lane,
            addends=[pb.Addend(reason=reason, value=value) for reason, value in self.addends],
            utc_offset_minutes=utc_offset_minutes(self.observed_at),
            repeats=self.repeats,
            typed_then_deleted=self.typed_then_deleted,
        )
        message.observed_at.FromDatetime(self.observed_at)
        if self.evidence is not None:
            message.evidence.before = self.evidence.before
            message.evidence.matched = self.evidence.matched
            message.evidence.after = self.evidence.after
        if self.answer is not None:
            message.answer.accepted = self.answer.accepted
            message.answer.version = self.answer.version
            message.answer.policy = self.answer.policy
            message.answer.language = self.answer.language
            message.answer.reading_age = self.answer.reading_age
        if self.receipt is not None:
            message.receipt.CopyFrom(self.receipt)
        if self.request is not None:
            message.request.CopyFrom(self.request)
        return message


def new_id(at: datetime) -> bytes:
    """Return 16 bytes: 48 bits of milliseconds, then random, laid out as UUID version 7."""
    milliseconds = int(at.timestamp() * 1000) & ((1 << 48) - 1)
    tail = bytearray(secrets.token_bytes(10))
    tail[0] = (tail[0] & 0x0F) | _VERSION_7
    tail[2] = (tail[2] & 0x3F) | _VARIANT
    return milliseconds.to_bytes(6, "big") + bytes(tail)


def utc_offset_minutes(at: datetime) -> int:
    """Return how far east of UTC this device's wall clock was at an aware time."""
    offset = at.astimezone().utcoffset()
    assert offset is not None
    return round(offset.total_seconds() / 60)
