"""Raw bytes of one item to a validated `Detection`, `Answer`, `Receipt`, `Request` or `Loss`; pure.

A device is enrolled but not trusted: each field is checked here and nowhere later. What can't be accepted
raises `Refused` with one of the fixed sentences below, never with text from the item, so the reason may be
logged and shown. An odd clock is no ground for refusal (a flat battery must not hide a child in danger); only
a time outside 2000 to 2099 is.
"""

import re
from typing import Final

from google.protobuf.message import DecodeError
from lamplighter_keywords.licensed_lane import LICENSED
from lamplighter_protos.v1 import detection_pb2

from lamplighter_collector.devices.identity import DeviceName
from lamplighter_collector.errors import Refused
from lamplighter_collector.ingest import media_mapping as media
from lamplighter_collector.ingest.detection import (
    Answer,
    Detection,
    Evidence,
    Identity,
    Item,
    Loss,
    Place,
    Receipt,
    Request,
    Source,
    UserKind,
)
from lamplighter_collector.ingest.media_mapping import moment_of as _milliseconds

ID_BYTES: Final = 16
CONTEXT_CHARACTERS: Final = 40
MOST_LOST: Final = 1 << 32
"""In one notice: so few that no number of them is too large to add up in 64 bits."""
UNAPPROVED: Final = "unapproved-media"
_REQUEST_SEVERITY: Final = 2
_ASKED: Final = "asked for permission on the screen"
_MATCHED_CHARACTERS: Final = 512
_NAME_CHARACTERS: Final = 256
_ADDENDS: Final = 32
_OFFSET_MINUTES: Final = 14 * 60
_THEME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_TERM: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}")
_MARK: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,63}")
_USER_KINDS: Final = {kind.value: kind for kind in UserKind}
_IDENTITIES: Final = {identity.value: identity for identity in Identity}
_PLACES: Final = {place.value: place for place in Place}
_SOURCES: Final = {source.value: source for source in Source}
_LOSS_REASONS: Final = frozenset(detection_pb2.LossNotice.Reason.values())
# A newer agent may know more reasons than we do: that something was lost counts, not why.
_UNSPECIFIED: Final = detection_pb2.LossNotice.REASON_UNSPECIFIED
_NO_EVIDENCE: Final = Evidence(before="", matched="", after="")


def item_from(raw: bytes, origin: DeviceName) -> Item | Loss:
    """Decode and validate one item of a batch.

    Raises:
        Refused: this item can never be stored.
    """
    try:
        message = detection_pb2.Detection.FromString(raw)
    except DecodeError:
        # Also broken UTF-8 and lone surrogates. Without the cause: its text may quote the bytes.
        raise Refused("it can't be decoded") from None
    if len(message.id) != ID_BYTES:
        raise Refused("the id is not 16 bytes")
    if message.organisation != origin.organisation:
        raise Refused("the organisation is not the certificate's")
    if message.HasField("loss"):
        return _loss(message, origin)
    if message.source == detection_pb2.SOURCE_NOTICE:
        return _answer(message, origin)
    if message.source == detection_pb2.SOURCE_MEDIA_RECEIPT:
        return _receipt(message, origin)
    if message.source == detection_pb2.SOURCE_MEDIA_REQUEST:
        return _request(message, origin)
    return _detection(message, origin)


def _loss(message: detection_pb2.Detection, origin: DeviceName) -> Loss:
    notice = message.loss
    if message.severity != 0:
        raise Refused("a loss notice has a severity")
    if message.HasField("evidence"):
        raise Refused("a loss notice has text")
    if not 1 <= notice.count <= MOST_LOST:
        raise Refused("the count of the loss is out of range")
    first, last = _milliseconds(notice.first), _milliseconds(notice.last)
    return Loss(
        origin=origin,
        id=message.id,
        reason=notice.reason if notice.reason in _LOSS_REASONS else _UNSPECIFIED,
        count=notice.count,
        first_at_ms=min(first, last),
        last_at_ms=max(first, last),
    )


def _answer(message: detection_pb2.Detection, origin: DeviceName) -> Answer:
    said = message.answer
    if not message.HasField("answer"):
        raise Refused("an answer to the notice is missing")
    if message.severity != 0 or message.theme or message.HasField("evidence"):
        raise Refused("an answer to the notice has more than an answer")
    marks = (said.version, said.policy, said.language, said.reading_age)
    if not all(_MARK.fullmatch(mark) for mark in marks):
        raise Refused("an answer to the notice is not sound")
    if not 1 <= len(message.user) <= _NAME_CHARACTERS or "\0" in message.user:
        raise Refused("nobody answered the notice")
    return Answer(
        origin=origin,
        id=message.id,
        user=message.user,
        user_kind=_user_kind(message),
        accepted=said.accepted,
        version=said.version,
        policy=said.policy,
        language=said.language,
        reading_age=said.reading_age,
        answered_at_ms=_milliseconds(message.observed_at),
    )


