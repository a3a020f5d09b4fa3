"""A school's own changes: with a reason, an owner and an end, and never to a core theme."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from lamplighter_keywords.authoring.overrides import (
    apply_overrides,
    check_overrides,
    lapsed,
    load_overrides,
    next_expiry,
    parse_overrides,
)
from lamplighter_keywords.bundles.compiled import read_pack
from lamplighter_keywords.errors import ListMalformed
from lamplighter_keywords.matcher import Matcher
from lamplighter_keywords.shipped import compiled_shipped, shipped_themes
from lamplighter_keywords.terms import KeywordList, KeywordPack, Mode, Source, Term, UserKind

from tests.support.sources import ROOT

TODAY = date(2026, 11, 21)
END = 'reason = "agreed with the governors"\nowner = "A. Quill"\nexpires = 2027-03-31\n'
TERMS = {
    "gambling": Term(id="gb-1", text=("lucky wheel",), match=Mode.PHRASE, severity=3),
    "suicide": Term(id="su-1", text=("lantern out",), match=Mode.PHRASE, severity=4),
}
PACK = KeywordPack(
    lists=tuple(
        KeywordList(
            id=f"{theme}.en",
            theme=theme,
            language="en",
            terms=(term,),
            file=f"{theme}.en.toml",
            speaker_reviewed=True,
        )
        for theme, term in TERMS.items()
    ),
    themes=shipped_themes(),
)


def changed(text: str, today: date = TODAY) -> KeywordPack:
    return apply_overrides(PACK, parse_overrides(text.encode(), "school.toml"), today)


def severities(pack: KeywordPack, text: str) -> list[int]:
    found = Matcher(pack).match(text, source=Source.TYPED, user_kind=UserKind.PUPIL)
    return [match.severity for match in found]


def test_a_term_is_disabled_until_its_day() -> None:
    text = f'[[disable]]\nterm = "gb-1"\n{END}'
    assert severities(changed(text), "the lucky wheel") == []
    assert severities(changed(text, date(2027, 3, 30)), "the lucky wheel") == []
    assert severities(changed(text, date(2027, 3, 31)), "the lucky wheel") == [3]


def test_a_severity_is_the_schools() -> None:
    assert severities(changed(f'[[severity]]\nterm = "gb-1"\nto = 2\n{END}'), "the lucky wheel") == [2]


def test_an_exception_masks_the_longer_phrase_only() -> None:
    pack = changed(f'[[exception]]\nterm = "gb-1"\nphrases = ["lucky wheel assembly"]\n{END}')
    assert severities(pack, "in the lucky wheel assembly") == []
    assert severities(pack, "spin the lucky wheel now") == [3]


@pytest.mark.parametrize(
    "table", ['[[disable]]\nterm = "su-1"\n', '[[severity]]\nterm = "su-1"\nto = 3\n'], ids=["off", "lower"]
)
def test_a_core_theme_stays_as_it_is(table: str) -> None:
    with pytest.raises(ListMalformed, match=r"school\.toml:1: su-1: a term of a core theme can't be"):
        changed(table + END)


def test_an_exception_can_t_be_the_whole_of_a_core_term() -> None:
    with pytest.raises(
        ListMalformed, match=r"school\.toml:1: su-1: an exception of a core theme must be longer"
    ):
        changed(f'[[exception]]\nterm = "su-1"\nphrases = ["Lantern, out!"]\n{END}')


def test_a_core_theme_may_be_raised_and_given_an_exception() -> None:
    pack = changed(f'[[severity]]\nterm = "su-1"\nto = 5\n{END}')
    assert severities(pack, "lantern out tonight") == [5]
    pack = changed(f'[[exception]]\nterm = "su-1"\nphrases = ["the lantern out of order"]\n{END}')
    assert severities(pack, "lantern out tonight") == [4]


def test_a_term_that_an_update_took_away_stops_nothing_and_is_told() -> None:
    text = f'[[disable]]\nterm = "gb-9"\n{END}'
    assert changed(text).lists == PACK.lists
    (fault,) = check_overrides(PACK, parse_overrides(text.encode(), "school.toml"), TODAY)
    assert "there is no such term" in str(fault)


def test_what_an_editor_hears() -> None:
    text = "\n".join(
        [
            f'[[disable]]\nterm = "su-1"\n{END}',
            '[[disable]]\nterm = "gb-1"\nreason = "r"\nowner = "o"\nexpires = 2026-11-21\n',
            '[[severity]]\nterm = "gb-1"\nto = 4\nreason = "r"\nowner = "o"\nexpires = 2030-01-01\n',
        ]
    )
    faults = [str(one) for one in check_overrides(PACK, parse_overrides(text.encode(), "s.toml"), TODAY)]
    assert len(faults) == 2
    assert "core theme can't be disabled" in faults[0]
    assert "expires must be within 400 days, 2027-12-26 or earlier" in faults[1]


def test_what_has_ended_is_a_notice_and_no_fault() -> None:
    text = '[[disable]]\nterm = "su-1"\nreason = "r"\nowner = "o"\nexpires = 2026-11-21\n'
    overrides = parse_overrides(text.encode(), "s.toml")
    assert list(check_overrides(PACK, overrides, TODAY)) == []
    assert apply_overrides(PACK, overrides, TODAY) == PACK
    (notice,) = lapsed(overrides, TODAY)
    assert str(notice).startswith("s.toml:1: su-1: ended on 2026-11-21, so the list is as supplied again")
    assert list(lapsed(overrides, date(2026, 11, 20))) == []


SEVERITY = f'[[severity]]\nterm = "gb-1"\nto = 2\n{END}'
EXCEPTION = f'[[exception]]\nterm = "gb-1"\nphrases = ["a lucky wheel"]\n{END}'
DISABLE = f'[[disable]]\nterm = "gb-1"\n{END}'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (DISABLE * 2, "s.toml:6: gb-1: line 1 changes the same"),
        (SEVERITY + SEVERITY.replace("2", "4", 1), "s.toml:7: gb-1: line 1 changes the same"),
        (EXCEPTION * 2, "s.toml:7: gb-1: line 1 changes the same"),
        (DISABLE + SEVERITY, "s.toml:6: gb-1: line 1 switches this term off"),
        (EXCEPTION + DISABLE, "s.toml:1: gb-1: line 7 switches this term off"),
    ],
)
def test_changes_that_contradict_each_other(text: str, said: str) -> None:
    (fault,) = check_overrides(PACK, parse_overrides(text.encode(), "s.toml"), TODAY)
    assert str(fault).startswith(said)


def test_a_severity_and_an_exception_go_together() -> None:
    assert list(check_overrides(PACK, parse_overrides((SEVERITY + EXCEPTION).encode(), "s"), TODAY)) == []


def test_the_next_day_on_which_the_lists_change() -> None:
    overrides = parse_overrides(f'[[disable]]\nterm = "gb-1"\n{END}'.encode(), "s.toml")
    assert next_expiry(overrides, TODAY) == date(2027, 3, 31)
    assert next_expiry(overrides, date(2027, 3, 31)) is None


@pytest.mark.parametrize("missing", ["reason", "owner", "expires", "term"])
def test_what_is_missing_is_named(missing: str) -> None:
    lines = f'[[disable]]\nterm = "gb-1"\n{END}'.splitlines()
    text = "\n".join(line for line in lines if not line.startswith(missing))
    with pytest.raises(ListMalformed, match=f"school.toml:1: .*{missing}"):
        parse_overrides(text.encode(), "school.toml")


def test_an_unknown_key_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "school.toml"
    file.write_text(f'[[disable]]\nterm = "gb-1"\nto = 2\n{END}')
    with pytest.raises(ListMalformed, match=r"school\.toml:3: gb-1: to: unknown key"):
        load_overrides(file)


def test_the_examples_in_the_guide_for_editors_are_sound() -> None:
    guide = (ROOT / "keyword_lists/README.md").read_text(encoding="utf-8")
    examples = re.findall(r"```toml\n(\[\[(?:exception|severity)\]\].*?)```", guide, flags=re.DOTALL)
    overrides = parse_overrides("".join(examples).encode(), "README.md")
    assert len(overrides) == 3
    assert list(check_overrides(read_pack(compiled_shipped()), overrides, TODAY)) == []


def test_a_whole_theme_is_never_changed() -> None:
    with pytest.raises(ListMalformed, match=r"school\.toml:2: theme: a whole theme can't be changed here"):
        parse_overrides(f'[[disable]]\ntheme = "suicide"\n{END}'.encode(), "school.toml")


def test_no_spelling_of_a_core_term_can_be_excepted() -> None:
    spelt = replace(TERMS["suicide"], text=("(lantern|candle) out",))
    pack = replace(PACK, lists=(replace(PACK.lists[1], terms=(spelt,)),))
    text = f'[[exception]]\nterm = "su-1"\nphrases = ["Candle  out"]\n{END}'
    with pytest.raises(ListMalformed, match="must be longer than the term"):
        apply_overrides(pack, parse_overrides(text.encode(), "school.toml"), TODAY)


def test_all_mistakes_are_told_at_once() -> None:
    text = (
        '[[disable]]\nterm = "gb-1"\nreasn = "r"\nexpires = "2027-03-31"\n'
        f'[[severity]]\nterm = "gb-1"\nto = 9\n{END}'
        f'[[disabel]]\nterm = "gb-1"\n{END}'
    )
    with pytest.raises(ListMalformed) as told:
        parse_overrides(text.encode(), "s.toml")
    assert [str(one) for one in told.value.every] == [
        "s.toml:1: gb-1: owner is missing",
        "s.toml:3: gb-1: reasn: unknown key; did you mean 'reason'?",
        "s.toml:4: gb-1: expires: must be a date such as 2026-11-01, without quotes and without a time",
        "s.toml:7: gb-1: to: must be a whole number from 1 to 5",
        "s.toml:11: [[disabel]]: unknown table; did you mean [[disable]]?",
    ]


def test_one_bracket_is_too_few() -> None:
    with pytest.raises(ListMalformed, match=r"s\.toml:2: each begins with two brackets .*: \[\[disable\]\]"):
        parse_overrides(f'# ours\n[disable]\nterm = "gb-1"\n{END}'.encode(), "s.toml")


def test_a_term_of_ones_own_stands_elsewhere() -> None:
    with pytest.raises(ListMalformed, match=r"s\.toml:2: words of your own stand in a list"):
        parse_overrides(b'\n[[term]]\nid = "x"\n', "s.toml")


def test_a_day_with_a_time_is_refused() -> None:
    text = f'[[disable]]\nterm = "gb-1"\n{END}'.replace("2027-03-31", "2027-03-31T00:00:00")
    with pytest.raises(ListMalformed, match="without a time"):
        parse_overrides(text.encode(), "s.toml")
