"""What a service says that has nowhere to write to."""

import sys

import pytest
from lamplighter_agent.backends.windows.event_log import EventLog, stand_in_streams


def test_each_line_is_an_event() -> None:
    told: list[str] = []
    log = EventLog(told.append)
    print("one line", file=log)
    log.write('{"event": "two"}\n\nthree\n')
    assert told == ["one line", '{"event": "two"}', "three"]


def test_only_what_is_missing_is_stood_in_for(monkeypatch: pytest.MonkeyPatch) -> None:
    before = sys.stdout
    monkeypatch.setattr(sys, "stderr", None)
    monkeypatch.setattr(sys, "stdout", before)
    stand_in_streams()
    assert isinstance(sys.stderr, EventLog)
    assert sys.stdout is before
