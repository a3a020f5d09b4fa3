"""The verbs of whoever keeps the lists."""

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lamplighter_keywords.__main__ import app
from lamplighter_keywords.authoring.commands import say_reading
from lamplighter_keywords.authoring.senso import SEVERITIES, read_library
from typer.testing import CliRunner, Result

from tests.support.sources import ROOT

RUNNER = CliRunner()
NO_SEVERITY = "Severity is none of LOW, MEDIUM, HIGH, URGENT, CRITICAL"


def library(folder: Path) -> Path:
    file = folder / "library.csv"
    file.write_text("Phrase,Severity\nmudlark,HIGH\nkettle drum,GRAVE\n", encoding="utf-8")
    return file


def importing(folder: Path, *more: str) -> dict[str, Any]:
    arguments = ["import-library", str(library(folder)), "--theme", "bullying", "--into", str(folder)]
    done = RUNNER.invoke(app, [*arguments, "--json", *more])
    assert done.exit_code == 1
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_an_import_is_tried_first(tmp_path: Path) -> None:
    told = importing(tmp_path, "--dry-run")
    assert (told["written"], told["adds"]) == (False, ["own-mudlark"])
    assert told["rejects"] == [
        {"line": 3, "phrase": "kettle drum", "reason": f"{NO_SEVERITY}; write one of them"}
    ]
    assert {one["rule"] for one in told["problems"]} == {"note", "tests"}
    assert not (tmp_path / "own-bullying.en.toml").exists()


def test_an_import_is_written(tmp_path: Path) -> None:
    assert importing(tmp_path)["written"] is True
    assert "mudlark" in (tmp_path / "own-bullying.en.toml").read_text()


def test_for_a_person(tmp_path: Path) -> None:
    arguments = ["import-library", str(library(tmp_path)), "--theme", "bullying", "--into", str(tmp_path)]
    done = RUNNER.invoke(app, [*arguments, "--dry-run"])
    assert done.stdout.splitlines() == [
        "adds own-mudlark",
        f"rejects row 3 ('kettle drum'): {NO_SEVERITY}; write one of them",
        "check-school will ask for a note and tests: still missing in 1 term",
        "1 added, 0 changed, 0 kept as they are, 1 rejected; nothing written (--dry-run)",
    ]


def test_a_second_import_names_what_the_file_lacks(tmp_path: Path) -> None:
    importing(tmp_path)
    file = library(tmp_path)
    file.write_text("Phrase,Severity\nlamp oil,HIGH\n")
    arguments = ["import-library", str(file), "--theme", "bullying", "--into", str(tmp_path)]
    done = RUNNER.invoke(app, [*arguments, "--dry-run"])
    assert "no longer in the file; still listed: own-mudlark" in done.stdout.splitlines()
    told = json.loads(RUNNER.invoke(app, [*arguments, "--dry-run", "--json"]).stdout)
    assert told["gone"] == ["own-mudlark"]


@pytest.mark.parametrize(("person", "told"), [(True, "reading the lists ...\n"), (False, "")])
def test_a_person_who_waits_is_told(*, person: bool, told: str) -> None:
    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return person

    screen = Screen()
    say_reading(screen)
    assert screen.getvalue() == told


def test_the_row_in_the_guide_is_taken() -> None:
    guide = (ROOT / "keyword_lists/README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```\n(Phrase,.*?)```", guide, flags=re.DOTALL)
    read = read_library(example, "guide")
    assert ([row.phrase for row in read.rows], read.rejected) == (["cloud room"], ())
    assert ", ".join(f"`{one}`" for one in SEVERITIES) in guide


def test_a_theme_that_is_not_there(tmp_path: Path) -> None:
    done = RUNNER.invoke(app, ["import-library", str(library(tmp_path)), "--theme", "bulying", "--into", "x"])
    assert "did you mean 'bullying'?" in str(done.exception)


def test_export(tmp_path: Path) -> None:
    importing(tmp_path)
    done = RUNNER.invoke(app, ["export-library", "--lists", str(tmp_path)])
    assert [row["Phrase"] for row in csv.DictReader(io.StringIO(done.stdout))] == ["mudlark"]


def checked(folder: Path, text: str, *more: str) -> Result:
    """Beside one small list: reading the supplied ones takes seconds."""
    (folder / "lists").mkdir(exist_ok=True)
    (folder / "lists" / "lamps.toml").write_text(
        '[list]\nid = "lamps.en"\ntheme = "bullying"\nlanguage = "en"\n'
        '[[term]]\nid = "la-1"\ntext = ["light the lamp"]\nmatch = "phrase"\nseverity = 3\n'
    )
    file = folder / "school.toml"
    file.write_text(text)
    return RUNNER.invoke(app, ["check-overrides", str(file), "--lists", str(folder / "lists"), *more])


def test_overrides_are_checked(tmp_path: Path) -> None:
    over = '[[disable]]\nterm = "no-such"\nreason = "r"\nowner = "o"\nexpires = 2001-01-01\n'
    done = checked(tmp_path, over, "--json")
    told = json.loads(done.stdout)
    assert (done.exit_code, told["overrides"], told["problems"], len(told["ended"])) == (0, 1, [], 1)
    done = checked(tmp_path, '[[disable]]\nterm = "no-such"\n[[disable]]\nowner = "o"\n')
    assert done.exit_code == 1
    assert done.stdout.splitlines()[-1] == "0 changes, 6 problems"
    soon = datetime.now(UTC).date() + timedelta(days=30)
    about = f'reason = "r"\nowner = "o"\nexpires = {soon}\n'
    done = checked(tmp_path, f'[[exception]]\nterm = "la-1"\nphrases = ["kettle"]\n{about}')
    assert "does not hold a text of the term" in done.stdout


@pytest.mark.timeout(300)  # all lists are read three times
def test_a_school_s_folder_is_checked_and_tried(tmp_path: Path) -> None:
    (tmp_path / "overrides.toml").write_text(
        '[[disable]]\nterm = "ga-0002"\nreason = "r"\nowner = "o"\nexpires = 2001-01-01\n'
    )
    done = RUNNER.invoke(app, ["check-school", str(tmp_path)])
    assert done.exit_code == 0
    first, last = done.stdout.splitlines()
    assert first.startswith("overrides.toml:1: ga-0002: ended on 2001-01-01")
    assert last == "0 terms of your own, 1 change (1 ended), 0 problems"
    told = json.loads(RUNNER.invoke(app, ["check-school", str(tmp_path), "--json"]).stdout)
    assert (told["changes"], told["ended"][0]["term"]) == (1, "ga-0002")
    asked = ["explain", "--school", str(tmp_path), "--text", "good morning"]
    assert "nothing found" in RUNNER.invoke(app, asked).stdout