def _receipt(message: detection_pb2.Detection, origin: DeviceName) -> Receipt:
    said = message.receipt
    if not message.HasField("receipt"):
        raise Refused("a scan receipt is missing")
    if message.severity != 0 or message.theme or message.HasField("evidence"):
        raise Refused("a scan receipt has more than a receipt")
    if len(message.user) > _NAME_CHARACTERS or "\0" in message.user:
        raise Refused("a name is too long")
    return Receipt(
        origin=origin,
        id=message.id,
        user=message.user,
        user_kind=_user_kind(message),
        medium=media.medium_of(said.medium),
        tree_digest=media.digest_of(said),
        verdict=media.verdict_of(said),
        reason=media.slug_of(said.reason),
        engine=media.engine_of(said),
        signatures_at_ms=media.moment_or_none(said, "signatures_at"),
        made_at_ms=media.moment_of(said.made_at),
        expires_at_ms=media.moment_or_none(said, "expires_at"),
        files=media.count_of(said.files),
        bytes=media.count_of(said.bytes),
        infected=media.count_of(said.infected),
        unscanned=media.count_of(said.unscanned),
        kinds=media.kinds_of(said),
        permission=media.permission_of(said),
        access=int(said.access),
    )


def _request(message: detection_pb2.Detection, origin: DeviceName) -> Request:
    """A request is a sighting of its own theme, at the lowest severity that somebody sees."""
    if not message.HasField("request"):
        raise Refused("a request to use a medium is missing")
    if message.theme != UNAPPROVED or message.HasField("evidence") or message.typed_then_deleted:
        raise Refused("a request to use a medium has more than a request")
    if not 1 <= message.severity <= _REQUEST_SEVERITY:
        raise Refused("the severity is out of range")
    message.severity = _REQUEST_SEVERITY
    del message.addends[:]
    message.addends.add(reason=_ASKED, value=_REQUEST_SEVERITY)
    return Request(
        detection=_detection(message, origin),
        medium=media.medium_of(message.request.medium),
        reason=media.slug_of(message.request.reason),
        read_write=message.request.read_write,
    )


def _detection(message: detection_pb2.Detection, origin: DeviceName) -> Detection:
    if not 1 <= message.severity <= 5:
        raise Refused("the severity is out of range")
    if not -_OFFSET_MINUTES <= message.utc_offset_minutes <= _OFFSET_MINUTES:
        raise Refused("the offset from UTC is out of range")
    _check_names(message)
    evidence = _evidence(message)
    # The words themselves count once; a record without words only reports how often they were repeated.
    weight = max(1, message.repeats + (evidence is not _NO_EVIDENCE))
    context_only = message.severity == 1
    return Detection(
        origin=origin,
        id=message.id,
        user="" if context_only else message.user,
        user_kind=UserKind.UNKNOWN if context_only else _user_kind(message),
        # A word of a newer agent that we don't know: that it is not sure counts.
        identity=Identity.NOT_TOLD if context_only else _IDENTITIES.get(message.identity, Identity.UNKNOWN),
        place=Place.NOT_TOLD if context_only else _PLACES.get(message.place, Place.NOT_TOLD),
        source=_source(message),
        application="" if context_only else message.application,
        theme=message.theme,
        term="" if context_only else message.term,
        list_version=message.list_version,
        severity=message.severity,
        lane=message.lane,
        evidence=_NO_EVIDENCE if context_only else evidence,
        addends=() if context_only else _addends(message),
        observed_at_ms=_milliseconds(message.observed_at),
        utc_offset_minutes=message.utc_offset_minutes,
        weight=weight,
        typed_then_deleted=message.typed_then_deleted,
    )


def _check_names(message: detection_pb2.Detection) -> None:
    if not _THEME.fullmatch(message.theme):
        raise Refused("the theme is not a slug")
    if not _TERM.fullmatch(message.term):
        raise Refused("the term is not an id")
    names = (message.user, message.application, message.list_version, message.lane)
    if max(map(len, names)) > _NAME_CHARACTERS:
        raise Refused("a name is too long")
    if "\0" in "".join(names):
        raise Refused("a text holds NUL")


def _user_kind(message: detection_pb2.Detection) -> UserKind:
    kind = _USER_KINDS.get(message.user_kind)
    if kind is None:
        raise Refused("the kind of user is unknown")
    return kind


def _source(message: detection_pb2.Detection) -> Source:
    source = _SOURCES.get(message.source)
    if source is None:
        raise Refused("the source is unknown")
    return source


def _evidence(message: detection_pb2.Detection) -> Evidence:
    # What a licensed list found may be shown to nobody: a device that sends it all the same is not heeded.
    if message.lane == LICENSED or not message.HasField("evidence"):
        return _NO_EVIDENCE
    before, matched, after = message.evidence.before, message.evidence.matched, message.evidence.after
    if len(before) > CONTEXT_CHARACTERS or len(after) > CONTEXT_CHARACTERS:
        raise Refused("the evidence holds more than 40 characters beside the words")
    if not 1 <= len(matched) <= _MATCHED_CHARACTERS:
        raise Refused("the evidence has no words or too many")
    if "\0" in before or "\0" in matched or "\0" in after:
        raise Refused("a text holds NUL")
    return Evidence(before=before, matched=matched, after=after)


def _addends(message: detection_pb2.Detection) -> tuple[tuple[str, int], ...]:
    addends = tuple((addend.reason, addend.value) for addend in message.addends)
    if len(addends) > _ADDENDS:
        raise Refused("the severity has too many addends")
    for reason, value in addends:
        if len(reason) > _NAME_CHARACTERS or not reason.isprintable() or not -5 <= value <= 5:
            raise Refused("an addend of the severity is out of range")
    return addends
