import json

import pytest
from lamplighter_agent import dialog_wire as wire
from lamplighter_agent.backends.dialog_port import Button, DialogEnd, DialogWords

ASKED = DialogWords(
    title="Help", text="Do you\nwant help? ż", ok="Yes", cancel="No", options=("a", "b"), seconds=3
)


def test_words_and_end_come_over_as_they_were_each_on_one_line() -> None:
    line = wire.words_line(ASKED)
    assert line.count(b"\n") == 1
    assert wire.read_words(line) == ASKED
    end = DialogEnd(button=Button.OK, option=1, line="48 12\u2028x")
    assert wire.read_end(wire.end_line(end)) == end
    assert wire.read_percent(wire.percent_line(42)) == 42


@pytest.mark.fault
@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b'{"title": "a"}',
        b'{"title": "a", "text": 7}',
        b'{"title": "a", "text": "b", "seconds": true}',
        b'{"title": "a", "text": "b", "line": 1}',
        b'{"title": "a", "text": "b", "options": "ab"}',
        b'{"title": "a", "text": "b", "options": [1]}',
        b'{"title": "a", "text": "b", "command": "rm"}',
        json.dumps({"title": "a", "text": "b" * wire.LARGEST}).encode(),
    ],
)
def test_what_are_no_words_is_refused(line: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        wire.read_words(line)


@pytest.mark.fault
@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"shown\n",
        b'{"button": "ok"}',
        b'{"button": "maybe", "option": 0, "line": ""}',
        b'{"button": "ok", "option": "0", "line": ""}',
        b'{"button": "ok", "option": 0, "line": null}',
    ],
)
def test_what_is_no_end_is_refused(line: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        wire.read_end(line)


@pytest.mark.parametrize("line", [b"", b"-1", b"101", b"1e1", b"9" * 5000, "٣".encode()])
def test_what_is_no_percent_is_none(line: bytes) -> None:
    assert wire.read_percent(line) is None
