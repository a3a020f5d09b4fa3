"""Laptops in a terminal: short, and with what somebody should look into."""

from typing import Any

from lamplighter_collector.commands.device_lines import all_lines, attention, short_lines

TITLES = {"sensor": "titles", "backend": "", "working": False, "reason": "no desktop", "remedy": ""}
HEALTH = {"clock_behind_ms": 0, "capabilities": [], "sensing": True}


def record(**changes: Any) -> dict[str, Any]:
    fields = {
        "device": "AV-1",
        "state": "enrolled",
        "why": "",
        "seen": "2026-11-22T09:00:00Z",
        "superseded": "",
        "copied": "",
        "ended": "",
        "bundle": 7,
        "bundle_state": "current",
        "bundle_problem": "",
        "health": HEALTH,
    }
    return fields | changes


def test_a_laptop_that_is_well_is_one_line_in_columns() -> None:
    ended = record(device="AV-100", state="retired", ended="2026-11-20T09:00:00Z", why="sold", bundle=0)
    assert list(short_lines([record(), ended])) == [
        "AV-1    enrolled  seen 2026-11-22T09:00:00Z",
        "AV-100  retired   seen 2026-11-22T09:00:00Z",
        "  - ended 2026-11-20T09:00:00Z (sold)",
    ]
    assert list(short_lines([])) == []


def test_what_needs_attention_is_named_and_nothing_longer() -> None:
    ill = record(
        superseded="2026-11-20T09:00:00Z",
        copied="2026-11-21T09:00:00Z",
        bundle_state="refused",
        bundle_problem="bad-signature",
        health=HEALTH | {"clock_behind_ms": -300_000, "capabilities": [TITLES, TITLES]},
    )
    assert list(attention(ill)) == [
        "asked with an old copy of its certificate on 2026-11-20T09:00:00Z: enrol it again",
        "another machine has a copy of its disk, told on 2026-11-21T09:00:00Z: enrol that one by itself",
        "signed lists: version 7, refused (bad-signature)",
        "its clock is 5 minutes ahead",
        "does not work: titles",
    ]
    assert list(attention(record(health=None))) == ["has not said yet how it is"]
    assert max(map(len, short_lines([ill]))) < 100


def test_all_of_a_laptop_is_a_line_for_each_field() -> None:
    lines = list(all_lines(record(health=HEALTH | {"capabilities": [TITLES]})))
    assert "bundle problem: none" in lines
    assert "    titles: does not work, no desktop" in lines
    assert "  sensing: yes" in lines
