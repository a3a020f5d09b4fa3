"""Lists and themes from files, and every way in which a file can be wrong."""

from datetime import date
from pathlib import Path

import pytest
from lamplighter_keywords.authoring.loading import list_files, load_folder, load_list, load_themes
from lamplighter_keywords.errors import ListMalformed, ListsMissing, ThemesMalformed
from lamplighter_keywords.terms import (
    ALL_LANES,
    ALL_SCOPES,
    ALL_USER_KINDS,
    KEY_STAGES,
    Confidence,
    Examples,
    Lanes,
    Lowers,
    Mode,
    Raises,
    Requires,
    RiskArea,
    Scope,
    UserKind,
)

HEAD = """\
[list]
id = "lamps.en"
theme = "lamps"
language = "en"
"""
TERM = """\
[[term]]
id = "la-0001"
text = "lamp"
match = "word"
severity = 3
"""
FULL = """\
# A comment.
[list]
schema = 1
id = "lamps.en"
theme = "lamps"
risk_4c = "commerce"
language = "en"
version = "2026.11.1"
licence = "CC-BY-4.0"
provenance = "written for this test"
reviewed = 2026-11-01
[[list.changelog]]
version = "2026.11.1"
date = 2026-11-01
by = "A. Wick"
note = "first issue"

[[term]]
id = "la-0001"
text = ["light the lamp", "lighting the lamp"]
match = "phrase"
severity = 4
sources = ["typed", "title", "search"]
lanes = { leet = false, repeat = true, spaced = false, joined = true, typo = 2 }
exceptions = ["light the lamp post"]
requires = { any_of = ["want", "going to"], within = 6 }
lowers = { contexts = ["curriculum", "helpline"], to = 2 }
raises = { contexts = ["first_person"], by = 1 }
key_stages = ["KS2", "KS3"]
user_kinds = ["pupil"]
standalone = true
confidence = "high"
review = "2027-05"
note = "For a test."
tests = { hit = ["i want to light the lamp"], miss = ["i want to light the lamp post"] }
"""


def written(folder: Path, text: str, name: str = "lamps.en.toml") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_every_field_is_kept(tmp_path: Path) -> None:
    made = load_list(written(tmp_path, FULL), root=tmp_path)
    assert (made.id, made.theme, made.language, made.file, made.version) == (
        *("lamps.en", "lamps", "en", "lamps.en.toml", "2026.11.1"),
    )
    assert (made.risk_area, made.reviewed) == (RiskArea.COMMERCE, date(2026, 11, 1))
    assert made.changelog[0].by == "A. Wick"
    (term,) = made.terms
    assert term.text == ("light the lamp", "lighting the lamp")
    assert (term.match, term.severity, term.line) == (Mode.PHRASE, 4, 18)
    assert term.sources == {Scope.TYPED, Scope.TITLE, Scope.SEARCH}
    assert term.lanes == Lanes(leet=False, spaced=False, typo=2)
    assert term.requires == Requires(any_of=("want", "going to"), within=6)
    assert term.lowers == Lowers(contexts=("curriculum", "helpline"), to=2)
    assert term.raises == Raises(contexts=("first_person",), by=1)
    assert term.key_stages == {"KS2", "KS3"}
    assert term.user_kinds == {UserKind.PUPIL}
    assert term.standalone
    assert (term.confidence, term.review, term.note) == (Confidence.HIGH, "2027-05", "For a test.")
    assert term.tests == Examples(hit=("i want to light the lamp",), miss=("i want to light the lamp post",))


def test_everything_but_seven_fields_has_a_default(tmp_path: Path) -> None:
    (term,) = load_list(written(tmp_path, HEAD + TERM)).terms
    assert (term.lanes, term.sources, term.user_kinds) == (ALL_LANES, ALL_SCOPES, ALL_USER_KINDS)
    assert (term.exceptions, term.requires, term.lowers, term.raises) == ((), None, None, None)
    assert (term.key_stages, term.confidence, term.tests) == (KEY_STAGES, None, Examples())


