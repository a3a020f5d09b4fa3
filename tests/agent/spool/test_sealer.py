"""What a seal holds together, and what opens nothing."""

from pathlib import Path

import pytest
from lamplighter_agent.backends.linux.keystore import FileKeyStore
from lamplighter_agent.errors import KeyUnavailable, RecordDamaged
from lamplighter_agent.spool.losses import Reason
from lamplighter_agent.spool.sealer import Sealer

from tests.agent.spool.making import DEVICE, DEVICE_KEY, appended, drained, losses, opened, sealer


def test_a_later_start_opens_what_an_earlier_one_sealed() -> None:
    header, seal = sealer().new_segment(4)
    assert sealer().known_segment(header, 4).open(9, seal.seal(9, b"words")) == b"words"


def test_two_starts_never_share_a_key() -> None:
    first, _ = sealer().new_segment(1)
    second, _ = sealer().new_segment(1)
    assert first.wrapped_key != second.wrapped_key
    assert first.key_id != second.key_id


def test_a_record_opens_only_at_its_own_place() -> None:
    one = sealer()
    header, seal = one.new_segment(4)
    sealed = seal.seal(9, b"words")
    with pytest.raises(RecordDamaged):
        seal.open(10, sealed)
    with pytest.raises(RecordDamaged):
        one.known_segment(header, 5).open(9, sealed)


@pytest.mark.parametrize("other", [(bytes(32), DEVICE), (DEVICE_KEY, "laptop-018")])
def test_another_key_or_device_opens_nothing(other: tuple[bytes, str]) -> None:
    header, _ = sealer().new_segment(4)
    with pytest.raises(RecordDamaged):
        sealer(*other).known_segment(header, 4)


def test_a_key_of_a_wrong_size_is_refused() -> None:
    with pytest.raises(KeyUnavailable):
        Sealer(device_key=b"short", device_id=DEVICE)


def test_erasing_the_device_key_erases_the_spool(tmp_path: Path) -> None:
    keys = FileKeyStore(tmp_path / "keys")
    spool = opened(tmp_path / "spool", key=keys.device_key())
    appended(spool, 3)
    spool.close()
    keys.erase()
    spool = opened(tmp_path / "spool", key=keys.device_key())
    assert losses(drained(spool)) == {Reason.REASON_SPOOL_DAMAGED: 3}


def test_a_sealer_takes_its_key_from_a_store(tmp_path: Path) -> None:
    keys = FileKeyStore(tmp_path)
    header, seal = Sealer.from_store(keys).new_segment(1)
    again = Sealer(device_key=keys.device_key(), device_id=keys.device_id()).known_segment(header, 1)
    assert again.open(1, seal.seal(1, b"words")) == b"words"
