"""What a school hands in: every fault of it by file, line and term; what is over stops nothing."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from lamplighter_collector.bundles.checking import Changes, changes_of, faults_of_lists, refusal
from lamplighter_collector.errors import PublicationRefused
from lamplighter_keywords.authoring.loading import load_folder, load_list
from lamplighter_keywords.bundles.compiled import compile_pack, read_pack
from lamplighter_keywords.bundles.overrides_part import overrides_from_document
from lamplighter_keywords.shipped import compiled_shipped, shipped_folder, shipped_knowledge, shipped_themes
from lamplighter_keywords.terms import KeywordPack

from tests.support.own_lists import GOOD

TODAY = date(2026, 11, 22)
PAST = "2026-11-22"
AHEAD = (TODAY + timedelta(days=30)).isoformat()


def folder_of(folder: Path, content: str) -> Path:
    folder.mkdir(parents=True)
    (folder / "lamps.en.toml").write_text(content)
    return folder


def pack_of(folder: Path, content: str = GOOD) -> KeywordPack:
    """As it is published: compiled, without what editors wrote for editors."""
    lists = folder_of(folder, content)
    return read_pack(compile_pack(load_folder(lists, shipped_themes(), shipped_knowledge())))


def changes(tmp_path: Path, *tables: str) -> Changes:
    path = tmp_path / "overrides.toml"
    path.write_text("\n".join(tables))
    return changes_of(path, pack_of(tmp_path / "lists"), TODAY)


def change(kind: str, said: str = "", *, term: str = "la-1", until: str = AHEAD) -> str:
    about = f'reason = "agreed"\nowner = "A. Quill"\nexpires = {until}'
    return f'[[{kind}]]\nterm = "{term}"\n{said}\n{about}'


def test_a_list_that_is_written_as_it_should_be_has_no_faults(tmp_path: Path) -> None:
    assert faults_of_lists(folder_of(tmp_path / "own", GOOD), beside=True) == ()
    with pytest.raises(PublicationRefused, match="no lists"):
        faults_of_lists(tmp_path / "nowhere")


def test_every_fault_of_every_list_is_named_with_what_to_do(tmp_path: Path) -> None:
    bad = GOOD.replace("licence =", "# ").replace("tests =", "# ").replace("reviewed", "reviewd")
    own = folder_of(tmp_path / "own", GOOD.replace("licence =", "# ").replace("tests =", "# "))
    (own / "wicks.en.toml").write_text(bad)
    said = faults_of_lists(own)
    assert [one for one in said if one.startswith("wicks.en.toml") and "did you mean" in one]
    assert "lamps.en.toml:1: licence is missing in [list]" in said
    assert len([one for one in said if one.startswith("lamps.en.toml:17: la-1: tests.")]) == 2


def test_a_folder_may_hold_its_own_themes(tmp_path: Path) -> None:
    folder_of(tmp_path / "own" / "lists", GOOD)
    themes = tmp_path / "own" / "themes.toml"
    themes.write_text((shipped_folder() / "themes.toml").read_text().replace('"bullying"', '"unkindness"'))
    (fault,) = faults_of_lists(tmp_path / "own")
    assert "unknown theme 'bullying'" in fault
    themes.write_text('[[theme]]\nslug = "x"')
    with pytest.raises(PublicationRefused, match=r"themes\.toml"):
        faults_of_lists(tmp_path / "own")


def test_changes_reach_devices_without_reasons_and_names(tmp_path: Path) -> None:
    found = changes(
        tmp_path, change("severity", "to = 2"), change("exception", 'phrases = ["old wicktrimmer"]')
    )
    assert (found.number, found.faults, found.lapsed) == (2, (), ())
    assert b"Quill" not in found.part
    assert [one.severity for one in overrides_from_document(found.part)] == [2, None]


def test_a_change_that_is_over_is_left_out_and_told(tmp_path: Path) -> None:
    """Also where an update took its term away: nobody need mend what counts no more."""
    over = (change("disable", until=PAST), change("disable", term="la-9", until=PAST))
    found = changes(tmp_path, *over, change("severity", "to = 2"))
    assert [one.disabled for one in overrides_from_document(found.part)] == [False]
    assert (found.number, found.faults, len(found.lapsed)) == (1, (), 2)
    assert found.lapsed[0].startswith(f"overrides.toml:1: la-1: ended on {PAST}, so the list is as supplied")


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        (change("disable", term="la-9"), "overrides.toml:1: la-9: there is no such term"),
        (change("disable", "more = 1"), "overrides.toml:3: la-1: more: unknown key"),
        (change("disable", until="2036-01-01"), "overrides.toml:1: la-1: expires must be within"),
        (change("exception", 'phrases = ["old lamp"]'), "overrides.toml:1: la-1: the exception 'old lamp'"),
    ],
)
def test_each_fault_of_a_change_is_named(tmp_path: Path, table: str, fault: str) -> None:
    (told,) = changes(tmp_path, table).faults
    assert told.startswith(fault)


def test_an_exception_that_silences_what_a_shipped_term_is_there_for(tmp_path: Path) -> None:
    pack = read_pack(compiled_shipped())
    shipped = load_list(next((shipped_folder() / "lists").rglob("gambling.en.toml")))
    guarded = next(one for one in shipped.terms if one.id == "ga-0001")
    path = tmp_path / "overrides.toml"
    path.write_text(change("exception", f'phrases = ["{guarded.tests.hit[0]}"]', term="ga-0001"))
    (fault,) = changes_of(path, pack, TODAY).faults
    assert "the exception silences what this term is there for" in fault


def test_a_term_of_a_core_theme_is_not_left_out(tmp_path: Path) -> None:
    pack = pack_of(tmp_path / "lists", GOOD.replace("bullying", "suicide"))
    path = tmp_path / "overrides.toml"
    path.write_text(change("disable"))
    (fault,) = changes_of(path, pack, TODAY).faults
    assert "a term of a core theme can't be disabled" in fault


def test_a_file_that_is_not_there_is_a_fault_and_an_empty_one_ends_all_changes(tmp_path: Path) -> None:
    pack = pack_of(tmp_path / "lists")
    (fault,) = changes_of(tmp_path / "none.toml", pack, TODAY).faults
    assert "none.toml" in fault
    (tmp_path / "none.toml").write_text("")
    assert changes_of(tmp_path / "none.toml", pack, TODAY) == Changes()


def test_a_refusal_counts_and_names_each_fault_once() -> None:
    assert str(refusal(["a:1: b", "a:1: b"])) == "nothing was published: 1 problem to mend first\na:1: b"
    assert str(refusal(["a", "b"])).startswith("nothing was published: 2 problems to mend first\na\nb")
