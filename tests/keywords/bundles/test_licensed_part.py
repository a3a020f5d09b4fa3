"""Licensed lists as a part of a bundle: sealed, whole, and refused where anything is wrong."""

from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st
from lamplighter_keywords.bundles.envelope import canonical, parse_canonical
from lamplighter_keywords.bundles.licensed import MOST_LISTS
from lamplighter_keywords.bundles.licensed_part import (
    LARGEST_PART,
    SealedLists,
    open_licensed,
    seal_licensed,
)
from lamplighter_keywords.errors import BundleMalformed

from tests.keywords.bundles.test_licensed import made

LISTS = (made("quibblefen", "mud lark song"), made("lark", list_id="partner-2"))
SEALED = seal_licensed(LISTS)
NONCE, BOUND_TO = bytes(12), b"lamplighter licensed lists"


def changed(change: Callable[[dict[str, object]], object]) -> SealedLists:
    """Seal again what was sealed, with something of its first list changed."""
    document = parse_canonical(AESGCM(SEALED.key).decrypt(NONCE, SEALED.content, BOUND_TO), "")
    change(document["lists"][0])
    return SealedLists(
        content=AESGCM(SEALED.key).encrypt(NONCE, canonical(document), BOUND_TO), key=SEALED.key
    )


def test_what_was_sealed_comes_back() -> None:
    assert open_licensed(SEALED) == LISTS


def test_each_seal_has_a_key_of_its_own() -> None:
    again = seal_licensed(LISTS)
    assert again.key != SEALED.key
    assert again.content != SEALED.content


def test_nothing_of_it_can_be_read() -> None:
    for word in (b"quibble", b"lark", b"partner", b"Example"):
        assert word not in SEALED.content
    assert "partner" not in repr(SEALED)


def test_another_key_opens_nothing() -> None:
    for key in (seal_licensed(LISTS).key, b"", b"short"):
        with pytest.raises(BundleMalformed, match="key"):
            open_licensed(SealedLists(content=SEALED.content, key=key))


@settings(max_examples=30)
@given(position=st.integers(0, len(SEALED.content) - 1), flip=st.integers(1, 255))
def test_any_flipped_byte_is_refused(position: int, flip: int) -> None:
    damaged = bytearray(SEALED.content)
    damaged[position] ^= flip
    with pytest.raises(BundleMalformed):
        open_licensed(SealedLists(content=bytes(damaged), key=SEALED.key))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("severity", 9),
        ("severity", 1),
        ("severity", "5"),
        ("longest", 0),
        ("longest", 7),
        ("entries", "AAAA"),
        ("entries", ""),
        ("entries", "A" * 32),
        ("firsts", ""),
        ("firsts", 1),
        ("key", "AAAA"),
        ("id", ""),
        ("id", "partner-2"),
        ("provider", "a\nb"),
        ("theme", None),
        ("fold", 1),
        ("expires", 1),
        ("expires", 1 << 60),
        ("imported", True),
    ],
)
def test_what_no_list_can_say_is_refused(field: str, value: object) -> None:
    with pytest.raises(BundleMalformed, match="licensed"):
        open_licensed(changed(lambda one: one.update({field: value})))


def test_a_missing_field_and_another_format() -> None:
    with pytest.raises(BundleMalformed):
        open_licensed(changed(lambda one: one.pop("key")))
    other = canonical({"format": 2, "lists": []})
    with pytest.raises(BundleMalformed, match="format"):
        open_licensed(SealedLists(content=AESGCM(SEALED.key).encrypt(NONCE, other, BOUND_TO), key=SEALED.key))


def test_one_digest_twice_is_refused() -> None:
    def doubled(one: dict[str, object]) -> None:
        one["entries"] = str(one["entries"])[:16] * 2

    with pytest.raises(BundleMalformed):
        open_licensed(changed(doubled))


def test_too_large_or_too_many() -> None:
    with pytest.raises(BundleMalformed, match="too large"):
        open_licensed(SealedLists(content=bytes(LARGEST_PART + 1), key=SEALED.key))
    with pytest.raises(BundleMalformed, match="of at most"):
        seal_licensed([made("lark", list_id=f"partner-{number}") for number in range(MOST_LISTS + 1)])
