"""Every rule of lint, each with a term that keeps it and one that breaks it."""

import re
from pathlib import Path

import pytest
from lamplighter_keywords.authoring.lint import Problem, lint_folder
from lamplighter_keywords.errors import ListsMissing
from lamplighter_keywords.shipped import shipped_knowledge

from tests.keywords.lists import themes
from tests.support.own_lists import head

HEAD = head("core-theme")


def entry(
    text: str = '"light the lamp"',
    *,
    more: str = "",
    term_id: str = "la-0001",
    severity: int = 3,
    hit: str = "please light the lamp",
    miss: str = "the lamp was lit",
) -> str:
    # An entry has a reason of its own.
    why = f"why {term_id} {sum(map(ord, text + more))}"
    mode = "" if "match =" in more else 'match = "phrase"\n'
    return (
        f'[[term]]\nid = "{term_id}"\ntext = {text}\n{mode}severity = {severity}\nnote = "{why}"\n'
        f'tests = {{ hit = ["{hit}"], miss = ["{miss}"] }}\n{more}\n'
    )


def problems(folder: Path, *lists: str) -> list[Problem]:
    for number, text in enumerate(lists):
        (folder / f"{number}.toml").write_text(text, encoding="utf-8")
    return list(lint_folder(folder, themes(), shipped_knowledge()).problems)


def rules(folder: Path, *lists: str) -> list[str]:
    return [problem.rule for problem in problems(folder, *lists)]


def test_a_good_list_has_no_problems(tmp_path: Path) -> None:
    assert problems(tmp_path, HEAD + entry()) == []


def test_a_problem_says_where(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, HEAD + entry(hit="dark"))
    assert str(problem) == (
        "0.toml:16: la-0001: the hit 'dark' does not match; write a text of the term in it, or add a text"
    )


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        (entry(hit="dark"), "tests"),
        (entry(miss="light the lamp"), "tests"),
        (entry(miss="nothing of it"), "tests"),
        (entry().replace('hit = ["please light the lamp"]', "hit = []"), "tests"),
        (entry().replace('miss = ["the lamp was lit"]', "miss = []"), "tests"),
        (re.sub("note = .*\\n", "", entry()), "note"),
        (entry('"zq"', hit="zq", miss="zqx"), "short"),
        (entry('"zqk"', hit="zqk", miss="zqkx"), "short"),
        (entry('"zq"', hit="zq", miss="zqx", more='confidence = "high"'), "short"),
        (entry('"knife"', hit="knife", miss="penknife"), "everyday-word"),
        (entry('"i am gay"', hit="i am gay", miss="gay pride"), "identity"),
        (entry('"Muslims? no: muslim"', hit="x", miss="muslim"), "tests"),
        (entry(more='exceptions = ["street lamp"]'), "exceptions"),
        (entry('"lam+p"', hit="lammp", miss="lump", more='match = "regex"'), "pattern"),
        (entry(more='exceptions = ["light the LAMP"]'), "exceptions"),
        (entry('"light (the lamp"'), "phrase"),
        (entry('"{lights} the lamp"', hit="lights the lamp"), "phrase"),
        (entry('["light the lamp", "(a|b|c|d|e)(a|b|c|d|e)(a|b|c|d|e)(a|b|c|d|e) x"]'), "phrase"),
        (entry(more='exceptions = ["light the lamp * post"]'), "phrase"),
        (entry('"(sword|knife)"', hit="knife", miss="penknife"), "everyday-word"),
        (entry('"hull"', hit="in hull", miss="hulls"), "everyday-word"),
        (entry('"homework"', hit="my homework", miss="homeworks"), "everyday-word"),
        (entry('"muslims"', hit="the muslims", miss="muslim"), "identity"),
        (entry('"(i am|she is) gay"', hit="i am gay", miss="gay pride"), "identity"),
        (entry('"light (the|a) lamp"', more='exceptions = ["(light|oil) the lamp post"]'), "exceptions"),
    ],
)
def test_what_is_wrong_with_a_term(tmp_path: Path, wrong: str, rule: str) -> None:
    assert rule in rules(tmp_path, HEAD + wrong)


@pytest.mark.parametrize(
    "right",
    [
        entry('"zqk"', hit="zqk", miss="zqkx", more='confidence = "high"'),
        entry('"zq"', hit="my zq", miss="zq", more='requires = { any_of = ["my"], within = 2 }'),
        entry('"knife"', hit="knife", miss="penknife", severity=1),
        entry('"gay"', hit="so gay", miss="gay", more='requires = { any_of = ["so"], within = 1 }'),
        entry('"gay people should leave"', hit="gay people should leave", miss="gay people"),
        entry(more='exceptions = ["light the lamp post"]'),
        entry(hit="light the lamp", more='sources = ["search"]').replace(
            '"light the lamp"]', '"light the lamp - Bing"]'
        ),
        entry('"lam{2,3}p"', hit="lammp", miss="lamppost", more='match = "regex"'),
        entry('["lamp", "ladder"]', hit="lamp and ladder", more='match = "all_of"'),
        entry('["he\'s lit", "hes lit"]', hit="hes lit", miss="hes here, lit or not"),
    ],
)
def test_what_is_right_with_a_term(tmp_path: Path, right: str) -> None:
    assert problems(tmp_path, HEAD + right) == []


