import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from lamplighter_collector.config import Address, IngestConfig
from lamplighter_collector.errors import ConfigError
from lamplighter_collector.rpc.server import build, credentials_of

from tests.support.certificates import Authority


async def nobody(*_: object) -> None:
    """Handler that is never called."""


@pytest.fixture
def config(tmp_path: Path) -> IngestConfig:
    files = Authority("Marrowby Vale School", tmp_path).collector()
    loopback = Address(host="127.0.0.1", port=0)
    return IngestConfig(listen=loopback, ca=files.ca, certificate=files.certificate, key=files.key)


def missing(config: IngestConfig, name: str) -> None:
    getattr(config, name).unlink()


def damaged(config: IngestConfig, name: str) -> None:
    getattr(config, name).write_bytes(b"-----BEGIN NOTHING-----")


def test_sound_files_are_taken(config: IngestConfig) -> None:
    assert credentials_of(config)


@pytest.mark.parametrize("name", ["ca", "certificate", "key"])
@pytest.mark.parametrize("harm", [missing, damaged])
def test_never_weaker_than_mutual_tls(
    config: IngestConfig, name: str, harm: Callable[[IngestConfig, str], None]
) -> None:
    harm(config, name)
    with pytest.raises(ConfigError) as refusal:
        credentials_of(config)
    assert refusal.value.key == f"ingest.{name}"


def test_a_key_of_another_certificate_is_refused(config: IngestConfig, tmp_path: Path) -> None:
    other = Authority("Marrowby Vale School", tmp_path / "other").collector()
    shutil.copy(other.key, config.key)
    with pytest.raises(ConfigError, match=r"ingest\.key"):
        credentials_of(config)


def test_an_expired_certificate_is_refused(config: IngestConfig, tmp_path: Path) -> None:
    old = Authority("Marrowby Vale School", tmp_path / "old").expired_device("collector")
    with pytest.raises(ConfigError, match=r"ingest\.certificate"):
        credentials_of(replace(config, certificate=old.certificate, key=old.key))


async def test_port_0_becomes_a_real_one_and_a_taken_one_is_named(config: IngestConfig) -> None:
    server, address = build(config, nobody)
    assert address.port > 0
    await server.start()
    try:
        with pytest.raises(ConfigError, match=r"ingest\.listen"):
            build(replace(config, listen=address), nobody)
    finally:
        await server.stop(None)
