"""An incident and its sightings as the pages read them; changes replace fields."""

from dataclasses import replace
from typing import Any

from lamplighter_collector.grouping.fingerprint import Audience
from lamplighter_collector.ingest.detection import Identity, Place, Source, UserKind
from lamplighter_collector.review.history import Item
from lamplighter_collector.review.queue import IncidentSummary, Sighting
from lamplighter_collector.review.states import Standing, State
from lamplighter_collector.web.reader import Reader

NOW = 1_795_248_600_000
SEEN = 1_795_248_000_000
READER = Reader(account="wren", names={"wren": "Wren Halloran", "dev": "Dev Castellan"}, now_ms=NOW)
NEW = Standing(state=State.NEW, audience=Audience.DSL)


def incident(**changes: Any) -> IncidentSummary:
    return replace(
        IncidentSummary(
            id="1c8a00b00112233445566778899",
            theme="self-harm",
            severity=4,
            count=1,
            sightings=1,
            first_at_ms=SEEN,
            last_at_ms=SEEN,
            revision=1,
            device="lap-17",
            subject="5" * 32,
            user="pupil07",
            user_kind=UserKind.PUPIL,
            identity=Identity.NAMED,
            place=Place.NOT_TOLD,
            source=Source.TYPED,
            application="xterm",
            utc_offset_minutes=0,
            addends=(("term", 4),),
            standing=NEW,
        ),
        **changes,
    )


def sighting(**changes: Any) -> Sighting:
    return replace(
        Sighting(
            detection_id="00",
            device="lap-17",
            term="sh-0012",
            list_version="2026.11.1",
            lane="exact",
            severity=4,
            source=Source.TYPED,
            application="xterm",
            observed_at_ms=SEEN,
            received_at_ms=SEEN + 2_000,
            utc_offset_minutes=0,
            weight=1,
            has_words=True,
            typed_then_deleted=False,
            identity=Identity.NAMED,
            place=Place.NOT_TOLD,
            addends=(("term", 4),),
        ),
        **changes,
    )


def item(**changes: Any) -> Item:
    return replace(
        Item(
            id="1c8a00b0000000000000000abcdef",
            theme="self-harm",
            severity=3,
            device="lap-17",
            user="pupil07",
            last_at_ms=SEEN,
            standing=Standing(
                state=State.NO_CONCERN,
                audience=Audience.DSL,
                outcome="no_concern",
                decided_by="dev",
                decided_at_ms=NOW,
            ),
            reason="media",
        ),
        **changes,
    )
