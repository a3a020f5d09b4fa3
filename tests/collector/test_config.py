from pathlib import Path

import pytest
from lamplighter_collector.config import Address, load
from lamplighter_collector.errors import ConfigError

SOUND = """
[organisation]
name = "Marrowby Vale School"
[ingest]
ca = "ca.pem"
certificate = "collector.pem"
key = "collector.key"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("ca.pem", "collector.pem", "collector.key"):
        (tmp_path / name).touch()
    return tmp_path


def refusal(folder: Path, text: str) -> ConfigError:
    path = folder / "collector.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(path)
    return caught.value


def test_what_is_left_out_has_a_safe_value(folder: Path) -> None:
    (folder / "collector.toml").write_text(SOUND, encoding="utf-8")
    config = load(folder / "collector.toml")
    assert config.organisation == "Marrowby Vale School"
    assert config.store_url == f"sqlite:///{folder / 'lamplighter.sqlite3'}"
    assert config.state == folder / "state"
    assert config.keys.folder == folder / "state" / "keys"
    assert config.keys.url == f"sqlite:///{folder / 'state' / 'keys' / 'ring.sqlite3'}"
    assert config.ingest.listen == config.web == Address(host="127.0.0.1", port=0)
    assert config.ingest.key == folder / "collector.key"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (SOUND + 'colour = "blue"', "ingest.colour"),
        (SOUND + "[clouds]", "clouds"),
        ("name = 1", "name"),
        (SOUND.replace("name =", "nam ="), "organisation.nam"),
        (SOUND.replace('"Marrowby Vale School"', '" "'), "organisation.name"),
        (SOUND.replace('"Marrowby Vale School"', "7"), "organisation.name"),
        (SOUND.replace('"Marrowby Vale School"', f'"{"x" * 129}"'), "organisation.name"),
        (SOUND.replace('ca = "ca.pem"', ""), "ingest.ca"),
        (SOUND.replace("ca.pem", "none.pem"), "ingest.ca"),
        (SOUND + 'listen = "somewhere"', "ingest.listen"),
        (SOUND + 'listen = "localhost:1"', "ingest.listen"),
        (SOUND + 'listen = "127.0.0.1:65536"', "ingest.listen"),
        (SOUND + '[web]\nlisten = "0.0.0.0:80"', "web.listen"),
        (SOUND + '[web]\nlisten = "192.0.2.7:80"', "web.listen"),
        (SOUND + '[store]\nurl = "postgresql://db"', "store.url"),
        (SOUND + '[store]\nurl = "sqlite://"', "store.url"),
        (SOUND + '[paths]\nstate = ""', "paths.state"),
        (SOUND + "[keys]\nfolder = 1", "keys.folder"),
        (SOUND + '[keys]\nurl = "mysql://"', "keys.url"),
    ],
)
def test_the_key_that_is_wrong_is_named(folder: Path, text: str, key: str) -> None:
    assert refusal(folder, text).key == key


def test_a_file_that_is_no_toml_or_missing_is_named(folder: Path) -> None:
    assert "collector.toml" in refusal(folder, "[").key
    with pytest.raises(ConfigError, match=r"none\.toml"):
        load(folder / "none.toml")


def test_ipv6_is_understood(folder: Path) -> None:
    (folder / "collector.toml").write_text(SOUND + '[web]\nlisten = "[::1]:8080"', encoding="utf-8")
    assert str(load(folder / "collector.toml").web) == "[::1]:8080"


def test_the_key_ring_follows_the_folders_that_are_set(folder: Path) -> None:
    sections = '[paths]\nstate = "secrets"\n[keys]\nfolder = "apart"\n'
    (folder / "collector.toml").write_text(SOUND + sections, encoding="utf-8")
    config = load(folder / "collector.toml")
    assert config.state == folder / "secrets"
    assert config.keys.url == f"sqlite:///{folder / 'apart' / 'ring.sqlite3'}"
