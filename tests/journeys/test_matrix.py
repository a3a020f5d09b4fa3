"""A small part of `make matrix`, and that agent/README.md says what its last run found."""

import json

import pytest

from tests.journeys.matrix import MARK, NOT_PROVEN, SUMMARY, applied, table, try_toolkit
from tests.support.layouts import LAYOUTS, Layout
from tests.support.readme import README, with_table
from tests.support.toolkits import TOOLKITS, managed_flags

FIRST, POLISH, GROUPS = LAYOUTS[0], LAYOUTS[2], LAYOUTS[-1]
PART = [(name, [FIRST]) for name in TOOLKITS if name not in ("GTK 3", "xterm")]
PART += [(name, [FIRST, POLISH, GROUPS]) for name in ("GTK 3", "xterm")]


@pytest.mark.journey
@pytest.mark.parametrize(("toolkit", "layouts"), PART)
async def test_ordinary_text_is_found_and_a_secret_is_not(toolkit: str, layouts: list[Layout]) -> None:
    cells = await try_toolkit(toolkit, layouts)
    assert all(cell.verdict != NOT_PROVEN for cell in cells), cells


def test_the_readme_says_what_the_last_run_found() -> None:
    readme = README.read_text(encoding="utf-8")
    assert with_table(readme, table(json.loads(SUMMARY.read_text())), mark=MARK) == readme


def test_what_was_typed_and_taken_back_is_not_there() -> None:
    assert applied("ab\b\b\bc") == "c"


def test_the_installed_file_adds_its_flag_and_keeps_the_others() -> None:
    assert managed_flags("--first --second") == ["--first", "--second", "--force-renderer-accessibility"]
