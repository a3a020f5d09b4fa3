import pytest
from lamplighter_collector.ingest.detection import Identity, Place
from lamplighter_collector.review.queue import IncidentSummary, LossSummary
from lamplighter_collector.web.wording import (
    GROUPS,
    SEVERITY_NAMES,
    clock_words,
    loss_words,
    row_of,
    sighting_lines,
    times_words,
)
from lamplighter_protos.v1 import detection_pb2

from tests.collector.web.samples import NEW, SEEN, sighting


def summary(**changes: object) -> IncidentSummary:
    fields: dict[str, object] = {
        "id": "1c0ffee0123456789abcdef0123",
        "theme": "bullying",
        "severity": 3,
        "count": 1,
        "sightings": 1,
        "first_at_ms": 1_795_248_000_000,
        "last_at_ms": 1_795_248_000_000,
        "revision": 1,
        "device": "lap-17",
        "subject": "0123456789abcdef0123456789abcdef",
        "user": "pupil07",
        "user_kind": 1,
        "identity": 1,
        "place": 0,
        "source": 1,
        "application": "xterm",
        "utc_offset_minutes": 0,
        "addends": (("term", 3),),
        "standing": NEW,
    }
    return IncidentSummary(**(fields | changes))  # type: ignore[arg-type]


def test_a_row_says_why_and_where() -> None:
    row = row_of(summary(count=9, last_at_ms=1_795_249_200_000))
    assert row.why.startswith("Serious because words from the theme “Bullying” were typed, 9 times.")
    assert row.facts == (
        "Typed in xterm",
        "on lap-17",
        "first at 08:00, last at 08:20 on 21 November",
        "9 times",
    )
    assert row.reference == "LL-EF0123"
    assert row.group == "today"


@pytest.mark.parametrize(
    ("theme", "said"),
    [
        ("unapproved-media", "because portable media was used without permission, or was stopped"),
        ("malware-media", "because a virus scan found something on portable media"),
        ("unscanned-media", "because a virus scan of portable media did not come to its end"),
        ("deceptive-device", "also acts as a keyboard or a network card"),
    ],
)
def test_what_media_came_to_is_said_by_their_theme(theme: str, said: str) -> None:
    row = row_of(summary(theme=theme, source=5, application="USB, Example Stick", addends=()))
    assert said in row.why
    assert row.facts[0] == "USB, Example Stick"


def test_a_request_for_media_is_said_as_asking_and_no_misconduct() -> None:
    row = row_of(summary(theme="unapproved-media", source=9, severity=2, application="", addends=()))
    assert row.why.startswith("Somebody asked to use portable media. Asking is never misconduct")
    assert row.facts[0] == "an unknown medium"
    lines = sighting_lines(sighting(source=9, application="USB, Example Stick", has_words=False))
    assert lines.title == "USB, Example Stick, asked for, once"
    moved = sighting(source=5, application="a stick", term="media-held:0a", has_words=False)
    assert sighting_lines(moved).title == "a stick, once"


def test_a_press_of_the_help_button_is_said_as_what_it_is() -> None:
    row = row_of(summary(theme="help-seeking", source=6, application="", addends=()))
    assert row.why == "Pressed “I need help”. Asking for help is never misconduct."
    assert row.facts[0] == "The button “I need help” on the strip"
    assert row.group == "today"


def test_what_kind_of_account_it_is_stands_beside_the_name() -> None:
    assert row_of(summary(identity=Identity.SHARED)).sure == "shared account"
    assert (row_of(summary()).sure, row_of(summary(identity=Identity.NOT_TOLD)).sure) == ("", "")


def test_where_the_device_was_stands_beside_its_tag() -> None:
    assert row_of(summary(place=Place.ON_SITE)).facts[1] == "on lap-17, at school"
    assert row_of(summary(place=Place.AWAY)).facts[1] == "on lap-17, away from school"
    assert row_of(summary()).facts[1] == "on lap-17"
    several = summary(place=Place.ON_SITE, count=2, first_at_ms=SEEN - 1)
    assert row_of(several).facts[1] == "on lap-17, the last time at school"
    assert sighting_lines(sighting(place=Place.AWAY)).when.endswith(" November, away from school")
    other = sighting(identity=Identity.OTHER)
    assert sighting_lines(other).when.endswith(" November, somebody else was said to be there")


def test_times_are_the_wall_clock_of_the_device() -> None:
    assert clock_words(1_795_248_000_000, -600) == "22:00 on 20 November"


def test_what_moved_the_severity_is_said() -> None:
    why = row_of(summary(addends=(("term", 3), ("context time", 1), ("typed, then deleted", -1)))).why
    assert why.endswith(
        "It counts higher because the words name a time or a day. "
        "It counts lower because it was typed and then deleted."
    )


@pytest.mark.parametrize(("count", "words"), [(1, "once"), (2, "twice"), (3, "3 times")])
def test_counts_are_words(count: int, words: str) -> None:
    assert times_words(count) == words


def test_every_severity_of_an_incident_has_a_name_and_one_group() -> None:
    grouped = [severity for _, _, _, severities in GROUPS for severity in severities]
    assert sorted(grouped) == [2, 3, 4, 5]
    assert set(grouped) < set(SEVERITY_NAMES)


def test_every_reason_of_a_loss_has_its_words() -> None:
    for reason in set(detection_pb2.LossNotice.Reason.values()) - {0}:
        words = loss_words(LossSummary(device="lap-17", reason=reason, count=3, notices=1, last_at_ms=0))
        assert words.endswith(": 3 on lap-17")
        assert "does not know" not in words


@pytest.mark.parametrize("reason", [0, 99])
def test_a_loss_for_an_unknown_reason_says_so(reason: int) -> None:
    words = loss_words(LossSummary(device="lap-17", reason=reason, count=3, notices=1, last_at_ms=0))
    assert words == "Something was not seen, for a reason this collector does not know: 3 on lap-17"


def test_names_are_in_no_repr() -> None:
    assert "wren" not in repr(summary(user="wren", application="wren"))
    assert "wren" not in repr(row_of(summary(user="wren", application="wren")))
