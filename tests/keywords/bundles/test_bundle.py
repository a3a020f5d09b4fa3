"""Roots and manifests: who may sign what, which version may follow which, and every way to be refused."""

from contextlib import suppress
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lamplighter_keywords.authoring.overrides import Override
from lamplighter_keywords.bundles.bundle import (
    KEYWORDS,
    LARGEST_NUMBER,
    LARGEST_STEP,
    MANIFEST,
    POLICY,
    ROOT,
    Bundle,
    Manifest,
    RootDocument,
    check_newer,
    follow_roots,
    read_bundle,
    read_manifest,
    read_root,
)
from lamplighter_keywords.bundles.compiled import compile_pack, read_pack
from lamplighter_keywords.bundles.envelope import PrivateKey, canonical, parse_canonical, seal, unseal
from lamplighter_keywords.bundles.licensed_part import LICENSED, LICENSED_KEY, seal_licensed
from lamplighter_keywords.bundles.overrides_part import OVERRIDES, overrides_document
from lamplighter_keywords.errors import (
    BundleError,
    BundleForeign,
    BundleLeaps,
    BundleMalformed,
    BundleStale,
    BundleTooNew,
    SignatureInvalid,
)
from lamplighter_keywords.matcher import Matcher
from lamplighter_keywords.policy.device_policy import DevicePolicy
from lamplighter_keywords.terms import Source, UserKind

from tests.keywords.bundles.test_licensed import made
from tests.keywords.signing import ROOTS, SCHOOL, SIGNER, key, manifest, parts, public, root

PARTS = parts()
FIRST = root()
FIRST_SEALED = FIRST.seal(ROOTS[:2])
MANIFEST_SEALED = manifest(PARTS).seal(SIGNER)
NEW_SIGNER = key(11)
SECOND = root(version=2, signing_keys=public(NEW_SIGNER), revoked=(SIGNER.id,))


def read_first(envelope: bytes) -> RootDocument:
    return read_root(envelope, organisation=SCHOOL, before=None)


def read_second(envelope: bytes) -> RootDocument:
    return read_root(envelope, organisation=SCHOOL, before=FIRST)


def whole(envelope: bytes, content: dict[str, bytes]) -> Bundle:
    return read_bundle(read_manifest(envelope, FIRST), FIRST, content)


def changed(envelope: bytes, kind: str, keys: tuple[PrivateKey, ...], /, **fields: object) -> bytes:
    """Sign again what an envelope holds, with some fields changed."""
    document = parse_canonical(unseal(kind, envelope).document, kind)
    return seal(kind, canonical({**document, **fields}), keys)


def test_a_bundle_is_read_and_its_lists_match() -> None:
    bundle = whole(MANIFEST_SEALED, PARTS)
    found = Matcher(bundle.pack).match("a lamp", source=Source.TYPED, user_kind=UserKind.PUPIL)
    assert [match.term for match in found] == ["la-1"]
    assert bundle.policy == DevicePolicy()
    assert (bundle.root, bundle.manifest.version) == (FIRST, 1)


@given(position=st.integers(0, len(MANIFEST_SEALED) - 1), flip=st.integers(1, 255))
def test_any_flipped_byte_of_a_manifest_is_refused(position: int, flip: int) -> None:
    damaged = bytearray(MANIFEST_SEALED)
    damaged[position] ^= flip
    with pytest.raises(BundleError):
        read_manifest(bytes(damaged), FIRST)


@given(position=st.integers(0, len(FIRST_SEALED) - 1), flip=st.integers(1, 255))
def test_any_flipped_byte_of_a_root_is_refused(position: int, flip: int) -> None:
    damaged = bytearray(FIRST_SEALED)
    damaged[position] ^= flip
    with pytest.raises(BundleError):
        read_first(bytes(damaged))


