"""Backups of the embedded store, and what `status` says of them."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from lamplighter_collector.backups import LATE, back_up, state_of_backups
from lamplighter_collector.clock import utc_now
from lamplighter_collector.config import Config, load
from lamplighter_collector.errors import BackupFailed
from lamplighter_collector.keys.desk import prove_all

from tests.collector.stores import new_store
from tests.collector.terminal import Terminal, fill, terminal_over


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Of a store with something in it."""
    engine, url = new_store(tmp_path)
    engine.dispose()
    with terminal_over(tmp_path, url) as terminal:
        fill(terminal)
    return load(tmp_path / "collector.toml")


def test_a_backup_is_restored_with_every_sealed_field(config: Config, tmp_path: Path) -> None:
    assert state_of_backups(config)["problem"] == "no backup was ever made"
    told = back_up(config, tmp_path / "copies", keep=2)
    backup = Path(str(told["file"]))
    assert backup.stat().st_mode & 0o777 == 0o600
    store = Path(config.store_url.removeprefix("sqlite:///"))
    for log in ("-wal", "-shm"):
        store.with_name(store.name + log).unlink(missing_ok=True)
    store.write_bytes(backup.read_bytes())
    proofs = prove_all(config)
    assert sum(proof.sound for proof in proofs) > 0
    assert sum(proof.broken for proof in proofs) == 0
    assert state_of_backups(config)["problem"] == ""


def test_only_so_many_stay_and_nothing_else_is_touched(config: Config, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    made = [back_up(config, folder, keep=2) for _ in range(3)]
    assert (made[-1]["kept"], made[-1]["removed"]) == (2, 1)
    assert sorted(path.name for path in folder.iterdir()) == [
        "notes.txt",
        *(Path(str(one["file"])).name for one in made[1:]),
    ]


def test_a_damaged_store_makes_no_backup_and_status_says_so(config: Config, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    good = back_up(config, folder, keep=1)
    store = Path(config.store_url.removeprefix("sqlite:///"))
    content = bytearray(store.read_bytes())
    content[len(content) // 2 :] = bytes(len(content) - len(content) // 2)
    store.write_bytes(content)
    with pytest.raises(BackupFailed):
        back_up(config, folder, keep=1)
    assert [str(path) for path in folder.iterdir()] == [good["file"]]
    state = state_of_backups(config)
    assert state["problem"]
    assert state["file"] == good["file"]


def test_a_folder_that_can_t_be_written_or_holds_the_keys_is_refused(config: Config, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    for folder, problem in ((tmp_path / "file", "exists"), (tmp_path / "state", "holds the keys")):
        with pytest.raises(BackupFailed, match=problem):
            back_up(config, folder, keep=1)
        assert problem in str(state_of_backups(config)["problem"])


def test_a_backup_that_did_not_come_is_missed(config: Config, tmp_path: Path) -> None:
    back_up(config, tmp_path / "copies", keep=1)
    note = config.state / "backup.json"
    old = json.loads(note.read_text()) | {"at": (utc_now() - LATE - timedelta(hours=1)).isoformat()}
    note.write_text(json.dumps(old), encoding="utf-8")
    assert state_of_backups(config)["problem"] == "the last backup is more than 2 days old"


def test_the_verb_answers_and_status_tells_it(terminal: Terminal, tmp_path: Path) -> None:
    fill(terminal)
    made = terminal.run("backup", "--to", str(tmp_path / "copies"), "--keep", "3", "--json")
    state = terminal.run("status", "--json").json["backup"]
    if terminal.engine.dialect.name == "sqlite":
        assert (made.code, made.json[0]["kept"], state["problem"]) == (0, 1, "")
    else:
        assert made.code == 2
        assert "its server backs it up" in made.err
        assert "database server" in state["by"]
