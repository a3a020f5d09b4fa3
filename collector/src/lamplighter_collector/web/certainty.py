"""How sure is this? Who, what and when, each in plain words.

Says what the record can bear and no more: an account is not a person, a match is not a meaning, and a
device's clock is only what its user saw.
"""

from collections.abc import Sequence
from typing import Final

from lamplighter_keywords.licensed_lane import LICENSED

from lamplighter_collector.ingest.detection import Identity, Source, UserKind
from lamplighter_collector.review.queue import IncidentSummary, Sighting
from lamplighter_collector.web.wording import clock_ahead

_LATE_MINUTES: Final = 60
_EXACT: Final = "exact"
_WITHOUT_WORDS: Final[dict[int, str]] = {
    Source.PORTABLE_MEDIA: "Sure that a medium came or went, as it described itself. "
    "What is on it was not looked at.",
    Source.MEDIA_REQUEST: "Sure that somebody who was signed in asked for it, with a reason of a fixed list.",
    Source.HELP_BUTTON: "Sure that somebody pressed “I need help” and said yes when asked again, or that the "
    "device could not ask again. They were not asked why.",
}
_MEDIA_THEMES: Final = {
    "malware-media": "Fairly sure. A virus scanner recognised something in its files, and scanners are "
    "sometimes wrong. Names of files were not sent. Who put it there, or knew of it, is not known.",
    "unscanned-media": "Sure that the scan did not come to its end, so nothing is known of what is on it.",
    "deceptive-device": "Sure of how it described itself: as storage, and as a keyboard or a network card, "
    "too. Whether it was made to do harm, or whether the person knew, is not known.",
}
_NOT_ONE_PERSON: Final = {
    Identity.SHARED: "Not sure. Several people use this account; which of them it was is not known.",
    Identity.KIOSK: "Not sure. Nobody signs in on this device; who used it is not known.",
    Identity.OTHER: "Not sure. Somebody at the device had said that another person was using it.",
    Identity.UNKNOWN: "Not sure. The device can't tell whose account this is.",
}


def certainty(incident: IncidentSummary, sightings: Sequence[Sighting]) -> tuple[tuple[str, str], ...]:
    """A question and its answer, three times."""
    return (
        ("Who", _who(incident, sightings)),
        ("What", _without_words(incident) or _what(sightings)),
        ("When", _when(sightings)),
    )


def _without_words(incident: IncidentSummary) -> str:
    if incident.source == Source.PORTABLE_MEDIA and incident.theme in _MEDIA_THEMES:
        return _MEDIA_THEMES[incident.theme]
    return _WITHOUT_WORDS.get(incident.source, "")


def _who(incident: IncidentSummary, sightings: Sequence[Sighting]) -> str:
    if not incident.subject:
        return "Not sure. The device did not say which account was signed in."
    if Identity(incident.identity) in _NOT_ONE_PERSON:
        return _NOT_ONE_PERSON[Identity(incident.identity)]
    kind = {UserKind.PUPIL: "a pupil's account", UserKind.STAFF: "a member of staff's account"}
    account = kind.get(UserKind(incident.user_kind), "an account")
    if doubtful := sum(Identity(sighting.identity) in _NOT_ONE_PERSON for sighting in sightings):
        return (
            f"Not sure of all. It was signed in with {account}, but for {doubtful} of {len(sightings)} "
            "sightings the device can't say whose words they were: each says so below."
        )
    return (
        f"Fairly sure. It was signed in with {account}; whether its owner was at the keyboard is not known."
    )


def _what(sightings: Sequence[Sighting]) -> str:
    shown = [sighting for sighting in sightings if sighting.has_words]
    if not shown and any(sighting.lane == LICENSED for sighting in sightings):
        return (
            "Fairly sure. Whole words or phrases of a licensed list; they may not be shown. "
            "Nothing here says what was meant."
        )
    if not shown:
        return "Not sure. These sightings are counts; no words came with them."
    if any(sighting.lane not in {_EXACT, ""} for sighting in shown):
        sure = "Less sure. Some words were recognised although they were not typed as listed."
    else:
        sure = "Fairly sure. Whole words or phrases of the list, none a near-match."
    if all(sighting.source == Source.WINDOW_TITLE for sighting in shown):
        return f"{sure} They stood in a window's title, so somebody else may have written them."
    deleted = " Some were deleted again." if any(sighting.typed_then_deleted for sighting in shown) else ""
    return f"{sure}{deleted} They could be a story, a song or a quotation: nothing here says what was meant."


def _when(sightings: Sequence[Sighting]) -> str:
    if ahead := clock_ahead(sightings):
        return f"Not sure. {ahead}."
    late = max((sighting.received_at_ms - sighting.observed_at_ms for sighting in sightings), default=0)
    minutes = late // 60_000
    if minutes >= _LATE_MINUTES:
        hours = "1 hour" if minutes < 2 * 60 else f"{minutes // 60} hours"
        return (
            f"Fairly sure, by the device's clock. Its record came {hours} later, so the clock can't be "
            "checked against ours."
        )
    return "Sure. The device's clock and ours agree."
