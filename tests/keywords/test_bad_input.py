"""Text that nobody would write: no crash, no place outside of it, and a time that its length bounds."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lamplighter_keywords.authoring.patterns import parse_pattern
from lamplighter_keywords.errors import PatternRefused
from lamplighter_keywords.terms import Source, UserKind

from tests.keywords.shipped_matcher import shipped_matcher
from tests.soak.fuzz import CORE_POSITIVES, curriculum_cues, fault_of

MEGABYTE = 1_000_000
# Of processor time; a slow machine takes a second or two for the worst of them.
MOST_SECONDS = 20
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=200)


@settings(deadline=None)
@given(text=ANY_TEXT, source=st.sampled_from(Source), user_kind=st.sampled_from(UserKind))
def test_any_unicode_is_read(text: str, source: Source, user_kind: UserKind) -> None:
    assert fault_of(shipped_matcher(), text, source, user_kind) is None


@pytest.mark.parametrize(
    "piece",
    [
        *("a", "a ", "1", "!1", "\b", "\0", "'", "\u0301", "\u202ekill\u202c ", "\ud800\udfff ", "½"),
        *("i want to kill myself ", "kill me\b\b", "k.i.l.l.", "k i l l ", "k1ll my$elf ", "k*ll su*cide "),
        *(
            "k\u0456ll",
            "k\u0456ll ",
            "k🙂i🙂l🙂l ",
            "sui cide ",
            "killmyself",
            "-",
            "k_i_l_l_",
            "(((",
            "\U0001d42d",
        ),
    ],
)
def test_a_megabyte_takes_bounded_time(piece: str) -> None:
    text = (piece * (MEGABYTE // len(piece) + 1))[:MEGABYTE]
    matcher = shipped_matcher()
    begun = time.process_time()
    matcher.match(text, source=Source.TYPED, user_kind=UserKind.PUPIL)
    assert time.process_time() - begun < MOST_SECONDS


def test_ten_thousand_marks_on_a_letter_are_one_letter() -> None:
    text = "i want to ki" + "\u0301" * 10_000 + "ll myself"
    found = shipped_matcher().match(text, source=Source.TYPED, user_kind=UserKind.PUPIL)
    assert max(match.severity for match in found) >= 4


def test_a_pattern_that_would_explode_is_refused_or_quick() -> None:
    with pytest.raises(PatternRefused):
        parse_pattern("(a{1,9}){1,9}b")
    pattern = parse_pattern("(a|b)?(a|b)?(a|b)?(a|b)?(a|b)?c").compiled()
    begun = time.process_time()
    assert not pattern.search(" " + "ab" * 100_000 + " ")
    assert time.process_time() - begun < 1


@settings(max_examples=60, deadline=None)
@given(positive=st.sampled_from(CORE_POSITIVES), cue=st.sampled_from(curriculum_cues()))
def test_school_words_behind_a_core_positive_never_silence_it(positive: str, cue: str) -> None:
    for text in (f"{positive} {cue}", f"{positive}. {cue}", f"{positive} for my {cue}"):
        found = shipped_matcher().match(text, source=Source.TYPED, user_kind=UserKind.PUPIL)
        assert max((match.severity for match in found), default=0) >= 2, text
