"""A school's folder: its own lists and its changes, checked and put beside the supplied lists."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from lamplighter_keywords.authoring.school import check_school, load_school, with_own_lists
from lamplighter_keywords.bundles.compiled import read_pack
from lamplighter_keywords.errors import ListMalformed, ListsMissing, SchoolMissing
from lamplighter_keywords.shipped import compiled_shipped
from lamplighter_keywords.terms import Examples

from tests.keywords.lists import pack_of, term
from tests.support.sources import ROOT

TODAY = date(2026, 11, 21)
SUPPLIED = pack_of(term("light the lantern"))
LIST = """\
[list]
id = "own-lamps.en"
theme = "other-theme"
risk_4c = "conduct"
language = "en"
version = "1"
licence = "own"
provenance = "own"
reviewed = 2026-11-21
[[list.changelog]]
version = "1"
date = 2026-11-21
[[term]]
id = "own-1"
text = ["wick trimming"]
match = "phrase"
severity = 2
note = "A word of ours."
tests = { hit = ["no wick trimming today"], miss = ["trimming the hedge"] }
"""
CHANGE = """\
[[exception]]
term = "t1"
phrases = ["light the lantern club"]
reason = "a club"
owner = "A. Quill"
expires = 2027-03-31
"""


def school(folder: Path, own: str = LIST, changes: str = CHANGE) -> Path:
    (folder / "lists").mkdir()
    (folder / "lists" / "lamps.toml").write_text(own)
    (folder / "overrides.toml").write_text(changes)
    return folder


def told(folder: Path) -> list[str]:
    return [str(problem) for problem in check_school(folder, SUPPLIED, TODAY).problems]


def test_both_parts_count(tmp_path: Path) -> None:
    loaded = load_school(school(tmp_path), SUPPLIED, TODAY)
    pack = loaded.counting
    assert loaded.before.lists[0] == SUPPLIED.lists[0]
    assert [one.term for one in loaded.changes] == ["t1"]
    assert [one.id for one in pack.lists] == ["l1", "own-lamps.en"]
    assert pack.lists[0].terms[0].exceptions == ("light the lantern club",)
    report = check_school(tmp_path, SUPPLIED, TODAY)
    assert (report.terms, report.changes, report.problems) == (1, 1, ())


def test_either_part_may_be_missing_but_not_both(tmp_path: Path) -> None:
    with pytest.raises(SchoolMissing, match=r"neither a folder lists nor a file overrides\.toml"):
        check_school(tmp_path, SUPPLIED, TODAY)
    (tmp_path / "overrides.toml").write_text(CHANGE)
    assert load_school(tmp_path, SUPPLIED, TODAY).counting.lists[0].id == "l1"
    (tmp_path / "overrides.toml").unlink()
    (tmp_path / "lists").mkdir()
    assert load_school(tmp_path, SUPPLIED, TODAY).counting == SUPPLIED
    with pytest.raises(ListsMissing):
        with_own_lists(SUPPLIED, tmp_path / "lists")


@pytest.mark.parametrize(
    ("own", "problem"),
    [
        (LIST.replace("own-1", "t1"), "lists/lamps.toml:13: t1: a term in"),
        (LIST.replace("own-lamps.en", "l1"), "lists/lamps.toml:1: a list in"),
        (LIST.replace("other-theme", "lamps"), "lists/lamps.toml:1: unknown theme 'lamps'; "),
    ],
)
def test_an_id_of_the_supplied_lists_or_no_theme(tmp_path: Path, own: str, problem: str) -> None:
    school(tmp_path, own)
    with pytest.raises(ListMalformed) as fault:
        load_school(tmp_path, SUPPLIED, TODAY)
    assert str(fault.value).startswith(problem)
    assert any(line.startswith(problem) for line in told(tmp_path))


def test_every_fault_is_told_with_its_file(tmp_path: Path) -> None:
    school(tmp_path, LIST.replace("note =", "nota ="), CHANGE + "colour = 3\n")
    assert told(tmp_path) == [
        "lists/lamps.toml:18: own-1: nota: unknown key; did you mean 'note'?",
        "overrides.toml:7: t1: colour: unknown key",
    ]


def test_an_exception_that_excuses_nothing_is_told(tmp_path: Path) -> None:
    assert told(school(tmp_path, changes=CHANGE.replace("light the lantern club", "lantern club"))) == [
        (
            "overrides.toml:1: t1: the exception 'lantern club' does not hold a text of the term,"
            " so it excuses nothing"
        )
    ]


def test_an_exception_that_silences_what_the_term_is_there_for_is_told(tmp_path: Path) -> None:
    guarded = replace(
        SUPPLIED.lists[0].terms[0],
        tests=Examples(hit=("they light the lantern club at night", "light the lantern")),
    )
    supplied = replace(SUPPLIED, lists=(replace(SUPPLIED.lists[0], terms=(guarded,)),))
    (problem,) = check_school(school(tmp_path), supplied, TODAY).problems
    assert str(problem).startswith(
        "overrides.toml:1: t1: the exception silences what this term is there for"
        " ('they light the lantern club at night')"
    )


def test_an_exception_with_an_open_bracket_is_told(tmp_path: Path) -> None:
    (problem,) = told(school(tmp_path, changes=CHANGE.replace("light the", "(light the")))
    assert "this bracket is not closed" in problem


def test_what_has_ended_is_no_problem(tmp_path: Path) -> None:
    school(tmp_path, changes=CHANGE.replace("2027-03-31", "2026-11-21"))
    report = check_school(tmp_path, SUPPLIED, TODAY)
    assert report.problems == ()
    assert [str(one) for one in report.ended] == [
        (
            "overrides.toml:1: t1: ended on 2026-11-21, so the list is as supplied again; "
            "take it out, or give it a new date"
        )
    ]
    assert load_school(tmp_path, SUPPLIED, TODAY).counting.lists[0] == SUPPLIED.lists[0]


def test_a_file_that_nobody_reads_is_told(tmp_path: Path) -> None:
    (tmp_path / "override.toml").write_text(CHANGE)
    problem = "override.toml:1: this file is not read: it must be called overrides.toml; rename it"
    assert told(tmp_path) == [problem]
    with pytest.raises(ListMalformed, match="it must be called"):
        load_school(tmp_path, SUPPLIED, TODAY)
    school(tmp_path)
    (tmp_path / "lists" / "more.toml.txt").write_text(LIST)
    assert told(tmp_path) == [
        "lists/more.toml.txt:1: this file is not read: the name of a list ends in .toml; rename it",
        problem,
    ]


def test_the_folder_of_lists_is_not_the_school_s(tmp_path: Path) -> None:
    with pytest.raises(SchoolMissing, match="name the folder that holds them"):
        check_school(school(tmp_path) / "lists", SUPPLIED, TODAY)


def test_changes_among_the_lists_are_told(tmp_path: Path) -> None:
    assert told(school(tmp_path, own=CHANGE)) == [
        (
            "lists/lamps.toml:1: changes of the supplied lists stand in overrides.toml, beside the folder"
            " lists; move them there, or name the folder lists itself"
        )
    ]


def test_the_list_in_the_guide_is_sound(tmp_path: Path) -> None:
    guide = (ROOT / "keyword_lists/README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"<<'END'\n(.*?)END\n", guide, flags=re.DOTALL)
    school(tmp_path, example, "")
    report = check_school(tmp_path, read_pack(compiled_shipped()), TODAY)
    assert (report.terms, report.problems) == (1, ())
