"""Envelopes: one spelling of everything, and not a byte that could be changed."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lamplighter_keywords.bundles.envelope import (
    ENVELOPE_BYTES,
    PrivateKey,
    canonical,
    key_id,
    parse_canonical,
    seal,
    unseal,
)
from lamplighter_keywords.errors import BundleMalformed, SignatureInvalid

ONE, TWO, STRANGER = (PrivateKey(secret=bytes([number]) * 32) for number in (1, 2, 3))
KEYS = {key.id: key.public for key in (ONE, TWO)}
SEALED = seal("manifest", b'{"a":1}', [ONE, TWO])


def verified(envelope: bytes, kind: str = "manifest", threshold: int = 2) -> bytes:
    read = unseal(kind, envelope)
    read.only(kind, KEYS)
    read.require(kind, KEYS, threshold)
    return read.document


def test_what_was_sealed_is_read() -> None:
    assert verified(SEALED) == b'{"a":1}'


def test_sealing_again_gives_the_same_bytes() -> None:
    assert seal("manifest", b'{"a":1}', [TWO, ONE]) == SEALED


def test_a_key_is_named_by_what_it_is_and_never_shown() -> None:
    assert key_id(ONE.public) == ONE.id
    assert len(ONE.id) == 16
    assert ONE.secret.hex() not in repr(ONE)
    assert PrivateKey.generate().id != PrivateKey.generate().id


@given(position=st.integers(0, len(SEALED) - 1), flip=st.integers(1, 255))
def test_any_flipped_byte_is_refused(position: int, flip: int) -> None:
    damaged = bytearray(SEALED)
    damaged[position] ^= flip
    with pytest.raises((BundleMalformed, SignatureInvalid)):
        verified(bytes(damaged))


@given(length=st.integers(0, len(SEALED) - 1))
def test_any_truncation_is_refused(length: int) -> None:
    with pytest.raises(BundleMalformed):
        unseal("manifest", SEALED[:length])


@given(junk=st.binary(max_size=200))
def test_junk_is_refused_as_malformed(junk: bytes) -> None:
    with pytest.raises(BundleMalformed):
        unseal("manifest", junk)


@given(
    value=st.dictionaries(
        st.text(),
        st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists),
    )
)
def test_json_of_any_shape_is_malformed_or_read(value: dict[str, object]) -> None:
    with pytest.raises(BundleMalformed):
        unseal("manifest", json.dumps(value).encode())


def test_a_signature_of_another_kind_is_none() -> None:
    with pytest.raises(SignatureInvalid):
        verified(SEALED, kind="root")


def test_a_stranger_s_signature_does_not_count_and_is_not_carried() -> None:
    with pytest.raises(SignatureInvalid):
        unseal("manifest", seal("manifest", b"{}", [STRANGER])).require("manifest", KEYS, 1)
    with pytest.raises(SignatureInvalid):
        unseal("manifest", seal("manifest", b"{}", [ONE, STRANGER])).only("manifest", KEYS)


def test_fewer_than_the_threshold_are_too_few() -> None:
    read = unseal("root", seal("root", b"{}", [ONE]))
    read.require("root", KEYS, 1)
    for threshold in (0, 2):
        with pytest.raises(SignatureInvalid):
            read.require("root", KEYS, threshold)


def test_an_envelope_has_signatures_and_a_size() -> None:
    with pytest.raises(BundleMalformed):
        unseal("root", seal("root", b"{}", []))
    with pytest.raises(BundleMalformed, match="more than"):
        unseal("root", seal("root", b" " * ENVELOPE_BYTES, [ONE]))


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a": 1}',
        b'{"b":1,"a":1}',
        b'{"a":1,"a":1}',
        b"[1]",
        b'{"a":"\\ud800"}',
        b'{"a":NaN}',
        b"[" * 100_000,
        b"\xff",
        b'{"a":"\\u0041"}',
    ],
)
def test_there_is_one_spelling(raw: bytes) -> None:
    with pytest.raises(BundleMalformed, match="this part"):
        parse_canonical(raw, "this part")


def test_canonical_keeps_every_language() -> None:
    value = {"b": ["ŵy", "مرحبا"], "a": 1}
    assert parse_canonical(canonical(value), "x") == value
