import pytest
from lamplighter_collector.ingest.detection import Identity, Source, UserKind
from lamplighter_collector.review.queue import IncidentSummary, Sighting
from lamplighter_collector.web.certainty import certainty

from tests.collector.web.samples import SEEN, incident, sighting

HOUR = 3_600_000


def sure(of: str, *sightings: Sighting, about: IncidentSummary | None = None) -> str:
    return dict(certainty(about or incident(), sightings or (sighting(),)))[of]


def test_an_account_is_not_a_person() -> None:
    assert sure("Who").startswith("Fairly sure. It was signed in with a pupil's account")
    assert "member of staff's account" in sure("Who", about=incident(user_kind=UserKind.STAFF))
    assert "an account;" in sure("Who", about=incident(user_kind=UserKind.UNKNOWN))
    assert sure("Who", about=incident(subject="", user="")).startswith("Not sure.")


@pytest.mark.parametrize(
    ("identity", "words"),
    [
        (Identity.NOT_TOLD, "Fairly sure"),
        (Identity.NAMED, "Fairly sure"),
        (Identity.SHARED, "Several people use this account"),
        (Identity.KIOSK, "Nobody signs in"),
        (Identity.OTHER, "another person was using it"),
        (Identity.UNKNOWN, "can't tell whose account"),
    ],
)
def test_an_account_of_several_people_is_nobody_in_particular(identity: Identity, words: str) -> None:
    assert words in sure("Who", about=incident(identity=identity))


def test_a_child_is_not_named_for_what_somebody_else_may_have_typed() -> None:
    """The incident shows the identity of its latest sighting; the others may say otherwise."""
    told = sure("Who", sighting(), sighting(identity=Identity.OTHER))
    assert told.startswith(
        "Not sure of all. It was signed in with a pupil's account, but for 1 of 2 sightings"
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "none a near-match"),
        ({"lane": "leet"}, "Less sure"),
        ({"lane": ""}, "none a near-match"),
        ({"has_words": False}, "no words came with them"),
        ({"has_words": False, "lane": "licensed"}, "of a licensed list; they may not be shown"),
        ({"source": Source.WINDOW_TITLE}, "somebody else may have written them"),
        ({"typed_then_deleted": True}, "Some were deleted again"),
    ],
)
def test_a_match_is_not_a_meaning(changes: dict[str, object], words: str) -> None:
    assert words in sure("What", sighting(**changes))


def test_a_medium_is_not_what_is_on_it() -> None:
    assert "not looked at" in sure("What", about=incident(source=Source.PORTABLE_MEDIA))
    assert "by a fixed list" not in sure("What", about=incident(source=Source.MEDIA_REQUEST))
    for theme, said in (
        ("malware-media", "scanners are sometimes wrong"),
        ("unscanned-media", "nothing is known of what is on it"),
        ("deceptive-device", "Whether it was made to do harm"),
    ):
        assert said in sure("What", about=incident(source=Source.PORTABLE_MEDIA, theme=theme))


def test_a_press_of_the_help_button_is_sure_and_says_no_more() -> None:
    assert "pressed “I need help”" in sure("What", about=incident(source=Source.HELP_BUTTON))


def test_one_near_match_among_many_is_said() -> None:
    assert sure("What", sighting(), sighting(lane="leet")).startswith("Less sure")


@pytest.mark.parametrize(
    ("received", "words"),
    [
        (SEEN, "Sure."),
        (SEEN + HOUR - 1, "Sure."),
        (SEEN + HOUR, "Fairly sure, by the device's clock. Its record came 1 hour later"),
        (SEEN - HOUR, "Not sure. The device's clock was at least 60 minutes ahead."),
        (SEEN + 30 * HOUR, "Its record came 30 hours later"),
    ],
)
def test_a_clock_is_what_its_user_saw(received: int, words: str) -> None:
    assert words in sure("When", sighting(received_at_ms=received))
