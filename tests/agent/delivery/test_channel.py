"""Mutual TLS or nothing: what is refused before a byte is sent, and by which words."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lamplighter_agent.delivery.channel import MutualTls
from lamplighter_agent.errors import NotEnrolled

from tests.support.certificates import Authority
from tests.support.channels import tls_of
from tests.support.clock import SteppedClock


@pytest.fixture
def tls(tmp_path: Path) -> MutualTls:
    return tls_of(Authority("Marrowby Vale School", tmp_path).device("laptop-017"), "localhost:1")


async def test_a_sound_identity_opens_a_channel(tls: MutualTls) -> None:
    await tls.open().close()
    await replace(tls, server_name="collector.marrowby.example").open().close()


@pytest.mark.parametrize("what", ["ca", "certificate", "key"])
@pytest.mark.parametrize("content", [None, b"", b"  \n", b"not PEM"])
def test_a_missing_empty_or_foreign_file_is_refused(tls: MutualTls, what: str, content: bytes | None) -> None:
    path: Path = getattr(tls, what)
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)
    with pytest.raises(NotEnrolled):
        tls.open()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_key_that_others_can_read_is_refused(tls: MutualTls, mode: int) -> None:
    tls.key.chmod(mode)
    with pytest.raises(NotEnrolled, match="others"):
        tls.open()


def test_a_key_of_another_certificate_is_refused(tls: MutualTls, tmp_path: Path) -> None:
    other = Authority("Somebody Else", tmp_path / "other").device("laptop-017")
    with pytest.raises(NotEnrolled, match="does not belong"):
        replace(tls, key=other.key).open()


@pytest.mark.parametrize(("year", "words"), [(4000, "expired on"), (1990, "not valid before")])
def test_a_certificate_out_of_its_time_is_named(tls: MutualTls, year: int, words: str) -> None:
    clock = SteppedClock(datetime(year, 1, 1, tzinfo=UTC))
    with pytest.raises(NotEnrolled, match=words):
        replace(tls, clock=clock).open()
