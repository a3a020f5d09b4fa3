"""The lane of licensed lists: what it finds, how grave, and that it names numbers and no words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lamplighter_keywords.bundles.licensed import LicensedList
from lamplighter_keywords.licensed_lane import licensed_term
from lamplighter_keywords.matcher import Match, Matcher
from lamplighter_keywords.terms import Source, UserKind

from tests.keywords.bundles.test_licensed import made
from tests.keywords.lists import pack_of, term

CORE, OTHER = "core-theme", "other-theme"


def listed(*terms: str, theme: str = CORE, severity: int = 5, list_id: str = "partner-1") -> LicensedList:
    return made(*terms, theme=theme, severity=severity, list_id=list_id)


PARTNER = listed("quibblefen", "mud lark song")
MATCHER = Matcher(
    pack_of(term("lantern", severity=4)), [PARTNER, listed("wagtail", theme=OTHER, list_id="p2")]
)


def found(text: str, source: Source = Source.TYPED, matcher: Matcher = MATCHER) -> list[Match]:
    return matcher.match(text, source=source, user_kind=UserKind.PUPIL)


def test_a_match_names_list_and_entry_and_no_word() -> None:
    (match,) = found("a Mud-Lark song!")
    assert (match.term, match.list_id, match.theme, match.lane) == (
        "partner-1:2",
        "partner-1",
        CORE,
        "licensed",
    )
    assert (match.start, match.end, match.severity, match.list_version) == (2, 15, 5, "1970-01-01")
    assert "lark" not in repr(match).lower()


def test_lists_and_terms_stand_side_by_side_in_order() -> None:
    matches = found("a wagtail, a lantern and quibblefen")
    assert [match.term for match in matches] == ["p2:1", "t1", "partner-1:1"]
    assert [match.lane for match in matches] == ["licensed", "exact", "licensed"]


def test_disguises_that_any_reading_takes_off() -> None:
    assert [match.term for match in found("quіbblefen")] == ["partner-1:1"]  # a Cyrillic letter
    assert [match.term for match in found("ＱＵＩＢＢＬＥＦＥＮ")] == ["partner-1:1"]


@pytest.mark.parametrize(
    ("severity", "source", "weighed"),
    [
        (5, Source.TYPED, (5, (("licensed list", 5),))),
        (5, Source.WINDOW_TITLE, (4, (("licensed list", 5), ("window title", -1)))),
        (2, Source.WINDOW_TITLE, (2, (("licensed list", 2),))),
    ],
)
def test_the_severity_comes_with_the_list(
    severity: int, source: Source, weighed: tuple[int, tuple[tuple[str, int], ...]]
) -> None:
    matcher = Matcher(pack_of(term("lantern")), [listed("quibblefen", severity=severity)])
    (match,) = found("essay about quibblefen", source, matcher)
    assert (match.severity, match.addends) == weighed


def test_what_was_deleted_again_counts_less_and_for_core_themes_only() -> None:
    (match,) = found("mud lark song" + "\b" * 5 + "x")
    assert (match.term, match.severity, match.deleted) == ("partner-1:2", 4, True)
    assert (match.start, match.end, match.addends[1:]) == (0, 13, (("typed, then deleted", -1),))
    assert found("wagtail" + "\b" * 7 + "x") == []
    (stands,) = found("quibbleX\bfen")
    assert (stands.start, stands.end, stands.deleted) == (0, 12, False)
    assert len(found("quibblefen quibblefen" + "\b" * 11)) == 1


def test_what_may_not_be_shown_of_a_text() -> None:
    assert MATCHER.withheld("my mud lark song and wagtail") == [(3, 16), (21, 28)]
    assert MATCHER.withheld("nothing") == []
    assert Matcher(pack_of(term("lantern"))).withheld("quibblefen") == []


def test_when_licences_end_is_known() -> None:
    assert MATCHER.licences == {"partner-1": PARTNER.expires, "p2": PARTNER.expires}


def test_a_person_is_told_list_and_number() -> None:
    assert licensed_term("partner-1:2") == "Licensed list partner-1, entry 2; words withheld by licence"


@given(st.text(alphabet="mudlarksongquibefn \b-х\u0301", max_size=60))
def test_any_text_has_places_in_itself(text: str) -> None:
    for match in found(text):
        assert 0 <= match.start < match.end <= len(text)
    assert all(start < end for start, end in MATCHER.withheld(text))
