"""Verbs over a store that no collector has run on."""

from pathlib import Path

import pytest

from tests.collector.terminal import Terminal, run
from tests.support.collector import Collector

ASKED = [
    ["status"],
    ["incidents"],
    ["detections"],
    ["losses"],
    ["audit", "list"],
    ["audit", "verify"],
    ["devices", "list"],
    ["devices", "revoke", "lap-17", "--why", "stolen"],
    ["tokens", "list"],
    ["bundles", "list"],
    ["bundles", "show"],
    ["keys", "show"],
    ["keys", "prove"],
]


@pytest.mark.parametrize("arguments", ASKED, ids=" ".join)
def test_a_store_never_started_is_told_plainly_and_none_is_made(tmp_path: Path, arguments: list[str]) -> None:
    store = tmp_path / "new.db"
    collector = Collector(tmp_path, store=f"sqlite:///{store}")
    collector.write_config()
    answer = run(collector.config, *arguments)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("no collector has run on this store yet")
    assert not store.exists()


def test_an_empty_database_was_never_started(tmp_path: Path) -> None:
    store = tmp_path / "new.db"
    store.touch()
    collector = Collector(tmp_path, store=f"sqlite:///{store}")
    collector.write_config()
    assert "no collector has run" in run(collector.config, "status").err


@pytest.mark.fault
def test_a_key_ring_that_is_missed_is_no_first_start(filled: Terminal) -> None:
    for file in filled.config.keys.folder.glob("master-*"):
        file.unlink()
    assert "key ring is empty" in filled.run("keys", "show").err