def test_the_same_text_twice_is_told_across_lists(tmp_path: Path) -> None:
    first, second = HEAD + entry(), HEAD + entry('"LIGHT, the lamp"', term_id="la-0002")
    (problem,) = problems(tmp_path, first, second)
    assert problem.rule == "duplicate"
    assert "la-0001 (0.toml:16)" in problem.message


def test_the_same_text_under_other_conditions_is_no_duplicate(tmp_path: Path) -> None:
    staff = entry(term_id="la-0002", more='user_kinds = ["staff"]')
    assert problems(tmp_path, HEAD + entry() + staff) == []


def test_the_same_id_in_two_lists_is_told(tmp_path: Path) -> None:
    other = entry('"put out the lamp"', hit="put out the lamp")
    assert rules(tmp_path, HEAD + entry(), HEAD + other) == ["duplicate"]


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('"core-theme"', '"moon"', "theme"),
        ('"conduct"', '"content"', "risk-area"),
        ('risk_4c = "conduct"\n', "", "risk-area"),
        ('licence = "CC-BY-4.0"\n', "", "about"),
        ('version = "1"\nlicence', "licence", "about"),
        ('version = "1"\nlicence', 'version = "2"\nlicence', "about"),
    ],
)
def test_what_a_list_tells_about_itself(tmp_path: Path, old: str, new: str, rule: str) -> None:
    assert rule in rules(tmp_path, HEAD.replace(old, new) + entry())


def test_a_broken_list_does_not_hide_the_others(tmp_path: Path) -> None:
    found = problems(tmp_path, HEAD + "colour = 1\n", HEAD + entry(hit="dark"))
    assert [problem.rule for problem in found] == ["format", "tests"]


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ListsMissing):
        lint_folder(tmp_path, themes())


def test_spellings_of_two_terms_are_compared_written_out(tmp_path: Path) -> None:
    first = entry('"(light|fill) the lamp"')
    second = entry('"fill (the|a) lamp"', term_id="la-0002", hit="fill a lamp", miss="fill the bin")
    found = problems(tmp_path, HEAD + first + second)
    assert "duplicate" in [one.rule for one in found]
    assert any("'fill the lamp' is already a text of la-0001" in one.message for one in found)


def test_a_reason_is_used_once(tmp_path: Path) -> None:
    first = entry().replace('note = "why', 'note = "because')
    other = entry('"put out the lamp"', hit="put out the lamp", term_id="la-0002")
    notes = [line for line in first.splitlines() if line.startswith("note")]
    other = "\n".join(notes[0] if line.startswith("note") else line for line in other.splitlines())
    (problem,) = problems(tmp_path, HEAD + first + other)
    assert (problem.rule, problem.term) == ("note", "la-0002")
    assert "la-0001" in problem.message


# Spelled out: 10 times 10 times 5.
WIDE = "(0|1|2|3|4|5|6|7|8|9) (0|1|2|3|4|5|6|7|8|9) (0|1|2|3|4)"
TEXTS = [f"lamp {letter} {WIDE}" for letter in "abcde"]


def listed(texts: list[str]) -> str:
    return ", ".join(f'"{text}"' for text in texts)


def test_a_term_of_very_many_spellings_says_how_many_and_what_to_do(tmp_path: Path) -> None:
    hit, miss = "lamp a 1 1 1", "the lamp was lit"
    assert rules(tmp_path, HEAD + entry(f"[{listed(TEXTS)}]", hit=hit, miss=miss)) == []
    (problem,) = problems(tmp_path, HEAD + entry(f'[{listed(TEXTS)}, "one lamp"]', hit=hit, miss=miss))
    assert str(problem).startswith(
        "0.toml:16: la-0001: the texts stand for 2501 spellings together; 2500 are the most: "
    )
    assert "a gap (*)" in problem.message
    assert "all_of" in problem.message


def test_exceptions_of_very_many_spellings_are_told_too(tmp_path: Path) -> None:
    many = [f"light the {text}" for text in TEXTS[:2]]
    assert rules(tmp_path, HEAD + entry('"light the lamp"', more=f"exceptions = [{listed(many)}]")) == []
    more = f'exceptions = [{listed(many)}, "light the lamp post"]'
    (problem,) = problems(tmp_path, HEAD + entry('"light the lamp"', more=more))
    assert problem.rule == "size"
    assert "the exceptions stand for 1001 spellings together; 1000 are the most" in problem.message