@settings(max_examples=50)
@given(data=st.data(), name=st.sampled_from([KEYWORDS, POLICY]))
def test_any_flipped_byte_or_truncation_of_a_part_is_refused(data: st.DataObject, name: str) -> None:
    part = bytearray(PARTS[name])
    position = data.draw(st.integers(0, len(part) - 1))
    if data.draw(st.booleans()):
        part[position] ^= data.draw(st.integers(1, 255))
    else:
        del part[position:]
    with pytest.raises(BundleMalformed, match=name):
        whole(MANIFEST_SEALED, {**PARTS, name: bytes(part)})


def test_parts_of_another_version_are_refused() -> None:
    other = parts(word="wick")
    with pytest.raises(BundleMalformed, match="keywords: not what"):
        whole(MANIFEST_SEALED, other)
    with pytest.raises(BundleMalformed, match="keywords: not what"):
        whole(MANIFEST_SEALED, {KEYWORDS: PARTS[POLICY], POLICY: PARTS[KEYWORDS]})
    with pytest.raises(BundleMalformed, match="policy: missing"):
        whole(MANIFEST_SEALED, {KEYWORDS: PARTS[KEYWORDS]})


def test_only_a_higher_version_may_follow() -> None:
    installed = manifest(PARTS, version=5)
    check_newer(manifest(PARTS, version=6), installed)
    check_newer(installed, installed)
    check_newer(installed, None)
    for stale in (manifest(PARTS, version=4), manifest(parts(word="wick"), version=5)):
        with pytest.raises(BundleStale):
            check_newer(stale, installed)


@given(versions=st.lists(st.integers(1, LARGEST_STEP), min_size=1, max_size=12))
def test_in_whatever_order_they_come_the_version_never_falls(versions: list[int]) -> None:
    installed: Manifest | None = None
    for version in versions:
        offered = manifest(PARTS, version=version)
        try:
            check_newer(offered, installed)
        except BundleStale:
            continue
        installed = offered
    assert installed is not None
    assert installed.version == max(versions)


@pytest.mark.parametrize("installed", [None, manifest(PARTS, version=5)], ids=["nothing", "version 5"])
def test_a_leap_would_use_the_versions_up(installed: Manifest | None) -> None:
    highest = LARGEST_STEP + (installed.version if installed else 0)
    check_newer(manifest(PARTS, version=highest), installed)
    for version in (highest + 1, LARGEST_NUMBER):
        with pytest.raises(BundleLeaps, match=f"version {version} was offered"):
            check_newer(manifest(PARTS, version=version), installed)


@given(versions=st.lists(st.integers(1, LARGEST_NUMBER), max_size=12))
def test_whatever_a_thief_signs_there_is_a_version_left(versions: list[int]) -> None:
    installed = manifest(PARTS)
    for version in versions:
        with suppress(BundleStale, BundleLeaps):
            check_newer(manifest(PARTS, version=version), installed)
            installed = manifest(PARTS, version=version)
    assert installed.version <= len(versions) * LARGEST_STEP + 1
    check_newer(manifest(PARTS, version=installed.version + 1), installed)


def test_another_organisation_s_documents_are_foreign() -> None:
    with pytest.raises(BundleForeign):
        read_manifest(manifest(PARTS, organisation="Other School").seal(SIGNER), FIRST)
    with pytest.raises(BundleForeign):
        read_first(root(organisation="Other School").seal(ROOTS))
    with pytest.raises(BundleForeign):
        read_second(root(version=2, organisation="Other School").seal(ROOTS))


def test_past_its_date_it_is_read_and_says_so() -> None:
    bundle = whole(MANIFEST_SEALED, PARTS)
    assert not bundle.manifest.expired(1_999)
    assert bundle.manifest.expired(2_000)


def test_a_manifest_signed_by_a_root_key_or_a_stranger_is_refused() -> None:
    for signer in (ROOTS[0], key(77)):
        with pytest.raises(SignatureInvalid):
            read_manifest(manifest(PARTS).seal(signer), FIRST)


def test_a_root_is_no_manifest_and_a_manifest_no_root() -> None:
    with pytest.raises(BundleError):
        read_manifest(FIRST_SEALED, FIRST)
    with pytest.raises(BundleError):
        read_first(MANIFEST_SEALED)
    disguised = seal(MANIFEST, unseal(ROOT, FIRST_SEALED).document, [SIGNER])
    with pytest.raises(BundleMalformed):
        read_manifest(disguised, FIRST)


