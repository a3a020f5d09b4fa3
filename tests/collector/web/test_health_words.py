from dataclasses import replace
from typing import Any

import pytest
from lamplighter_collector.devices.beats import Beat, Capability, Heard
from lamplighter_collector.web.health_words import sentences

from tests.collector.web.test_device_words import device

AT = 1_795_161_600_000
TYPING = Capability(sensor="typing", backend="atspi", working=True, reason="", remedy="")
TITLES = Capability(
    sensor="titles", backend="", working=False, reason="no window manager", remedy="start one"
)


def told(hours: float = 0, sent_ago: int = 0, **changes: Any) -> tuple[str, ...]:
    beat = replace(Beat(sent_at=AT - sent_ago, agent_version="0.5.0", platform="linux"), **changes)
    return sentences(device(heard=Heard(beat=beat, received_at=AT)), hours)


def test_a_device_that_said_nothing_says_so() -> None:
    assert sentences(device(), 0) == ("It has not said yet how it is.",)


def test_what_works_and_what_does_not_are_sentences() -> None:
    assert told(sessions=1, sensing=True, capabilities=(TYPING, TITLES), list_version="7") == (
        "It was sensing.",
        "Typing: works (atspi).",
        "Titles: does not work: no window manager. To do: start one.",
        "Versions: agent 0.5.0, lists 7 on linux.",
    )


def test_what_works_in_part_says_what_it_lacks() -> None:
    media = Capability(
        sensor="portable media",
        backend="kernel events and mounts",
        working=True,
        reason="recorded only: udev's daemon does not run",
        remedy="start systemd-udevd",
        seen=1,
        quiet_minutes=0,
    )
    assert told(capabilities=(media,))[1] == (
        "Portable media: works (kernel events and mounts), recorded only: udev's daemon does not run. "
        "To do: start systemd-udevd. 1 event, the last less than a minute before."
    )


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({}, "Typing: works (atspi)."),
        (
            {"seen": 1204, "quiet_minutes": 0},
            "Typing: works (atspi). 1,204 events, the last less than a minute before.",
        ),
        ({"seen": 7, "dropped": 2, "quiet_minutes": 1}, "7 events, 2 not read, the last 1 minute before."),
        ({"seen": 1, "quiet_minutes": 2}, " 1 event, the last 2 minutes before."),
        ({"seen": 7, "quiet_minutes": 300}, "7 events, the last 5 hours before."),
    ],
)
def test_what_a_sensor_counted_is_told_without_what_it_was(counts: dict[str, Any], words: str) -> None:
    assert any(one.endswith(words) for one in told(capabilities=(replace(TYPING, **counts),)))


@pytest.mark.parametrize(
    ("sent_ago", "words"),
    [
        (3 * 60_000, "3 minutes behind"),
        (-5 * 3_600_000, "5 hours ahead"),
        (400 * 86_400_000, "400 days behind"),
    ],
)
def test_a_clock_that_is_off_is_told(sent_ago: int, words: str) -> None:
    assert words in told(sent_ago=sent_ago)[0]
    assert "clock" not in told(sent_ago=60_000)[0]


def test_silence_counts_in_hours_of_lessons_and_for_enrolled_devices() -> None:
    assert "Silent through 9 hours" in told(9)[0]
    assert "Silent" not in told(1)[0]
    assert sentences(device(state="retired"), 9) == ("It has not said yet how it is.",)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Nobody was signed in."),
        ({"sessions": 1, "resting": True}, "It rested outside its hours."),
        ({"sessions": 1}, "Somebody was signed in, and nothing was sensed."),
        ({"helper_restarts": 1}, "Its sensing part had to be started again once since the service started."),
        ({"spool_records": 12}, "12 records wait on it to be sent."),
        ({"spool_records": 1}, "1 record waits on it to be sent."),
        ({"on_battery": True, "battery_percent": 9}, "On battery, 9 per cent left."),
        ({"agent_version": ""}, "It told no versions."),
    ],
)
def test_states_are_sentences(changes: dict[str, Any], words: str) -> None:
    assert words in told(**changes)
