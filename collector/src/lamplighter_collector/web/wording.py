"""Facts to plain sentences. Past tense, no adjectives about a person, never the words that were typed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from lamplighter_keywords.licensed_lane import LICENSED, WITHHELD, licensed_term
from lamplighter_protos.v1 import detection_pb2

from lamplighter_collector.ingest.detection import Identity, Place, Source
from lamplighter_collector.review.queue import IncidentSummary, LossSummary, Sighting
from lamplighter_collector.review.services import Words
from lamplighter_collector.web.arithmetic import what_moved
from lamplighter_collector.web.themes import HELP_SEEKING, theme_name

UNKNOWN_ACCOUNT: Final = "an unknown account"
SEVERITY_NAMES: Final = {1: "Low", 2: "Moderate", 3: "Serious", 4: "Severe", 5: "Critical"}
GROUPS: Final = (
    ("now", "Now", "first look within the hour", (5, 4)),
    ("today", "Today", "before the end of the school day", (3,)),
    ("week", "This week", "within 2 school days", (2,)),
)
_CLOCK_MINUTES: Final = 5
_HOW: Final = {
    Source.TYPED: "typed",
    Source.PASTED: "pasted",
    Source.WINDOW_TITLE: "seen in a window's title",
    Source.PORTABLE_MEDIA: "came or went as portable media",
    Source.HELP_BUTTON: "asked for by the button",
    Source.MEDIA_REQUEST: "asked for on the screen",
}
_MEDIA: Final = frozenset({Source.PORTABLE_MEDIA, Source.MEDIA_REQUEST})
_MEDIA_THEMES: Final = {
    "unapproved-media": "portable media was used without permission, or was stopped because it had none",
    "malware-media": "a virus scan found something on portable media",
    "unscanned-media": "a virus scan of portable media did not come to its end",
    "deceptive-device": "something that looks like storage also acts as a keyboard or a network card",
}
"""Why, by theme: what a medium came to is in its theme."""
_MOVED: Final = {"media-arrived": ", arrived", "media-removed": ", removed"}
_ACCOUNTS: Final = {
    Identity.SHARED: "shared account",
    Identity.KIOSK: "device without sign-in",
    Identity.OTHER: "somebody else was said to be there",
    Identity.UNKNOWN: "not known whose account",
}
_PLACES: Final = {Place.ON_SITE: "at school", Place.AWAY: "away from school"}
_LOSSES: Final = {
    detection_pb2.LossNotice.REASON_SPOOL_CAP: "The device's store was full, so records were dropped",
    detection_pb2.LossNotice.REASON_SPOOL_EXPIRED: "Records waited too long and were dropped",
    detection_pb2.LossNotice.REASON_SPOOL_DAMAGED: "Records in the device's store were damaged",
    detection_pb2.LossNotice.REASON_DISK_FULL: "The device's disk was full, so records were not kept",
    detection_pb2.LossNotice.REASON_INPUT_OVERFLOW: "Typing came faster than it could be read",
    detection_pb2.LossNotice.REASON_INPUT_UNCERTAIN: "Typing that may have been a password was not read",
    detection_pb2.LossNotice.REASON_INDICATOR_GONE: "The indicator was taken away or not shown",
    detection_pb2.LossNotice.REASON_PEER_REJECTED: "Another program spoke to the service and was refused",
    detection_pb2.LossNotice.REASON_REFUSED_BY_COLLECTOR: "This collector refused records as unsound",
    detection_pb2.LossNotice.REASON_SENSOR_FAILED: "A sensor failed, so something was not seen",
    detection_pb2.LossNotice.REASON_HELPER_KILLED: "The sensing part was ended, and started again",
    detection_pb2.LossNotice.REASON_HELPER_STOPPED: "The sensing part was held still: nothing was seen",
    detection_pb2.LossNotice.REASON_HELPER_TRACED: "A program looked into the sensing part, which ended",
    detection_pb2.LossNotice.REASON_HELPER_HUNG: "The sensing part hung, and was started again",
    detection_pb2.LossNotice.REASON_SENSOR_SILENT: "A sensor was silent while the person was active",
    detection_pb2.LossNotice.REASON_RECEIPTS_OVER_CAP: "Scan receipts came that are too many to keep",
    detection_pb2.LossNotice.REASON_REQUESTS_OVER_CAP: "Requests for media came that are too many to keep",
}
_UNKNOWN_LOSS: Final = "Something was not seen, for a reason this collector does not know"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One incident, worded for the queue."""

    id: str
    reference: str
    severity: int
    severity_name: str
    group: str
    theme: str
    user: str = field(repr=False)
    sure: str
    """What kind of account it is, where that is not one person's own; empty where it is."""
    why: str
    facts: tuple[str, ...] = field(repr=False)
    last_at_ms: int
    count: int
    help_seeking: bool
    note: str = field(default="", repr=False)
    """Why it came back, and who is looking."""


def reference_of(incident_id: str) -> str:
    """Short enough to say on the telephone; the id's end, since its beginning is only a time."""
    return f"LL-{incident_id[-6:].upper()}"


def wall_time(at_ms: int, utc_offset_minutes: int) -> datetime:
    """The time that the user's clock showed."""
    return datetime.fromtimestamp(at_ms / 1000, UTC) + timedelta(minutes=utc_offset_minutes)


def clock_words(at_ms: int, utc_offset_minutes: int) -> str:
    """Such as ``08:13 on 21 November``."""
    wall = wall_time(at_ms, utc_offset_minutes)
    return f"{wall:%H:%M} on {wall.day} {wall:%B}"