def test_a_first_root_needs_the_threshold_of_its_own_keys() -> None:
    assert read_first(FIRST_SEALED) == FIRST
    with pytest.raises(SignatureInvalid):
        read_first(FIRST.seal(ROOTS[:1]))
    with pytest.raises(SignatureInvalid):
        read_first(FIRST.seal([*ROOTS, SIGNER]))


def test_a_stolen_signing_key_is_worth_nothing_after_the_rotation() -> None:
    second = read_second(SECOND.seal(ROOTS[1:]))
    assert second == SECOND
    with pytest.raises(SignatureInvalid):
        read_manifest(manifest(PARTS, version=99).seal(SIGNER), second)
    assert read_manifest(manifest(PARTS, version=2).seal(NEW_SIGNER), second).version == 2


def test_new_root_keys_need_the_old_and_the_new() -> None:
    fresh = key(4), key(5), key(6)
    second = root(version=2, root_keys=public(*fresh))
    assert read_second(second.seal([*ROOTS[:2], *fresh[1:]])).root_keys == public(*fresh)
    for signers in (ROOTS, fresh, (*ROOTS[:2], fresh[0]), (ROOTS[0], *fresh)):
        with pytest.raises(SignatureInvalid):
            read_second(second.seal(signers))


@pytest.mark.parametrize("version", [1, 3])
def test_a_root_follows_the_one_before_it(version: int) -> None:
    with pytest.raises(BundleStale):
        read_second(root(version=version).seal(ROOTS))


def test_a_chain_of_roots_is_followed_and_no_link_may_be_missing() -> None:
    third = root(version=3, signing_keys=public(key(12)), revoked=(SIGNER.id, NEW_SIGNER.id)).seal(ROOTS)
    chain = [FIRST_SEALED, SECOND.seal(ROOTS), third]
    found = follow_roots(chain, organisation=SCHOOL, trusted=None)
    assert [one.version for one in found] == [1, 2, 3]
    assert follow_roots(chain[1:], organisation=SCHOOL, trusted=FIRST) == found[1:]
    with pytest.raises(BundleStale):
        follow_roots([FIRST_SEALED, third], organisation=SCHOOL, trusted=None)


def test_a_withdrawn_key_stays_withdrawn() -> None:
    with pytest.raises(BundleMalformed, match="no longer named"):
        read_root(
            root(version=3, signing_keys=public(NEW_SIGNER)).seal(ROOTS), organisation=SCHOOL, before=SECOND
        )
    with pytest.raises(BundleMalformed, match="withdrawn"):
        read_second(root(version=2, revoked=(SIGNER.id,)).seal(ROOTS))


def test_a_root_key_does_not_sign_bundles() -> None:
    with pytest.raises(BundleMalformed, match="also signs"):
        read_first(root(signing_keys=public(ROOTS[0])).seal(ROOTS))


def test_fields_of_the_future_are_passed_over_but_a_setting_is_not() -> None:
    later = changed(MANIFEST_SEALED, MANIFEST, (SIGNER,), later={"x": [1]})
    assert read_manifest(later, FIRST) == manifest(PARTS)
    root_later = changed(FIRST_SEALED, ROOT, ROOTS, later=1)
    assert read_first(root_later) == FIRST
    more = {**PARTS, "pictures": b"?", POLICY: canonical({"later": True})}
    envelope = manifest(more).seal(SIGNER)
    with pytest.raises(BundleMalformed, match="policy: later: unknown setting"):
        whole(envelope, more)


def test_another_format_and_an_older_agent_are_refused() -> None:
    with pytest.raises(BundleMalformed, match="format"):
        read_manifest(changed(MANIFEST_SEALED, MANIFEST, (SIGNER,), format=2), FIRST)
    asked = manifest(PARTS, min_agent="0.10")
    for agent in ("0.10", "0.10.0", "0.11", "1", "0.10rc1"):
        asked.check_version(agent)
    for agent in ("0.9.9", "0.2", ""):
        with pytest.raises(BundleTooNew, match=r"0\.10"):
            asked.check_version(agent)


