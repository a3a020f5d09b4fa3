"""Spans and days as people type them."""

from datetime import datetime

import pytest
from lamplighter_collector.errors import MediaRefused
from lamplighter_collector.media.spans import end_of, span_of


def test_spans() -> None:
    assert span_of("30m", "--for") == 30 * 60_000
    assert span_of(" 2H ", "--for") == 2 * 3_600_000
    assert span_of("14d", "--for") == 14 * 86_400_000


@pytest.mark.parametrize("text", ["", "2", "h", "0h", "-1d", "2 weeks", "1.5h", "999999d", "2h30m"])
def test_what_is_no_span_is_named(text: str) -> None:
    with pytest.raises(MediaRefused) as caught:
        span_of(text, "--for")
    assert caught.value.field == "--for"


def test_a_day_is_over_at_its_midnight_here() -> None:
    assert end_of("2026-12-31", "--until") == datetime(2027, 1, 1).astimezone().timestamp() * 1000


@pytest.mark.parametrize("text", ["", "tomorrow", "2026-02-30", "31.12.2026", "9999-12-31"])
def test_what_is_no_day_is_named(text: str) -> None:
    with pytest.raises(MediaRefused) as caught:
        end_of(text, "--until")
    assert caught.value.field == "--until"
