from pathlib import Path

import pytest
from lamplighter_collector.config import Address, Listener, load
from lamplighter_collector.errors import ConfigError

SOUND = """
[organisation]
name = "Marrowby Vale School"
[ingest]
"""
TLS = '[web]\ncertificate = "page.pem"\nkey = "page.key"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("page.pem", "page.key", "open.key"):
        (tmp_path / name).touch(mode=0o644 if name == "open.key" else 0o600)
    return tmp_path


def refusal(folder: Path, text: str) -> ConfigError:
    path = folder / "collector.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(path)
    return caught.value


def test_what_is_left_out_has_a_safe_value(tmp_path: Path) -> None:
    (tmp_path / "collector.toml").write_text(SOUND, encoding="utf-8")
    config = load(tmp_path / "collector.toml")
    assert config.organisation == "Marrowby Vale School"
    assert config.store_url == f"sqlite:///{tmp_path / 'lamplighter.sqlite3'}"
    assert config.state == tmp_path / "state"
    assert config.keys.folder == tmp_path / "state" / "keys"
    assert config.keys.url == f"sqlite:///{tmp_path / 'state' / 'keys' / 'ring.sqlite3'}"
    loopback = Address(host="127.0.0.1", port=0)
    assert config.ingest == config.enrolment == Listener(listen=loopback, public="")
    assert config.web.listen == loopback
    assert not config.web.secure
    assert config.web.names == {"127.0.0.1", "localhost", "::1"}


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
        (SOUND + 'ca = "ca.pem"', "ingest.ca"),
        (SOUND + 'public = "somewhere"', "ingest.public"),
        (SOUND + 'public = "two words:1"', "ingest.public"),
        (SOUND + 'listen = "0.0.0.0:7443"', "ingest.public"),
        (SOUND + '[enrolment]\nlisten = "[::]:7444"', "enrolment.public"),
        (SOUND + '[enrolment]\nlisten = "nowhere"', "enrolment.listen"),
        (SOUND + 'listen = "somewhere"', "ingest.listen"),
        (SOUND + 'listen = "localhost:1"', "ingest.listen"),
        (SOUND + 'listen = "127.0.0.1:65536"', "ingest.listen"),
        (SOUND + '[web]\nlisten = "0.0.0.0:80"', "web.certificate"),
        (SOUND + '[web]\nlisten = "192.0.2.7:80"', "web.certificate"),
        (SOUND + TLS + 'listen = "192.0.2.7:443"', "web.names"),
        (SOUND + '[web]\ncertificate = "page.pem"', "web.key"),
        (SOUND + '[web]\nkey = "page.key"', "web.certificate"),
        (SOUND + '[web]\nkey = "none.pem"', "web.key"),
        (SOUND + TLS.replace("page.key", "open.key"), "web.key"),
        (SOUND + '[web]\nnames = "lamp.example"', "web.names"),
        (SOUND + '[web]\nnames = ["Lamp.example"]', "web.names"),
        (SOUND + '[web]\nnames = ["lamp.example:443"]', "web.names"),
        (SOUND + '[web]\nnames = ["*"]', "web.names"),
        (SOUND + "[web]\nnames = [7]", "web.names"),
        (SOUND + '[store]\nurl = "postgresql://db"', "store.url"),
        (SOUND + '[store]\nurl = "sqlite://"', "store.url"),
        (SOUND + '[paths]\nstate = ""', "paths.state"),
        (SOUND + "[keys]\nfolder = 1", "keys.folder"),
        (SOUND + '[keys]\nurl = "mysql://"', "keys.url"),
    ],
)
def test_the_key_that_is_wrong_is_named(folder: Path, text: str, key: str) -> None:
    assert refusal(folder, text).key == key


def test_a_file_that_is_no_toml_or_missing_is_named(tmp_path: Path) -> None:
    assert "collector.toml" in refusal(tmp_path, "[").key
    with pytest.raises(ConfigError, match=r"none\.toml: no such file: run `lamplighter-collector setup`"):
        load(tmp_path / "none.toml")


def test_ipv6_is_understood(tmp_path: Path) -> None:
    (tmp_path / "collector.toml").write_text(SOUND + '[web]\nlisten = "[::1]:8080"', encoding="utf-8")
    assert str(load(tmp_path / "collector.toml").web.listen) == "[::1]:8080"


def test_the_key_ring_follows_the_folders_that_are_set(tmp_path: Path) -> None:
    sections = '[paths]\nstate = "secrets"\n[keys]\nfolder = "apart"\n'
    (tmp_path / "collector.toml").write_text(SOUND + sections, encoding="utf-8")
    config = load(tmp_path / "collector.toml")
    assert config.state == tmp_path / "secrets"
    assert config.keys.url == f"sqlite:///{tmp_path / 'apart' / 'ring.sqlite3'}"


@pytest.mark.parametrize("public", ["lamplighter.example:7443", "192.0.2.7:7443", "[2001:db8::7]:7443"])
def test_devices_are_told_the_public_address(tmp_path: Path, public: str) -> None:
    text = f'{SOUND}listen = "0.0.0.0:7443"\npublic = "{public}"'
    (tmp_path / "collector.toml").write_text(text, encoding="utf-8")
    ingest = load(tmp_path / "collector.toml").ingest
    assert ingest.told(Address(host="0.0.0.0", port=7443)) == public


def test_a_password_is_for_the_settings_file_alone_and_in_no_repr(tmp_path: Path) -> None:
    path = tmp_path / "collector.toml"
    text = SOUND + '[store]\nurl = "postgresql+psycopg://u:zebra@localhost/store"'
    path.touch(mode=0o644)
    refused = refusal(tmp_path, text)
    assert refused.key == "store.url"
    assert "zebra" not in str(refused)
    path.chmod(0o640)
    assert "zebra" not in repr(load(path))


def test_beyond_this_machine_the_page_has_tls_and_names(folder: Path) -> None:
    (folder / "collector.toml").write_text(
        SOUND + TLS + 'listen = "192.0.2.7:443"\nnames = ["lamp.marrowby.example", "lamp"]', encoding="utf-8"
    )
    web = load(folder / "collector.toml").web
    assert web.secure
    assert (web.certificate, web.key) == (folder / "page.pem", folder / "page.key")
    assert web.names == {"lamp.marrowby.example", "lamp"}
