"""The settings file: whole or not there, never replaced silently, never everybody's to read."""

from pathlib import Path

import pytest
from lamplighter_collector.config import config_of
from lamplighter_collector.errors import ConfigError
from lamplighter_collector.owner import owner_of
from lamplighter_collector.setup.answers import PageFiles
from lamplighter_collector.setup.page_certificate import own_making
from lamplighter_collector.setup.settings_file import (
    first_tables,
    read_tables,
    with_addresses,
    write_tables,
)

from tests.collector.setup.answering import answers, place
from tests.collector.setup.test_page_certificate import NOW


def test_what_begins_can_be_read_as_settings_and_keeps_the_keys_apart(tmp_path: Path) -> None:
    here = place(tmp_path)
    tables = first_tables(here, answers(tmp_path), own_making(here.state, ("localhost",), NOW))
    config = config_of(tables, here.config.parent)
    assert config.ingest.public == "localhost:7443"
    assert config.web.secure
    assert config.keys.folder == tmp_path / "data-keys"
    assert not config.keys.folder.is_relative_to(here.data)
    assert str(here.store) in config.store_url


def test_other_addresses_leave_the_rest_as_it_is(tmp_path: Path) -> None:
    here = place(tmp_path)
    page = PageFiles(certificate=tmp_path / "c", key=tmp_path / "k")
    before = first_tables(here, answers(tmp_path), page)
    moved = answers(tmp_path, addresses={"name": "lamp.example", "web": 443}).addresses
    assert moved is not None
    after = with_addresses(before, moved)
    assert after["web"] == {
        "listen": "0.0.0.0:443",
        "names": ["lamp.example"],
        "certificate": str(page.certificate),
        "key": str(page.key),
    }
    assert (after["store"], after["keys"]) == (before["store"], before["keys"])
    assert before["ingest"] == {"listen": "127.0.0.1:7443", "public": "localhost:7443"}


def test_a_file_is_replaced_only_on_purpose_and_its_last_words_stay(tmp_path: Path) -> None:
    path, owner = tmp_path / "etc" / "collector.toml", owner_of(tmp_path)
    write_tables(path, {"a": 1}, owner, replace=False)
    assert path.stat().st_mode & 0o777 == 0o640
    with pytest.raises(ConfigError, match="is there already, and was left as it is"):
        write_tables(path, {"a": 2}, owner, replace=False)
    assert read_tables(path) == {"a": 1}
    write_tables(path, {"a": 2}, owner, replace=True)
    assert read_tables(path) == {"a": 2}
    assert read_tables(path.with_name("collector.toml.before")) == {"a": 1}
    assert sorted(one.name for one in path.parent.iterdir()) == ["collector.toml", "collector.toml.before"]


@pytest.mark.parametrize("content", [None, b"[", b"\xff"])
def test_a_file_that_can_t_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "answers.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"answers\.toml: "):
        read_tables(path)
