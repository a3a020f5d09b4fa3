from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from lamplighter_collector.devices.health import Health, Tally
from lamplighter_collector.web.device_words import answer, line_of

NOW = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)


def device(ago: timedelta = timedelta(0), **changes: Any) -> Health:
    fields: dict[str, Any] = {
        "asset_tag": "AV-0042",
        "state": "enrolled",
        "last_seen_at_ms": int((NOW - ago).timestamp() * 1000),
        "replaced_at_ms": 0,
        "superseded_at_ms": 0,
        "copied_at_ms": 0,
        "bundle_version": 7,
        "bundle_state": "",
        "bundle_problem": "",
    }
    return Health(**(fields | changes))


def test_the_answer_is_one_sentence() -> None:
    def told(enrolled: int, silent: int) -> str:
        return answer(Tally(devices=9, enrolled=enrolled, silent=silent))

    assert told(2, 1) == "1 of 2 enrolled devices were seen in the last 7 days, 1 was silent"
    assert told(3, 2).endswith(", 2 were silent")
    assert told(0, 0) == "0 of 0 enrolled devices were seen in the last 7 days"


@pytest.mark.usefixtures("school_time")
def test_when_it_was_seen_is_told_by_the_school_s_own_time() -> None:
    summer = datetime(2026, 7, 1, 15, 0, tzinfo=UTC)
    at = int((summer - timedelta(hours=7)).timestamp() * 1000)
    assert line_of(device(last_seen_at_ms=at), summer).seen == "today at 09:00"


@pytest.mark.usefixtures("school_time")
@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(minutes=9), "in the last 10 minutes"),
        (timedelta(hours=7), "today at 08:00"),
        (timedelta(days=1), "20 November 2026, 1 day ago"),
        (timedelta(days=30), "22 October 2026, 30 days ago"),
    ],
)
def test_when_it_was_seen(ago: timedelta, words: str) -> None:
    assert line_of(device(ago), NOW).seen == words


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"bundle_version": 0}, "none yet, so nothing is sensed"),
        ({}, "version 7"),
        ({"bundle_state": "expired"}, "version 7, expired"),
        (
            {"bundle_state": "refused", "bundle_problem": "signature-invalid"},
            "version 7, refused (signature invalid)",
        ),
    ],
)
def test_which_lists_it_uses(changes: dict[str, Any], words: str) -> None:
    assert line_of(device(**changes), NOW).bundle == words


def test_an_ended_device_says_so() -> None:
    assert line_of(device(state="revoked"), NOW).state == "Revoked"
    assert line_of(device(state="something-new"), NOW).state == "something-new"


def test_the_use_of_an_old_certificate_is_told() -> None:
    assert line_of(device(), NOW).identity == "as it should be"
    told = line_of(device(superseded_at_ms=int((NOW - timedelta(days=1)).timestamp() * 1000)), NOW).identity
    assert "old certificate" in told
    assert "20 November 2026" in told
    assert "Enrol it again" in told


def test_a_take_over_is_told_for_a_month() -> None:
    def told(ago: timedelta) -> str:
        return line_of(device(replaced_at_ms=int((NOW - ago).timestamp() * 1000)), NOW).identity

    assert "enrolled again 20 November 2026, 1 day ago" in told(timedelta(days=1))
    assert told(timedelta(days=30)) == "as it should be"


def test_a_copy_of_its_disk_is_told_for_a_month() -> None:
    def told(ago: timedelta) -> str:
        return line_of(device(copied_at_ms=int((NOW - ago).timestamp() * 1000)), NOW).identity

    assert "another machine has a copy of its disk, told 20 November 2026" in told(timedelta(days=1))
    assert told(timedelta(days=30)) == "as it should be"
