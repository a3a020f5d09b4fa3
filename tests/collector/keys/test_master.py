"""A master key by itself. What a ring does with it: test_ring."""

import pytest
from lamplighter_collector.errors import SealBroken
from lamplighter_collector.keys.master import KEY_BYTES, MasterKey, id_of, place_of

ONE, OTHER = bytes(KEY_BYTES), bytes([1]) * KEY_BYTES
HERE = place_of("Larkhill", "a" * 32, 1)


def test_a_wrapped_key_opens_with_its_master_in_its_place_alone() -> None:
    master = MasterKey(ONE)
    wrapped = master.wrap(b"secret", HERE)
    assert master.unwrap(wrapped, HERE) == b"secret"
    assert wrapped != master.wrap(b"secret", HERE)
    elsewhere = place_of("Larkhill", "a" * 32, 2)
    for key, sealed, place in (
        (MasterKey(OTHER), wrapped, HERE),
        (master, wrapped, elsewhere),
        (master, wrapped[:-1] + bytes([wrapped[-1] ^ 1]), HERE),
    ):
        with pytest.raises(SealBroken):
            key.unwrap(sealed, place)


def test_a_master_key_is_known_again() -> None:
    check = MasterKey(ONE).check()
    assert MasterKey(ONE).fits(check)
    assert not MasterKey(OTHER).fits(check)
    assert repr(MasterKey(ONE)) == f"MasterKey({id_of(ONE)})"
