"""What is sealed opens on its device, whole, and nowhere else."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lamplighter_agent.backends.linux.keystore import FileKeyStore
from lamplighter_agent.bundles.seal import BundleSeal
from lamplighter_keywords.errors import BundleMalformed

PLAIN = b"a lamp in the open"


def test_what_was_sealed_opens_after_a_restart(tmp_path: Path) -> None:
    sealed = BundleSeal(FileKeyStore(tmp_path)).seal(PLAIN)
    assert BundleSeal(FileKeyStore(tmp_path)).open(sealed) == PLAIN
    assert b"lamp" not in sealed


def test_no_two_seals_are_alike(tmp_path: Path) -> None:
    seal = BundleSeal(FileKeyStore(tmp_path))
    assert seal.seal(PLAIN) != seal.seal(PLAIN)


@pytest.mark.fault
def test_neither_another_key_nor_another_id_opens_it(tmp_path: Path) -> None:
    sealed = BundleSeal(FileKeyStore(tmp_path)).seal(PLAIN)
    for name in ("device.key", "device.id"):
        path = tmp_path / name
        kept = path.read_bytes()
        path.write_bytes(bytes(32))
        with pytest.raises(BundleMalformed, match="another device"):
            BundleSeal(FileKeyStore(tmp_path)).open(sealed)
        path.write_bytes(kept)


@pytest.mark.fault
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 49), flip=st.integers(1, 255), cut=st.booleans())
def test_any_changed_byte_and_any_cut_is_seen(tmp_path: Path, at: int, flip: int, cut: bool) -> None:  # noqa: FBT001 - drawn
    seal = BundleSeal(FileKeyStore(tmp_path))
    sealed = bytearray(seal.seal(PLAIN))
    assert len(sealed) == 50
    if cut:
        del sealed[at:]
    else:
        sealed[at] ^= flip
    with pytest.raises(BundleMalformed, match="damaged"):
        seal.open(bytes(sealed))
