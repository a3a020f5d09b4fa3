"""Explanations: what was read, found, left out, and why."""

from dataclasses import replace

from lamplighter_keywords.authoring.explain import Explanation, explain
from lamplighter_keywords.knowledge import EMPTY_KNOWLEDGE, SiteKind
from lamplighter_keywords.terms import ALL_USER_KINDS, Scope, Source, Term, UserKind

from tests.keywords.bundles.test_licensed import made
from tests.keywords.lists import pack_of, term

LANTERN = replace(term("light the lantern", exceptions=("light the lantern festival",)), note="It glows.")
KNOWING = replace(EMPTY_KNOWLEDGE, sites={"Wikipedia": SiteKind.REFERENCE})


def told(text: str, *, source: Source = Source.TYPED, one: Term = LANTERN) -> Explanation:
    return explain(pack_of(one, knowledge=KNOWING), text, source=source, user_kind=UserKind.PUPIL)


def test_a_detection_is_told_with_all_that_it_carries() -> None:
    steps = told("please light the l4ntern now").steps
    assert steps == (
        "read as: please light the l4ntern now",
        "read also as: please light the lantern now",
        "found: core-theme, severity 3: term t1 of the list l1 (version 7)",
        (
            '  in "light the l4ntern", characters 7 to 24,'
            " read with digits or signs for letters (lane leet, 1 changed)"
        ),
        "  why it is listed: It glows.",
        "  +3 term",
    )


def test_an_exception_is_told() -> None:
    steps = told("light the lantern festival").steps
    assert steps[1:] == (
        'left out: t1 at "light the lantern", which an exception or a harmless phrase covers',
        "nothing found",
    )


def test_that_there_is_nothing_is_told() -> None:
    assert told("good night").steps[1:] == (
        "nothing found: no term of the lists stands in these words with all that it asks for",
    )


def test_what_a_term_asks_for_and_does_not_get_is_told() -> None:
    one = term("lantern", any_of=("light", "hide"), within=4, user_kinds=frozenset({UserKind.STAFF}))
    titles = replace(one, requires=None, sources=frozenset({Scope.TITLE}), user_kinds=ALL_USER_KINDS)
    assert told("a lantern", one=one).steps[1:] == (
        'nearly: t1 at "lantern", which counts only within 4 words of such as "light", "hide", for staff',
        "nothing found",
    )
    assert told("a lantern", one=titles).steps[1] == (
        'nearly: t1 at "lantern", which counts only in text that is title'
    )
    assert "lantern" not in repr(told("a lantern", one=one).nearly)


def test_the_parts_of_a_title_are_told() -> None:
    steps = told("Light the lantern - Wikipedia", source=Source.WINDOW_TITLE).steps
    assert 'title: the page is "Light the lantern", shown in Wikipedia (reference)' in steps
    assert any("work of reference" in step for step in steps)
    steps = told("Light the lantern", source=Source.WINDOW_TITLE).steps
    assert any("no site or program that is known" in step for step in steps)


def test_what_was_deleted_is_told() -> None:
    steps = told("light the lantern" + "\b" * 17 + "good night").steps
    assert steps[0] == "read as: good night"
    assert any("typed, then deleted again" in step for step in steps)


def test_nothing_that_a_terminal_obeys_is_shown() -> None:
    steps = told("light the \x1b[31mlantern").steps
    assert not any("\x1b" in step for step in steps)


def test_the_text_is_not_in_what_a_log_would_show() -> None:
    assert "lantern" not in repr(told("light the lantern"))


def test_of_a_licensed_list_only_name_and_number_are_told() -> None:
    lists = [made("mudlark", "quibblefen song", theme="core-theme", severity=4)]
    told = explain(
        pack_of(LANTERN), "a quibblefen song", source=Source.TYPED, user_kind=UserKind.PUPIL, licensed=lists
    )
    assert told.steps[1:] == (
        "found: core-theme, severity 4: Licensed list partner-1, entry 2; words withheld by licence",
        "  +4 licensed list",
    )
    assert told.detections[0].words == ""
