"""How verbs answer people, and programs."""

import json

import pytest
from lamplighter_collector.commands.common import answer

RECORD = {
    "created_at": 1_795_256_969_416,
    "disabled_at": None,
    "at_ms": 0,
    "roles": ["dsl"],
    "keys": (),
    "n": 2,
}


def test_people_read_moments_and_words(capsys: pytest.CaptureFixture[str]) -> None:
    answer([RECORD], as_json=False)
    assert capsys.readouterr().out == (
        "created_at 2026-11-21T10:29:29Z  disabled_at never  at never  roles dsl  keys none  n 2\n"
    )


def test_programs_read_the_values_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    answer([RECORD], as_json=True)
    assert json.loads(capsys.readouterr().out) == [{**RECORD, "keys": []}]


def test_an_empty_list_is_said_to_be_empty(capsys: pytest.CaptureFixture[str]) -> None:
    answer([], as_json=False)
    assert capsys.readouterr().out == "There is none.\n"
    answer([], as_json=True)
    assert capsys.readouterr().out == "[]\n"
