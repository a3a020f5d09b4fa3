"""The command line, run as a person or a program would."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from lamplighter_keywords.__main__ import answer

from tests.keywords.lists import matcher_of, term

LIST = """\
[list]
id = "lamps.en"
theme = "{theme}"
language = "en"
[[term]]
id = "la-0001"
text = ["light the lamp"]
match = "phrase"
severity = 4
"""


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    (tmp_path / "lamps.toml").write_text(LIST.format(theme="suicide"), encoding="utf-8")
    return tmp_path


def run(*words: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "lamplighter_keywords", *words], input=given, capture_output=True, check=False
    )


def line(identity: object, text: str, source: str = "typed", user_kind: str = "pupil") -> bytes:
    asked = {"id": identity, "source": source, "text": text, "user_kind": user_kind}
    return json.dumps(asked).encode() + b"\n"


def test_match_answers_every_usable_line_in_order(lists: Path) -> None:
    given = (
        line(1, "please light the lamp")
        + b"{broken\n\n"
        + line("2\ud800", "light the lamp \ud800", "window_title", "staff")
        + b'[1]\n{"id": 3}\n\xff\n'
        + line(4, "secretword", "shouted")
        + line(None, "light the\b\b\b lamp")
    )
    done = run("match", "--lists", str(lists), given=given)
    found = {"term": "la-0001", "theme": "suicide", "severity": 4, "span": [7, 21], "lane": "exact"}
    assert [json.loads(answer) for answer in done.stdout.splitlines()] == [
        {"id": 1, "detections": [found]},
        {"id": "2\ud800", "detections": [{**found, "severity": 3, "span": [0, 14]}]},
        {"id": None, "detections": []},
    ]
    assert done.returncode == 1
    told = done.stderr.decode().splitlines()
    assert [one.split(":")[0] for one in told] == ["line 2", "line 5", "line 6", "line 7", "line 8"]
    assert told[2] == "line 6: id 3: 'source' is missing"
    assert told[4] == "line 8: id 4: 'source' is none of typed, pasted, window_title"
    assert "secretword" not in done.stderr.decode()


def asked(*lines: bytes) -> tuple[str, list[str]]:
    out, err = io.StringIO(), io.StringIO()
    assert answer(lines, out, err, matcher_of(term("light the lamp"))) == len(lines)
    return out.getvalue(), err.getvalue().splitlines()


def test_an_id_that_is_no_json_is_not_given_back() -> None:
    answered, told = asked(
        b'{"id": NaN, "source": "typed", "text": "", "user_kind": "pupil"}',
        b'{"id": [-Infinity], "source": "typed", "text": "", "user_kind": "pupil"}',
        b'{"id": 1e999, "source": "typed", "text": "", "user_kind": "pupil"}',
    )
    assert answered == ""
    assert told == ["line 1: not JSON", "line 2: not JSON", "line 3: 'id' can't be given back as JSON"]


def test_what_is_wrong_with_a_line_is_told_with_its_short_id() -> None:
    answered, told = asked(
        line("a-7", "lamp", user_kind="parent"),
        line("secret " * 20, "lamp", "shouted"),
        line(["secret"], "lamp", "shouted"),
        b'{"id": 5, "source": ["typed"], "text": "", "user_kind": "pupil"}',
        b'{"id": 6, "source": "typed", "text": 7, "user_kind": "pupil"}',
    )
    assert answered == ""
    none = "'source' is none of typed, pasted, window_title"
    assert told == [
        "line 1: id \"a-7\": 'user_kind' is none of pupil, staff",
        f"line 2: {none}",
        f"line 3: {none}",
        f"line 4: id 5: {none}",
        "line 5: id 6: 'text' is not a string",
    ]


def test_match_streams(lists: Path) -> None:
    command = [sys.executable, "-m", "lamplighter_keywords", "match", "--lists", str(lists)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(line(1, "light the lamp"))
        process.stdin.flush()
        # The answer is here before the next line is asked.
        assert json.loads(process.stdout.readline())["id"] == 1
        process.stdin.close()
        assert process.wait(timeout=30) == 0


def test_match_tells_of_a_broken_list(lists: Path) -> None:
    (lists / "more.toml").write_text(LIST + "colour = 1\n", encoding="utf-8")
    done = run("match", "--lists", str(lists))
    assert done.returncode == 2
    assert done.stderr.decode().strip() == "more.toml:10: la-0001: colour: unknown key"


def test_lint_tells_file_line_and_term(lists: Path) -> None:
    done = run("lint", str(lists))
    assert done.returncode == 1
    assert "lamps.toml:5: la-0001: tests.hit is missing" in done.stdout.decode()
    report = json.loads(run("lint", str(lists), "--json").stdout)
    assert (report["lists"], report["terms"]) == (1, 1)
    assert {"file", "line", "term", "rule", "message"} == set(report["problems"][0])


def test_themes() -> None:
    rows = json.loads(run("themes", "--json").stdout)
    assert {"slug", "code", "core", "risk_area", "first_steps"} <= set(rows[0])
    told = run("themes").stdout.decode()
    assert all(row["slug"] in told for row in rows)
    assert "\u2026" not in told


def test_explain(lists: Path) -> None:
    words = ("explain", "--lists", str(lists), "--source", "window_title", "--text", "light the lamp")
    told = json.loads(run(*words, "--json").stdout)
    (row,) = told["detections"]
    assert (row["severity"], row["addends"]) == (3, [["term", 4], ["window title", -1]])
    assert told["steps"][0] == "read as: light the lamp"
    assert "-1 window title" in run(*words).stdout.decode()
    assert "nothing found" in run("explain", "--lists", str(lists), "--text", "dark").stdout.decode()


@pytest.mark.parametrize("text", ["", "  "])
def test_explain_refuses_no_text(lists: Path, text: str) -> None:
    done = run("explain", "--lists", str(lists), "--text", text)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().startswith("no text given")
