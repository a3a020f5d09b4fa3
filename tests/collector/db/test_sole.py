from pathlib import Path

import pytest
from lamplighter_collector.db.sole import sole_server
from lamplighter_collector.errors import ConfigError


def test_a_file_is_served_once_at_a_time(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.sqlite3'}"
    with sole_server(url):
        with (
            pytest.raises(ConfigError, match=r"another collector serves .*store\.sqlite3 already"),
            sole_server(url),
        ):
            pass
        with sole_server(f"sqlite:///{tmp_path / 'other.sqlite3'}"):
            pass
    with sole_server(url):
        pass


def test_a_database_may_have_several() -> None:
    url = "postgresql+psycopg:///lamplighter"
    with sole_server(url), sole_server(url):
        pass


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"), sole_server(f"sqlite:///{tmp_path}/no/store.db"):
        pass