def test_a_language_of_ours_is_reviewed_and_another_one_says_so(tmp_path: Path) -> None:
    def reviewed(text: str) -> bool:
        return load_list(written(tmp_path, text)).speaker_reviewed

    polish = HEAD.replace('language = "en"', 'language = "pl"')
    assert reviewed(HEAD + TERM)
    assert not reviewed(polish + TERM)
    assert reviewed(polish + "speaker_reviewed = true\n" + TERM)
    assert not reviewed(HEAD + "speaker_reviewed = false\n" + TERM)


def test_a_folder_is_read_with_its_sub_folders_in_order(tmp_path: Path) -> None:
    for name in ("b.toml", "a/z.toml", "c/d/e.toml"):
        written(tmp_path, HEAD + TERM, name)
    written(tmp_path, "not a list", "README.md")
    pack = load_folder(tmp_path, {})
    assert [one.file for one in pack.lists] == ["a/z.toml", "b.toml", "c/d/e.toml"]


def test_a_folder_without_lists_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ListsMissing):
        load_folder(tmp_path, {})


@pytest.mark.parametrize(
    ("text", "term", "line", "problem"),
    [
        ("", "", 1, "there is no [list] table"),
        ("[list\n", "", 1, "not TOML"),
        (HEAD + TERM + "severity = 4\n", "la-0001", 10, "not TOML"),
        (HEAD.replace("id =", "idd ="), "", 2, "idd: unknown key; did you mean 'id'?"),
        (HEAD.replace("id =", "name ="), "", 1, "id is missing"),
        ("[[disable]]\nterm = 'x'\n", "", 1, "changes of the supplied lists stand in overrides.toml"),
        (HEAD.replace('"en"', "7"), "", 4, "language: must be a text and not empty"),
        (HEAD + 'colour = "red"\n', "", 5, "colour: unknown key"),
        (HEAD + "schema = 2\n", "", 5, "schema: must be a whole number from 1 to 1"),
        (HEAD + 'risk_4c = "sport"\n', "", 5, "risk_4c: must be one of"),
        (HEAD + 'reviewed = "yesterday"\n', "", 5, "reviewed: must be a date"),
        ("top = 1\n" + HEAD, "", 1, "top: unknown key"),
        (HEAD + "[[list.changelog]]\nversion = '1'\n", "", 5, "date is missing"),
        (HEAD + "[term]\nid = 'x'\n", "", 5, "each begins with two brackets on either side: [[term]]"),
        (HEAD + TERM.replace("severity = 3\n", ""), "la-0001", 5, "severity is missing"),
        (HEAD + TERM.replace("= 3", "= 6"), "la-0001", 9, "severity: must be a whole number from 1 to 5"),
        (
            HEAD + TERM.replace("= 3", '= "3"'),
            "la-0001",
            9,
            "severity: must be a whole number from 1 to 5 without",
        ),
        (HEAD + TERM + 'standalone = "true"\n', "la-0001", 10, "must be true or false, without quotes"),
        (HEAD + TERM.replace("= 3", "= true"), "la-0001", 9, "severity: must be a whole number"),
        (HEAD + TERM.replace('"word"', '"fuzzy"'), "la-0001", 8, "match: must be one of"),
        (HEAD + TERM.replace('"lamp"', '"the lamp"'), "la-0001", 7, 'a "word" is one word'),
        (HEAD + TERM.replace('"lamp"', '"!!"'), "la-0001", 7, "neither letters nor digits"),
        (HEAD + TERM.replace('"lamp"', "[]"), "la-0001", 7, "text: must not be empty"),
        (HEAD + TERM.replace('"lamp"', '["a", 1]'), "la-0001", 7, "text: must be a text or a list"),
        (HEAD + TERM.replace('"lamp"', f'"{"x" * 1501}"'), "la-0001", 7, "more than 1500 characters"),
        (HEAD + TERM.replace('"word"', '"all_of"'), "la-0001", 7, "all_of needs two texts"),
        (
            HEAD + TERM.replace('"word"', '"regex"').replace("lamp", "^lamp"),
            "la-0001",
            7,
            "character 1 (^): this sign can't be used here",
        ),
        (
            HEAD + TERM + "exeptions = ['x']\n",
            "la-0001",
            10,
            "exeptions: unknown key; did you mean 'exceptions'?",
        ),
        (HEAD + TERM + "requires = { any = ['x'] }\n", "la-0001", 10, "any_of is missing"),
        (HEAD + TERM + "requires = { any_of = ['x'], near = 2 }\n", "la-0001", 10, "near: unknown key"),
        (HEAD + TERM + "requires = ['x']\n", "la-0001", 10, "requires: must be a table"),
        (HEAD + TERM + "lanes = { leat = false }\n", "la-0001", 10, "leat: unknown key"),
        (HEAD + TERM + "lanes = { leet = 1 }\n", "la-0001", 10, "leet: must be true or false"),
        (
            HEAD + TERM + "lowers = { contexts = ['weather'], to = 2 }\n",
            "la-0001",
            10,
            "'weather' is none of",
        ),
        (HEAD + TERM + "lowers = { to = 2 }\n", "la-0001", 10, "contexts is missing"),
        (HEAD + TERM + "raises = { by = 2 }\n", "la-0001", 10, "contexts is missing"),
        (HEAD + TERM + "sources = []\n", "la-0001", 10, "sources: must not be empty"),
        (HEAD + TERM + "user_kinds = ['parent']\n", "la-0001", 10, "'parent' is none of"),
        (HEAD + TERM + "review = 'soon'\n", "la-0001", 10, "review: must be a month"),
        (HEAD + TERM + TERM, "la-0001", 11, "the id is already used in line 5"),
    ],
)
def test_a_broken_list_is_told_with_file_term_and_line(
    tmp_path: Path, text: str, term: str, line: int, problem: str
) -> None:
    path = written(tmp_path, text, "broken.toml")
    with pytest.raises(ListMalformed) as caught:
        load_list(path, root=tmp_path)
    fault = caught.value
    assert (fault.file, fault.term, fault.line) == ("broken.toml", term, line)
    assert problem in fault.problem
    assert str(fault).startswith(f"broken.toml:{line}: ")


