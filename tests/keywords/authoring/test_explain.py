"""Explanations: what was read, found, left out, and why."""

from dataclasses import replace
from datetime import date

from lamplighter_keywords.authoring.explain import Explanation, explain
from lamplighter_keywords.authoring.overrides import Override, apply_overrides
from lamplighter_keywords.authoring.school import School
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
        (
            'left out: t1 at "light the lantern", '
            'which the supplied exception "light the lantern festival" covers'
        ),
        "nothing found",
    )


def test_a_phrase_that_is_harmless_for_all_is_told() -> None:
    knowing = replace(EMPTY_KNOWLEDGE, harmless=("light the lantern fair",))
    pack = pack_of(LANTERN, knowledge=knowing)
    steps = explain(pack, "light the lantern fair", source=Source.TYPED, user_kind=UserKind.PUPIL).steps
    assert (
        'left out: t1 at "light the lantern", which the harmless phrase "light the lantern fair" covers'
        in steps
    )


def changed(change: Override, text: str) -> tuple[str, ...]:
    before = pack_of(LANTERN, knowledge=KNOWING)
    counting = apply_overrides(before, (change,), date(2026, 11, 22))
    school = School(counting=counting, before=before, changes=(change,))
    return explain(school, text, source=Source.TYPED, user_kind=UserKind.PUPIL).steps[1:]


OURS = Override(term="t1", reason="r", owner="o", expires=date(2027, 3, 31))


def test_the_school_s_own_exception_is_told_with_its_end() -> None:
    own = replace(OURS, exceptions=("Light the lantern (club|choir)",))
    assert changed(own, "light the lantern choir")[0] == (
        'left out: t1 at "light the lantern", '
        'which your own exception "light the lantern choir" covers until 2027-03-31'
    )
    assert (
        'the supplied exception "light the lantern festival"' in changed(own, "light the lantern festival")[0]
    )


def test_a_severity_of_the_school_is_told() -> None:
    steps = changed(replace(OURS, severity=4), "light the lantern")
    assert "  your overrides.toml makes its severity 4 instead of 3 until 2027-03-31" in steps
    assert "  +4 term" in steps


def test_a_term_that_the_school_has_switched_off_is_told() -> None:
    off = replace(OURS, term="t2", disabled=True)
    before = pack_of(LANTERN, term("trim the wick", term_id="t2"))
    kept = replace(before, lists=(replace(before.lists[0], terms=(LANTERN,)),))
    school = School(counting=kept, before=before, changes=(off,))
    told = explain(school, "trim the wick", source=Source.TYPED, user_kind=UserKind.PUPIL)
    assert told.steps[1:] == (
        'left out: t2 at "trim the wick", which your overrides.toml switches off until 2027-03-31',
        "nothing found",
    )


def test_the_words_that_moved_a_severity_are_told() -> None:
    knowing = replace(EMPTY_KNOWLEDGE, works=("The Lamplighter",))
    pack = pack_of(LANTERN, knowledge=knowing)
    text = "in the lamplighter they light the lantern"
    steps = explain(pack, text, source=Source.TYPED, user_kind=UserKind.PUPIL).steps
    assert '  -2 a known book, play, film or song is named: "the lamplighter"' in steps


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