@pytest.mark.parametrize(
    "fields",
    [
        {"version": 0},
        {"version": True},
        {"version": "1"},
        {"version": LARGEST_NUMBER + 1},
        {"expires": None},
        {"min_agent": "latest"},
        {"parts": []},
        {"parts": {KEYWORDS: {"sha256": "", "size": 1}}},
        {"parts": {KEYWORDS: {"sha256": 1, "size": 1}, POLICY: {"sha256": "", "size": 1}}},
        {"organisation": ""},
        {"organisation": "a" * 10_000},
        {"kind": "root"},
    ],
)
def test_a_manifest_with_a_bad_field_is_malformed(fields: dict[str, object]) -> None:
    with pytest.raises(BundleMalformed, match="manifest"):
        read_manifest(changed(MANIFEST_SEALED, MANIFEST, (SIGNER,), **fields), FIRST)


@pytest.mark.parametrize(
    "fields",
    [
        {"threshold": 0},
        {"threshold": 4},
        {"root_keys": {}},
        {"root_keys": {"0" * 16: "00" * 32}},
        {"signing_keys": {SIGNER.id: "zz"}},
        {"signing_keys": {SIGNER.id: 1}},
        {"signing_keys": []},
        {"revoked": None},
        {"revoked": [1]},
    ],
)
def test_a_root_with_a_bad_field_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(BundleError):
        read_first(changed(FIRST_SEALED, ROOT, ROOTS, **fields))


def test_licensed_lists_come_with_a_key_that_the_manifest_does_not_name() -> None:
    lists = (made("quibblefen"),)
    sealed = seal_licensed(lists)
    more = {**PARTS, LICENSED: sealed.content}
    envelope = manifest(more).seal(SIGNER)
    assert whole(envelope, {**more, LICENSED_KEY: sealed.key}).licensed == lists
    with pytest.raises(BundleMalformed, match="licensed-key: missing"):
        whole(envelope, more)
    with pytest.raises(BundleMalformed, match="licensed: missing"):
        whole(envelope, PARTS)
    with pytest.raises(BundleMalformed, match="licensed: not what"):
        whole(envelope, {**more, LICENSED: seal_licensed(lists).content})
    assert read_bundle(read_manifest(envelope, FIRST), FIRST, more, closed=True).licensed == ()
    # A part that nobody signed is not looked at.
    unsigned = {**PARTS, LICENSED: sealed.content, LICENSED_KEY: sealed.key}
    assert whole(MANIFEST_SEALED, unsigned).licensed == ()


def left_out(term: str, until: date) -> bytes:
    return overrides_document((Override(term=term, reason="", owner="", expires=until, disabled=True),))


def test_a_school_s_changes_hold_until_their_day() -> None:
    more = {**PARTS, OVERRIDES: left_out("la-1", date(2026, 11, 22))}
    bundle = whole(manifest(more).seal(SIGNER), more)
    assert bundle.pack_on(date(2026, 11, 21)).lists[0].terms == ()
    assert bundle.pack_on(date(2026, 11, 22)) == bundle.pack
    assert len(bundle.pack.lists[0].terms) == 1
    with pytest.raises(BundleMalformed, match="overrides: not what"):
        whole(manifest(more).seal(SIGNER), {**more, OVERRIDES: left_out("la-1", date(9999, 1, 1))})


def test_nobody_s_signature_takes_a_term_out_of_a_core_theme() -> None:
    pack = read_pack(PARTS[KEYWORDS])
    themes = {slug: replace(theme, core=True) for slug, theme in pack.themes.items()}
    core = compile_pack(replace(pack, themes=themes))
    more = {**PARTS, KEYWORDS: core, OVERRIDES: left_out("la-1", date(9999, 1, 1))}
    bundle = whole(manifest(more).seal(SIGNER), more)
    with pytest.raises(BundleMalformed, match="overrides:1: la-1: a term of a core theme can't be disabled"):
        bundle.pack_on(date(2026, 11, 21))
