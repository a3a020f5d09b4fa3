"""The register: nothing is lost in writing it, nothing forged is read, nothing is permitted by mistake."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lamplighter_keywords.bundles.bundle import RootDocument
from lamplighter_keywords.bundles.envelope import PrivateKey, canonical, parse_canonical, seal
from lamplighter_keywords.errors import (
    BundleForeign,
    BundleMalformed,
    BundleStale,
    RegisterTooLarge,
    SignatureInvalid,
)
from lamplighter_keywords.media.medium_id import MediumId
from lamplighter_keywords.media.permission import Permission
from lamplighter_keywords.media.register import (
    MOST_REFUSED,
    REGISTER,
    REGISTER_ENVELOPE_BYTES,
    Refusal,
    Register,
    check_newer_register,
    in_order,
    read_register,
)

from tests.keywords.media.mediums import NOW, PERMISSIONS, REFUSALS, SCHOOL, permission, register

ROOT_KEY, KEY, STRANGER = (PrivateKey(secret=bytes([number]) * 32) for number in (1, 2, 3))
ROOT = RootDocument(
    organisation=SCHOOL,
    version=1,
    root_keys={ROOT_KEY.id: ROOT_KEY.public},
    threshold=1,
    signing_keys={KEY.id: KEY.public},
)
SEALED = register(permission()).seal(KEY)


def unique(permissions: list[Permission]) -> tuple[Permission, ...]:
    return tuple({one.id: one for one in permissions}.values())


@given(
    permissions=st.lists(PERMISSIONS, max_size=8).map(unique),
    refused=st.lists(REFUSALS, max_size=4).map(tuple),
)
def test_a_register_comes_back_as_it_was_signed(
    permissions: tuple[Permission, ...], refused: tuple[Refusal, ...]
) -> None:
    written = register(*permissions, refused=refused)
    assert read_register(written.seal(KEY), ROOT) == written
    assert register(*reversed(permissions), refused=refused).document() == written.document()


@given(position=st.integers(0, len(SEALED) - 1), flip=st.integers(1, 255))
def test_any_flipped_byte_is_refused(position: int, flip: int) -> None:
    damaged = bytearray(SEALED)
    damaged[position] ^= flip
    with pytest.raises((BundleMalformed, SignatureInvalid)):
        read_register(bytes(damaged), ROOT)


@given(junk=st.binary(max_size=300))
def test_junk_is_malformed(junk: bytes) -> None:
    with pytest.raises(BundleMalformed):
        read_register(junk, ROOT)


def test_only_keys_of_the_newest_root_sign() -> None:
    with pytest.raises(SignatureInvalid):
        read_register(register().seal(STRANGER), ROOT)
    with pytest.raises(SignatureInvalid):
        read_register(register().seal(ROOT_KEY), ROOT)
    with pytest.raises(SignatureInvalid):
        read_register(seal(REGISTER, register().document(), [KEY, STRANGER]), ROOT)
    with pytest.raises(SignatureInvalid):
        read_register(seal("manifest", register().document(), [KEY]), ROOT)
    rotated = replace(ROOT, version=2, signing_keys={STRANGER.id: STRANGER.public}, revoked=(KEY.id,))
    with pytest.raises(SignatureInvalid):
        read_register(SEALED, rotated)


def test_another_organisation_s_register_is_foreign() -> None:
    with pytest.raises(BundleForeign):
        read_register(register(organisation="Another School").seal(KEY), ROOT)


def test_a_version_only_rises() -> None:
    installed = register(version=7)
    check_newer_register(installed, None)
    check_newer_register(installed, register(version=7))
    check_newer_register(register(version=8), installed)
    for stale in (register(version=6), register(permission(), version=7)):
        with pytest.raises(BundleStale):
            check_newer_register(stale, installed)


def test_it_runs_out() -> None:
    held = register(permission(ends=NOW * 2))
    assert not held.expired(held.expires - 1)
    assert held.expired(held.expires)


@given(serial=st.sampled_from(["", "000", "0000000", "\0\1\2\3"]))
def test_what_can_t_be_told_from_others_is_never_permitted(serial: str) -> None:
    nobody = MediumId(bus="usb", vendor="", product="", serial=serial)
    one = register(permission(medium=nobody))
    with pytest.raises(BundleMalformed):
        read_register(one.seal(KEY), ROOT)


def test_more_than_a_register_holds_is_not_signed() -> None:
    many = [permission(number) for number in range(5_000)]
    with pytest.raises(RegisterTooLarge) as caught:
        register(*many).seal(KEY)
    assert caught.value.permissions == 5_000
    with pytest.raises(BundleMalformed, match="more than"):
        read_register(b" " * (REGISTER_ENVELOPE_BYTES + 1), ROOT)


def test_the_largest_register_is_read() -> None:
    many = register(*(permission(number) for number in range(3_000)))
    assert len(many.document()) > 700_000
    assert read_register(many.seal(KEY), ROOT) == many


CHANGES: list[dict[str, Any]] = [
    {"kind": "manifest"},
    {"format": 2},
    {"version": 0},
    {"version": True},
    {"version": 1 << 53},
    {"created": "1"},
    {"expires": 1},
    {"organisation": ""},
    {"permissions": None},
    {"permissions": [1]},
    {"permissions": [{}]},
    {"refused": None},
    {"refused": ["0" * 32]},
    {"refused": [{"request": "0" * 32}]},
    {"refused": [{"request": "wren", "until": 1}]},
    {"refused": [{"request": "0" * 32, "until": 1}] * (MOST_REFUSED + 1)},
]
PERMISSION_CHANGES: list[dict[str, Any]] = [
    {"id": ""},
    {"id": "x" * 65},
    {"medium": None},
    {"medium": {"bus": "usb"}},
    {"medium": {"bus": "usb", "vendor": 1, "product": "", "serial": "60A44C3F"}},
    {"person": ""},
    {"person": "wren"},
    {"group": "pupil"},
    {"person": "", "group": "visitor"},
    {"access": "everything"},
    {"access": None},
    {"begins": 0},
    {"ends": 1},
    {"needs_encryption": 0},
    {"only_on": "LL-0042"},
]


def signed(change: dict[str, Any], permission_change: dict[str, Any]) -> bytes:
    raw = parse_canonical(register(permission()).document(), "x")
    raw["permissions"][0].update(permission_change)
    raw.update(change)
    return seal(REGISTER, canonical(raw), [KEY])


@pytest.mark.parametrize("change", CHANGES)
def test_what_breaks_the_format_is_malformed(change: dict[str, Any]) -> None:
    with pytest.raises(BundleMalformed):
        read_register(signed(change, {}), ROOT)


@pytest.mark.parametrize("change", PERMISSION_CHANGES)
def test_a_permission_that_breaks_the_format_refuses_the_whole(change: dict[str, Any]) -> None:
    with pytest.raises(BundleMalformed):
        read_register(signed({}, change), ROOT)


def test_a_register_of_before_refusals_stood_in_it_refuses_nothing() -> None:
    raw = parse_canonical(register(permission()).document(), "x")
    del raw["refused"]
    assert read_register(seal(REGISTER, canonical(raw), [KEY]), ROOT) == register(permission())


def test_a_field_that_a_later_version_adds_is_passed_over_and_a_permission_twice_is_not() -> None:
    assert read_register(signed({"note": "later"}, {}), ROOT) == register(permission())
    twice = Register(
        organisation=SCHOOL,
        version=1,
        created=1,
        expires=2,
        permissions=in_order([permission(), permission()]),
    )
    with pytest.raises(BundleMalformed):
        read_register(twice.seal(KEY), ROOT)
