"""What the matcher finds, where, and how grave."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lamplighter_keywords.matcher import Match, Matcher, gravest
from lamplighter_keywords.shipped import shipped_knowledge
from lamplighter_keywords.terms import KeywordPack, Scope, Source, UserKind

from tests.keywords.lists import matcher_of, pack_of, term, themes


def typed(matcher: Matcher, text: str) -> list[Match]:
    return matcher.match(text, source=Source.TYPED, user_kind=UserKind.PUPIL)


def spans(matches: list[Match], text: str) -> list[str]:
    return [text[match.start : match.end] for match in matches]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the lantern, please", ["lantern"]),
        ("LANTERN", ["LANTERN"]),
        ("lanterns", []),
        ("the lantern's glow", ["lantern's"]),
        ("green lan\u200btern", ["lan\u200btern"]),
        ("\uff4c\uff41\uff4e\uff54\uff45\uff52\uff4e", ["\uff4c\uff41\uff4e\uff54\uff45\uff52\uff4e"]),
        ("lântérn!", ["lântérn"]),
        ("lantern-lantern", ["lantern", "lantern"]),
        ("slantern", []),
        ("", []),
    ],
)
def test_a_word_is_found_whole(text: str, found: list[str]) -> None:
    assert spans(typed(matcher_of(term("lantern", mode="word")), text), text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("i don't light it", ["don't light"]),
        ("i dont,\nlight it", ["dont,\nlight"]),
        ("i don\u2019t   light it", ["don\u2019t   light"]),
        ("don't you light", []),
    ],
)
def test_a_phrase_is_found_across_punctuation_and_lines(text: str, found: list[str]) -> None:
    assert spans(typed(matcher_of(term("don’t light")), text), text) == found


def test_a_stem_is_found_in_its_forms() -> None:
    matcher = matcher_of(term("light a lamp", mode="stem"))
    for text in ("lighting a lamp", "lights a lamp", "lighted a lamp", "light a lamps"):
        assert len(typed(matcher, text)) == 1, text
    assert typed(matcher, "alight a lamp") == []


def test_all_of_needs_every_part_within_so_many_words() -> None:
    matcher = matcher_of(term("lamp", "ladder", mode="all_of", within=5))
    text = "bring a ladder and the lamp now"
    assert spans(typed(matcher, text), text) == ["ladder and the lamp"]
    assert typed(matcher, "the lamp is on top of the very long ladder") == []
    assert typed(matcher, "the lamp") == []


def test_a_regex_is_found_as_whole_words() -> None:
    matcher = matcher_of(term("lamp(s|post)? \\d{1,2}", mode="regex"))
    text = "é: Lamp-post 3 is lamps 12!"
    assert spans(typed(matcher, text), text) == ["lamps 12"]


def test_required_words_must_be_near() -> None:
    matcher = matcher_of(term("lamp", any_of=("going to",), within=3))
    assert typed(matcher, "going to the lamp")
    assert typed(matcher, "lamp: we going to")
    assert not typed(matcher, "going to see what became of the lamp")
    assert not typed(matcher, "the lamp")


def test_an_exception_masks_only_what_it_covers() -> None:
    matcher = matcher_of(term("lamp", exceptions=("lamp post",)))
    text = "lamp post, Lamp"
    assert spans(typed(matcher, text), text) == ["Lamp"]


def test_an_exception_masks_in_every_lane() -> None:
    matcher = matcher_of(term("lamp", exceptions=("lamp's post",)))
    assert typed(matcher, "the lamp's post") == []
    assert typed(matcher, "the lamp's glow")


def test_of_overlapping_places_of_one_term_the_longest_counts() -> None:
    matcher = matcher_of(term("light", "light the lamp"), term("the lamp", term_id="t2"))
    text = "light the lamp, light"
    matches = typed(matcher, text)
    assert [(match.term, text[match.start : match.end]) for match in matches] == [
        ("t1", "light the lamp"),
        ("t2", "the lamp"),
        ("t1", "light"),
    ]


def test_a_title_counts_one_less_unless_it_is_ones_own_search() -> None:
    matcher = matcher_of(term("lamp", severity=4), knowledge=shipped_knowledge())

    def severity(title: str) -> int:
        (match,) = matcher.match(title, source=Source.WINDOW_TITLE, user_kind=UserKind.PUPIL)
        return match.severity

    assert severity("my lamp - Notepad") == 3
    assert severity("lamp prices - Google Search - Mozilla Firefox") == 3
    assert severity("how do i light my lamp - Google Search") == 4
    assert severity("why is my lamp out at DuckDuckGo") == 4


def test_terms_keep_to_their_sources_people_and_key_stages() -> None:
    searched = term("lamp", sources=frozenset({Scope.SEARCH}))
    search_only = matcher_of(searched, knowledge=shipped_knowledge())
    assert not typed(search_only, "lamp")
    assert search_only.match("lamp - Bing", source=Source.WINDOW_TITLE, user_kind=UserKind.PUPIL)
    assert not search_only.match("lamp - Paint", source=Source.WINDOW_TITLE, user_kind=UserKind.PUPIL)
    staff_only = matcher_of(
        term("lamp", user_kinds=frozenset({UserKind.STAFF}), key_stages=frozenset({"KS2"}))
    )
    assert not typed(staff_only, "lamp")
    assert staff_only.match("lamp", source=Source.PASTED, user_kind=UserKind.STAFF, key_stage="KS2")
    assert not staff_only.match("lamp", source=Source.TYPED, user_kind=UserKind.STAFF, key_stage="KS3")


def test_deleted_text_counts_for_core_themes_only_and_one_less() -> None:
    text = "the lamp\b\b\b\btree"
    (match,) = typed(matcher_of(term("lamp", severity=4), theme="core-theme"), text)
    assert (match.severity, match.lane, match.deleted) == (3, "deleted", True)
    assert text[match.start : match.end] == "lamp"
    assert typed(matcher_of(term("lamp", severity=4), theme="other-theme"), text) == []


def test_what_was_typed_again_is_not_deleted() -> None:
    text = "the lamp\b\b\blamp\b\b\b\bamp now"
    (match,) = typed(matcher_of(term("lamp", severity=4), theme="core-theme"), text)
    assert (match.severity, match.deleted) == (4, False)


def test_backspaces_inside_a_word_are_carried_out() -> None:
    text = "a lax\bmp"
    assert spans(typed(matcher_of(term("lamp")), text), text) == ["lax\bmp"]


def test_a_matcher_of_no_terms_finds_nothing() -> None:
    assert typed(matcher_of(), "anything") == []


WORDS = [
    "light",
    "the",
    "lamp",
    "lamp's",
    "don't",
    "dont",
    "ladder",
    "my",
    "3",
    "\b",
    "\b\b\b",
    "\u200b",
    "É",
    "post",
]
TEXTS = st.one_of(
    st.text(), st.lists(st.sampled_from(WORDS)).map(" ".join), st.lists(st.sampled_from(WORDS)).map("".join)
)


def everything(*, turned: bool = False) -> Matcher:
    terms = [
        term("lamp", "light", mode="word", term_id="w", exceptions=("lamp post",), severity=3),
        term("light the lamp", mode="stem", term_id="s", severity=5),
        term("lamp", "ladder", mode="all_of", within=6, term_id="a"),
        term("la(mp|dder) (the )?light", mode="regex", term_id="r"),
        term("don't", any_of=("lamp", "my"), term_id="q"),
    ]
    return matcher_of(*(reversed(terms) if turned else terms), theme="core-theme")


EVERYTHING, TURNED = everything(), everything(turned=True)


@given(text=TEXTS, source=st.sampled_from(Source), user_kind=st.sampled_from(UserKind))
def test_never_raises_and_spans_lie_inside_the_text(text: str, source: Source, user_kind: UserKind) -> None:
    for match in EVERYTHING.match(text, source=source, user_kind=user_kind):
        assert 0 <= match.start < match.end <= len(text)
        assert 1 <= match.severity <= 5
        assert sum(value for _, value in match.addends) == match.severity


@given(text=TEXTS, source=st.sampled_from(Source))
def test_the_order_of_terms_makes_no_difference(text: str, source: Source) -> None:
    straight = EVERYTHING.match(text, source=source, user_kind=UserKind.PUPIL)
    assert straight == TURNED.match(text, source=source, user_kind=UserKind.PUPIL)
    assert straight == EVERYTHING.match(text, source=source, user_kind=UserKind.PUPIL)


@given(text=st.text())
def test_a_match_reads_the_same_without_the_rest_of_the_text(text: str) -> None:
    for match in typed(EVERYTHING, text.replace("\b", " ")):
        if match.term == "w":
            assert typed(EVERYTHING, text[match.start : match.end])


def test_core_is_what_the_themes_say() -> None:
    assert themes()["core-theme"].core


def test_overlapping_matches_of_a_theme_are_one_concern_named_by_the_gravest() -> None:
    matcher = matcher_of(
        term("lamp", term_id="t1", severity=2),
        term("red lamp", term_id="t2", severity=4),
        term("my red lamp", term_id="t3", severity=3),
        term("ladder", term_id="t4", severity=1),
    )
    found = matcher.match("my red lamp, a ladder, a lamp", source=Source.TYPED, user_kind=UserKind.PUPIL)
    assert len(found) == 5
    assert [(one.term, one.start) for one in gravest(reversed(found))] == [("t2", 3), ("t4", 15), ("t1", 25)]


def test_overlapping_matches_of_two_themes_are_two_concerns() -> None:
    lamp, post = pack_of(term("lamp post")).lists[0], pack_of(term("lamp"), theme="other-theme").lists[0]
    matcher = Matcher(KeywordPack(lists=(lamp, post), themes=themes()))
    found = matcher.match("a lamp post", source=Source.TYPED, user_kind=UserKind.PUPIL)
    assert gravest(found) == found
    assert len(found) == 2


def test_the_parts_of_a_term_may_be_run_together() -> None:
    matcher = matcher_of(term("ladder", "lamp", mode="all_of", within=4), knowledge=shipped_knowledge())
    assert [match.lane for match in typed(matcher, "myladdertomylamp")] == ["joined"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("carry the lantren hoem", 1),
        ("cerry the lantren hoem", 0),
        ("green lantren", 1),
        ("greem lantren", 0),
    ],
)
def test_of_three_words_two_may_hold_a_slip(text: str, found: int) -> None:
    pack = pack_of(term("carry the lantern home", "green lantern"), knowledge=shipped_knowledge())
    assert len(typed(Matcher(pack), text)) == found
