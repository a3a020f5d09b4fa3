from pathlib import Path

import pytest

from installers.quickstart import places as module
from installers.quickstart.places import places


@pytest.fixture
def migrations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "0001.py").write_text("first")
    monkeypatch.setattr(module, "MIGRATIONS", folder)
    monkeypatch.setenv("STATE", str(tmp_path / "demo"))
    return folder


def test_a_second_run_finds_the_store_again(migrations: Path) -> None:
    kept = places().collector_state / "collector.db"
    kept.write_text("rows")
    assert places().collector_state / "collector.db" == kept
    assert kept.exists()


def test_another_schema_begins_with_a_new_store(migrations: Path) -> None:
    old = places().collector_state / "collector.db"
    old.write_text("rows")
    (migrations / "0001.py").write_text("changed")
    assert places().collector_state.is_dir()
    assert not old.exists()
