"""Spans and days as people type them."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from lamplighter_collector.errors import MediaRefused
from lamplighter_collector.media.spans import UNTIL_WORDS, end_of, shown_end, span_of


@contextmanager
def zone(monkeypatch: pytest.MonkeyPatch, name: str) -> Iterator[None]:
    """The clock of a machine that stands there."""
    with monkeypatch.context() as patched:
        patched.setenv("TZ", name)
        time.tzset()
        yield
    time.tzset()


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


def test_the_end_of_a_day_is_shown_on_that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    with zone(monkeypatch, "Europe/London"):
        assert shown_end(end_of("2026-11-25", "until")) == "2026-11-25T23:59:59Z"
        assert shown_end(end_of("2026-07-10", "until")) == "2026-07-10T22:59:59Z"
        assert shown_end(end_of("2026-11-25T15:30", "until")) == "2026-11-25T15:30:00Z"


@pytest.mark.parametrize("text", ["2026-12-31T15:30", " 2026-12-31 15:30 ", "2026-12-31T15:30:00"])
def test_a_day_and_time_is_that_moment_here(text: str) -> None:
    assert end_of(text, "until") == datetime(2026, 12, 31, 15, 30).astimezone().timestamp() * 1000


def test_a_day_is_over_in_the_school_s_own_zone_and_a_named_offset_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with zone(monkeypatch, "Europe/London"):
        # Summer time there: an hour before midnight, UTC.
        assert end_of("2026-07-10", "until") == datetime(2026, 7, 10, 23, tzinfo=UTC).timestamp() * 1000
        assert (
            end_of("2026-07-10T15:30", "until")
            == datetime(2026, 7, 10, 14, 30, tzinfo=UTC).timestamp() * 1000
        )
        assert end_of("2026-07-10T15:30+02:00", "until") == (
            datetime(2026, 7, 10, 13, 30, tzinfo=UTC).timestamp() * 1000
        )


@pytest.mark.parametrize(
    "text", ["", "tomorrow", "2026-02-30", "31.12.2026", "9999-12-31", "2026-12-31T25:00"]
)
def test_what_is_no_day_is_named_with_what_is_one(text: str) -> None:
    with pytest.raises(MediaRefused) as caught:
        end_of(text, "until")
    assert caught.value.field == "until"
    assert caught.value.problem == UNTIL_WORDS