def times_words(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def row_of(incident: IncidentSummary, note: str = "") -> Row:
    name, theme = SEVERITY_NAMES[incident.severity], theme_name(incident.theme)
    group = next(key for key, _, _, severities in GROUPS if incident.severity in severities)
    return Row(
        id=incident.id,
        reference=reference_of(incident.id),
        severity=incident.severity,
        severity_name=name,
        group=group,
        theme=theme,
        user=incident.user or UNKNOWN_ACCOUNT,
        sure=_ACCOUNTS.get(Identity(incident.identity), ""),
        why=_why(incident, name, theme),
        facts=(
            _where(incident.source, incident.application),
            f"on {incident.device}{_place(incident.place, last=_is_several(incident))}",
            _when(incident),
            times_words(incident.count),
        ),
        last_at_ms=incident.last_at_ms,
        count=incident.count,
        help_seeking=incident.theme == HELP_SEEKING,
        note=note,
    )


def _why(incident: IncidentSummary, name: str, theme: str) -> str:
    sentence = f"{name} because words from the theme “{theme}” were {_HOW[Source(incident.source)]}"
    if incident.source == Source.HELP_BUTTON:
        return "Pressed “I need help”. Asking for help is never misconduct."
    if incident.theme == HELP_SEEKING:
        return "Looked for help, or for how to ask for it. Asking for help is never misconduct."
    if incident.source == Source.MEDIA_REQUEST:
        return "Somebody asked to use portable media. Asking is never misconduct; a technician answers it."
    if incident.source == Source.PORTABLE_MEDIA:
        sentence = f"{name} because {_MEDIA_THEMES.get(incident.theme, 'of portable media')}"
    if incident.count > 1:
        sentence += f", {times_words(incident.count)}"
    return f"{sentence}. {what_moved(incident.addends)}".rstrip()


def _where(source: int, application: str) -> str:
    if source in _MEDIA:
        return application or "an unknown medium"
    if source == Source.HELP_BUTTON:
        return "The button “I need help” on the strip"
    return f"{_HOW[Source(source)].capitalize()} in {application or 'an unknown program'}"


def _place(told: int, *, last: bool = False) -> str:
    """Where the device was; where it was not sure, it counted as away. ``last``: before, maybe elsewhere."""
    place = _PLACES.get(Place(told))
    if not place:
        return ""
    return f", the last time {place}" if last else f", {place}"


def _is_several(incident: IncidentSummary) -> bool:
    return incident.count > 1 and incident.first_at_ms != incident.last_at_ms


def _when(incident: IncidentSummary) -> str:
    offset = incident.utc_offset_minutes
    last = clock_words(incident.last_at_ms, offset)
    if not _is_several(incident):
        return f"at {last}"
    return f"first at {wall_time(incident.first_at_ms, offset):%H:%M}, last at {last}"


def loss_words(loss: LossSummary) -> str:
    what = _LOSSES.get(detection_pb2.LossNotice.Reason.ValueType(loss.reason), _UNKNOWN_LOSS)
    return f"{what}: {loss.count} on {loss.device}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SightingLines:
    """One sighting, worded."""

    detection_id: str
    title: str = field(repr=False)
    when: str
    term: str
    clock: str


def sighting_lines(sighting: Sighting) -> SightingLines:
    where = _where(sighting.source, sighting.application)
    if sighting.source == Source.PORTABLE_MEDIA:
        where += _MOVED.get(sighting.term.partition(":")[0], "")
    if sighting.source == Source.MEDIA_REQUEST:
        where += ", asked for"
    ahead = clock_ahead([sighting])
    deleted = ", then deleted" if sighting.typed_then_deleted else ""
    return SightingLines(
        detection_id=sighting.detection_id,
        title=f"{where}{deleted}, {times_words(sighting.weight)}",
        when=_seen(sighting),
        term=_term_words(sighting),
        clock=f"{ahead}, so this time is not sure." if ahead else "",
    )


def _seen(sighting: Sighting) -> str:
    """When and where, and whose account it was said to be where that is not one person's own."""
    when = clock_words(sighting.observed_at_ms, sighting.utc_offset_minutes)
    account = _ACCOUNTS.get(Identity(sighting.identity))
    return f"{when}{_place(sighting.place)}{f', {account}' if account else ''}"


def withheld_lines(sightings: Sequence[Sighting]) -> list[str]:
    """What licensed lists found, each entry once: what stands in the place of words."""
    found = (sighting.term for sighting in sightings if sighting.lane == LICENSED)
    return [licensed_term(term) for term in dict.fromkeys(found)]


def withheld_note(words: Sequence[Words]) -> str:
    """What `[withheld]` means, where it stands in what is shown; else empty."""
    if not any(WITHHELD in text for one in words for text in (one.before, one.matched, one.after)):
        return ""
    return (
        f"{WITHHELD} stands for words of a list under licence, which nobody may be shown. "
        "Where the match itself reads so, its term and theme below still hold."
    )


def _term_words(sighting: Sighting) -> str:
    if sighting.lane == LICENSED:
        return licensed_term(sighting.term)
    if sighting.source == Source.HELP_BUTTON:
        return "No words: a press of the button"
    return f"Term {sighting.term}, list {sighting.list_version or 'unknown'}"


def clock_ahead(sightings: Sequence[Sighting]) -> str:
    """That a clock can't have been right, else empty: a record can't be from later than it arrived."""
    ahead = max((one.observed_at_ms - one.received_at_ms for one in sightings), default=0) // 60_000
    return f"The device's clock was at least {ahead} minutes ahead" if ahead >= _CLOCK_MINUTES else ""
