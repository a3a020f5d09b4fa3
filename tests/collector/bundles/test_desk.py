"""What a technician does with bundles, through the command line of a collector that runs."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from lamplighter_collector.audit.services import entries
from lamplighter_collector.clock import utc_now
from lamplighter_collector.db.console import reading
from lamplighter_keywords.policy.policy_reading import policy_from_toml
from typer.testing import Result

from tests.collector.terminal import invoked
from tests.support.collector import Collector
from tests.support.own_lists import GOOD
from tests.support.sources import ROOT


@pytest.fixture
def collector(tmp_path: Path) -> Iterator[Collector]:
    with Collector(tmp_path) as running:
        yield running


def trail(collector: Collector) -> list[tuple[str, str, str]]:
    with reading(collector.store) as connection:
        links = list(entries(connection, collector.organisation))
    return [(link.actor, link.verb, link.object) for link in links]


def run(collector: Collector, *arguments: str) -> Result:
    """In this process: a dozen starts of Python would take half a minute."""
    return invoked("bundles", *arguments, "--config", str(collector.config))


def answered(collector: Collector, *arguments: str) -> Any:
    done = run(collector, *arguments)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def change(term: str, until: str) -> str:
    return f"""
[[severity]]
term = "{term}"
to = 2
reason = "lamps are lit here each evening"
owner = "A. Quill"
expires = {until}
"""


def test_from_the_first_version_to_a_rotation_with_keys_from_a_stick(
    collector: Collector, tmp_path: Path
) -> None:
    first = answered(collector, "show", "--json")
    assert first["version"] == 1
    assert first["policy"]["silent_days"] == 90
    assert set(first["root"]["root_keys"].values()) == {"on this machine"}

    lists = tmp_path / "lists"
    lists.mkdir()
    (lists / "lamps.en.toml").write_text(GOOD)
    policy = tmp_path / "policy.toml"
    policy.write_text("silent_days = 30")
    publish = ("publish", "--lists", str(lists), "--policy", str(policy), "--days", "20")
    published = answered(collector, *publish)
    assert (published["version"], "suicide.en" in published["lists_gone"]) == (2, True)
    second = answered(collector, "show", "--json")
    assert (second["lists"], second["terms"], second["policy"]["silent_days"]) == (1, 1, 30)

    stick = tmp_path / "stick"
    stick.mkdir()
    moved = answered(collector, "move-root-keys", str(stick))["files"]
    assert len(moved) == 3
    assert "2 root keys are needed, 0 found" in run(collector, "rotate-root").stderr
    (dropped,) = second["root"]["signing_keys"]
    files = [option for name in moved[:2] for option in ("--root-key", str(stick / name))]
    rotated = answered(collector, "rotate-root", "--drop-signing-key", dropped, "--new-root-keys", *files)
    assert rotated["root"] == 2
    third = answered(collector, "show", "--json")
    assert dropped in third["root"]["dropped_keys"]
    assert third["policy"] == second["policy"]

    versions = answered(collector, "list", "--json")
    assert [row["version"] for row in versions] == [3, 2, 1]
    assert {row["state"] for row in versions} == {"in date"}
    assert trail(collector) == [
        ("collector", "root-rotated", "root 1"),
        ("collector", "bundle-published", "bundle 1"),
        ("console", "bundle-published", "bundle 2"),
        ("console", "root-keys-moved", "root 1"),
        ("console", "root-rotated", "root 2"),
        ("console", "bundle-published", "bundle 3"),
    ]


def test_changes_of_the_school_s_own_are_published_shown_and_on_record(
    collector: Collector, tmp_path: Path
) -> None:
    lists, path = tmp_path / "lists", tmp_path / "overrides.toml"
    lists.mkdir()
    (lists / "lamps.en.toml").write_text(GOOD)
    until = (utc_now().date() + timedelta(days=30)).isoformat()
    path.write_text(change("la-1", until))
    with_both = ("publish", "--lists", str(lists), "--overrides", str(path))
    published = answered(collector, *with_both)
    assert published.pop("lists_gone")
    assert published == {"version": 2, "overrides": 1, "look_at": []}
    shown = {"term": "la-1", "change": "severity 2", "until": until}
    assert answered(collector, "show", "--json")["overrides"] == [shown]
    later = answered(collector, "publish", "--shipped-lists")
    assert later["overrides"] == 1
    assert "there is no such term" in later["look_at"][0]
    assert "no such term" in run(collector, "publish", "--overrides", str(path)).stderr
    path.write_text("")
    assert answered(collector, "publish", "--overrides", str(path)) == {"version": 4}
    assert answered(collector, "show", "--json")["overrides"] == []
    verb = "overrides-published"
    rows = [row for row in trail(collector) if row[1] == verb]
    assert rows == [("console", verb, "overrides, 1 changes"), ("console", verb, "overrides, 0 changes")]


@pytest.mark.timeout(300)  # all lists, three times
def test_lists_of_a_school_s_own_stand_beside_the_shipped_ones_and_are_missed(
    collector: Collector, tmp_path: Path
) -> None:
    lists = tmp_path / "lists"
    lists.mkdir()
    (lists / "lamps.en.toml").write_text(GOOD)
    before = answered(collector, "show", "--json")
    both = ("publish", "--shipped-lists", "--lists", str(lists))
    assert answered(collector, *both) == {"version": 2}
    after = answered(collector, "show", "--json")
    assert (after["lists"], after["terms"]) == (before["lists"] + 1, before["terms"] + 1)
    assert answered(collector, "publish", "--shipped-lists") == {"version": 3, "lists_gone": ["lamps.en"]}


def test_what_lint_says_of_a_school_s_own_is_said_whole_and_publishes_nothing(
    collector: Collector, tmp_path: Path
) -> None:
    lists, path = tmp_path / "lists", tmp_path / "overrides.toml"
    lists.mkdir()
    (lists / "lamps.en.toml").write_text(GOOD.replace('note = "Said', '# "Said'))
    (lists / "wicks.en.toml").write_text(GOOD.replace("lamps.en", "wicks.en"))
    path.write_text(change("la-9", "2027-01-31") + change("la-8", "2027-01-31"))
    before = len(answered(collector, "list", "--json"))
    done = run(collector, "publish", "--lists", str(lists), "--overrides", str(path))
    assert (done.exit_code, done.stdout) == (2, "")
    head, *faults = done.stderr.splitlines()
    assert head == f"nothing was published: {len(faults)} problems to mend first"
    said = "\n".join(faults)
    for part in (
        "lamps.en.toml:17: la-1: a note is missing",
        "wicks.en.toml:17: la-1: the id is already used",
    ):
        assert part in said
    assert len(answered(collector, "list", "--json")) == before


def test_a_change_that_is_over_stops_nothing_and_is_told(collector: Collector, tmp_path: Path) -> None:
    path = tmp_path / "overrides.toml"
    until = (utc_now().date() + timedelta(days=30)).isoformat()
    path.write_text(change("ga-0001", "2026-01-31") + change("ga-0002", until))
    published = answered(collector, "publish", "--overrides", str(path))
    assert (published["version"], published["overrides"]) == (2, 1)
    (told,) = published["look_at"]
    assert told.startswith("overrides.toml:2: ga-0001: ended on 2026-01-31, so the list is as supplied again")
    (kept,) = answered(collector, "show", "--json")["overrides"]
    assert kept["term"] == "ga-0002"
    path.write_text(change("ga-0001", "2026-01-31"))
    assert answered(collector, "publish", "--overrides", str(path)) == {
        "version": 3,
        "overrides": 0,
        "look_at": [told],
    }


REFUSED = [
    (("publish", "--lists", "/nowhere"), "no lists"),
    (("publish", "--policy", "/nowhere"), "No such file"),
    (("publish", "--lists", "/nowhere", "--shipped-lists"), "no lists"),
    (("publish", "--days", "0"), "--days"),
    (("rotate-root", "--root-key", "/nowhere"), "No such file"),
    (("rotate-root", "--drop-signing-key", "0123456789abcdef"), "names no signing key"),
    (("move-root-keys", "/nowhere"), "/nowhere is no folder"),
]


def test_what_can_t_be_done_is_said_and_changes_nothing(collector: Collector, tmp_path: Path) -> None:
    before = answered(collector, "show", "--json")
    bad = tmp_path / "bad.toml"
    bad.write_text("silent_days = true")
    named = (("publish", "--policy", str(bad)), "bad.toml: ")
    for arguments, problem in (*REFUSED, named):
        done = run(collector, *arguments)
        assert (done.exit_code, done.stdout) == (2, "")
        assert problem in done.stderr
    assert answered(collector, "show", "--json") == before


def test_the_policy_in_the_technician_s_guide_is_one() -> None:
    guide = (ROOT / "collector" / "README.md").read_text(encoding="utf-8")
    (example,) = [part for part in guide.split("```toml\n")[1:] if part.startswith("silent_days")]
    policy = policy_from_toml(example.partition("```")[0])
    assert policy.staff_dpia == "DPIA 2026-04"
