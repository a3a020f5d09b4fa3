"""Entries are counted by what they say."""

import pytest
from lamplighter_keywords.authoring.entries import content_words, count_entries, repeated_notes, stem
from lamplighter_keywords.terms import KeywordList, Mode, Term


def term(term_id: str, *texts: str, note: str = "") -> Term:
    return Term(id=term_id, text=texts, match=Mode.PHRASE, severity=3, note=note)


def listed(*terms: Term, language: str = "en") -> KeywordList:
    return KeywordList(id="x", theme="bullying", language=language, terms=terms, file="x.toml")


@pytest.mark.parametrize(
    "forms",
    [
        ("stab", "stabs", "stabbed", "stabbing"),
        ("make", "makes", "making"),
        ("carry", "carries", "carried"),
        ("punch", "punches", "punched", "punching"),
        ("hurt", "hurts", "hurting"),
        ("miss", "misses", "missing"),
    ],
)
def test_forms_of_a_word_have_one_stem(forms: tuple[str, ...]) -> None:
    assert len(set(map(stem, forms))) == 1


def test_small_words_and_order_say_nothing() -> None:
    classes = {"who": ("me", "us")}
    one, other = term("a", "kick {who} out"), term("b", "out we are kicked")
    assert content_words(one, classes) == content_words(other, classes) == {"kick"}


def test_a_text_of_small_words_only_counts_by_them() -> None:
    assert content_words(term("a", "who are you"), {}) == {"who", "are", "you"}


def test_entries_of_each_language() -> None:
    lists = [
        listed(term("a", "kick him"), term("b", "kicking her"), term("c", "punch * lantern")),
        listed(term("d", "kick him"), language="pl"),
    ]
    assert count_entries(lists, {}) == {"en": 2, "pl": 1}


def test_a_note_that_was_used_before() -> None:
    first, second = term("a", "kick", note="Said to hurt."), term("b", "punch", note="said to hurt")
    ((_, again, before),) = repeated_notes([listed(first, second, term("c", "hit"))])
    assert (again.id, before.id) == ("b", "a")