def test_the_faults_of_all_terms_are_told_at_once(tmp_path: Path) -> None:
    other = TERM.replace("la-0001", "la-0002").replace("= 3", "= 7")
    path = written(tmp_path, HEAD + "colour = 1\n" + TERM.replace("= 3", "= 6") + other)
    with pytest.raises(ListMalformed) as caught:
        load_list(path)
    assert [one.line for one in caught.value.every] == [5, 10, 15]


def test_what_is_hidden_is_no_list(tmp_path: Path) -> None:
    written(tmp_path, "x", "._lamps.toml")
    assert list_files(tmp_path) == []


def test_bytes_that_are_no_text_are_told_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "broken.toml"
    path.write_bytes(HEAD.encode() + b"# \xff\n")
    with pytest.raises(ListMalformed, match=r"broken\.toml:5: not UTF-8"):
        load_list(path, root=tmp_path)


def test_false_switches_the_typing_slips_off(tmp_path: Path) -> None:
    (term,) = load_list(written(tmp_path, HEAD + TERM + "lanes = { typo = false }\n")).terms
    assert term.lanes.typo == 0


THEME = """\
[[theme]]
slug = "lamps"
code = "LMP"
name = "Lamps"
definition = "Light in the street."
base_severity = 2
core = true
route = "dsl"
first_steps = ["Light it."]
"""


def test_themes_are_read(tmp_path: Path) -> None:
    theme = load_themes(written(tmp_path, THEME, "themes.toml"))["lamps"]
    assert (theme.code, theme.base_severity, theme.core, theme.risk_area) == ("LMP", 2, True, None)
    assert theme.first_steps == ("Light it.",)


@pytest.mark.parametrize(
    ("text", "line"),
    [(THEME + THEME, 10), (THEME + "colour = 1\n", 10), (THEME.replace("= 2", "= 9"), 6), ("[theme", 1)],
)
def test_broken_themes_are_told_with_their_line(tmp_path: Path, text: str, line: int) -> None:
    with pytest.raises(ThemesMalformed) as caught:
        load_themes(written(tmp_path, text, "themes.toml"))
    assert caught.value.line == line
