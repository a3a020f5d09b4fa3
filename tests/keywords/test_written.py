"""Terms written out, and kept as long as there is room."""

from lamplighter_keywords.authoring.wording import Wording
from lamplighter_keywords.knowledge import EMPTY_KNOWLEDGE
from lamplighter_keywords.reading.speech import Speech
from lamplighter_keywords.terms import Term
from lamplighter_keywords.written import Rule, Use, Written, WrittenRules, automaton_of

from tests.keywords.lists import term


def rule(one: Term) -> Rule:
    return Rule(
        term=one, list_id="l1", list_version="1", language="en", theme="t", core=False, speaker_reviewed=True
    )


def written(one: Term) -> Written:
    return Written(one, lambda: Wording(EMPTY_KNOWLEDGE))


def rules(*terms: Term, room: int | None = None) -> WrittenRules:
    return WrittenRules(list(map(rule, terms)), EMPTY_KNOWLEDGE, Speech({}, ()), room=room)


def test_a_rule_says_what_its_term_asks_for() -> None:
    assert not rule(term("lamp")).has_parts
    assert not rule(term("lamp", mode="all_of")).has_parts
    assert rule(term("lamp", "oil", mode="all_of")).has_parts
    assert rule(term("lamp", any_of=("oil",))).has_required
    assert not rule(term("lamp", within=3)).has_required


def test_the_longest_part_of_each_spelling_is_found() -> None:
    one = written(term("(a|the) lamp", "light * lamp post"))
    assert one.uses == ((Use(unconditional=True),), (Use(unconditional=True),), (Use(before=(b" light ",)),))
    assert one.found(b" a lamp post ") == [(0, 0, 8), (2, 2, 13)]
    assert (one.longest, one.span) == (11, 6)


def test_what_is_asked_about_a_place() -> None:
    asked = written(
        term("lamp", "(old|new) ladder", mode="all_of", within=5, exceptions=("lamp post",), any_of=("oil",))
    ).conditions
    assert asked.exceptions == (b" lamp post ",)
    assert asked.widest == len(b" lamp post ")
    assert (asked.any_of, asked.within) == ((b" oil ",), 5)
    assert asked.others == ((b" lamp ",),)
    assert asked.heads == (frozenset({b"lamp"}),)


def test_a_pattern_has_no_spellings() -> None:
    one = written(term("lam+p", mode="regex"))
    assert (one.uses, one.found(b" lamp "), one.longest, one.span) == ((), [], 0, 0)
    assert automaton_of(()) is None


def test_without_bound_everything_is_kept() -> None:
    kept = rules(term("lamp"), term("post"))
    first = kept.of(0)
    kept.of(1)
    assert kept.of(0) is first


def test_what_was_asked_for_longest_ago_makes_room() -> None:
    kept = rules(term("(a|b) lamp"), term("(a|b) post"), term("(a|b) oil"), room=4)
    first, second = kept.of(0), kept.of(1)
    assert kept.of(0) is first
    kept.of(2)
    assert kept.of(0) is first
    assert kept.of(1) is not second


def test_the_last_one_is_kept_however_large() -> None:
    kept = rules(term("(a|b|c|d) lamp"), term("post"), room=2)
    large = kept.of(0)
    assert kept.of(0) is large
    kept.of(1)
    assert kept.of(0) is not large
