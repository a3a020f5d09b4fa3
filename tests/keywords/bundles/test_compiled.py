"""The lists as bytes: what a matcher needs, always the same, and nothing that unpacks to more than it may."""

import lzma
from dataclasses import fields, replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lamplighter_keywords.bundles.compiled import (
    PACKED_BYTES,
    UNPACKED_BYTES,
    compile_pack,
    for_devices,
    read_pack,
    unpacked,
)
from lamplighter_keywords.errors import BundleMalformed
from lamplighter_keywords.knowledge import Knowledge, SiteKind
from lamplighter_keywords.shipped import compiled_shipped, load_shipped
from lamplighter_keywords.terms import (
    Change,
    Confidence,
    Examples,
    KeywordList,
    KeywordPack,
    Lanes,
    Lowers,
    Mode,
    Raises,
    Requires,
    RiskArea,
    Scope,
    Term,
    UserKind,
)

from tests.keywords.lists import themes

EDITORS = "gewgaw"
LOST = {"confidence", "review", "note", "tests", "line", "anchors"}
FULL = Term(
    id="la-2",
    text=("(red|green) lamp", "lamp * oil"),
    match=Mode.STEM,
    severity=4,
    standalone=True,
    sources=frozenset({Scope.TYPED}),
    lanes=Lanes(leet=False, repeat=False, spaced=False, joined=False, typo=0),
    exceptions=("red lamp black",),
    requires=Requires(any_of=("wick",), within=3),
    lowers=Lowers(contexts=("curriculum",), to=2),
    raises=Raises(contexts=("intent", "means"), by=1),
    key_stages=frozenset({"KS3"}),
    user_kinds=frozenset({UserKind.PUPIL}),
    confidence=Confidence.HIGH,
    review="2027-05",
    note=EDITORS,
    tests=Examples(hit=(EDITORS,), miss=(EDITORS,)),
    line=7,
)
PLAIN = Term(id="la-1", text=("lamp",), match=Mode.WORD, severity=3)
LIST = KeywordList(
    id="lamps.en",
    theme="core-theme",
    language="en",
    terms=(PLAIN, FULL),
    file=f"{EDITORS}.toml",
    line=2,
    risk_area=RiskArea.CONDUCT,
    version="2026.11.1",
    licence=EDITORS,
    provenance=EDITORS,
    reviewed=date(2026, 11, 1),
    speaker_reviewed=True,
    changelog=(Change(version="1", date=date(2026, 11, 1), by=EDITORS, note=EDITORS),),
)
KNOWN = Knowledge(
    classes={"want": ("want to", "need to")},
    spellings={"wanna": "want to"},
    fillers=frozenset({"so", "really"}),
    cues={"curriculum": ("essay",)},
    harmless=("lamp post",),
    works=("The Lamp",),
    sites={"Lampedia": SiteKind.REFERENCE},
)
PACK = KeywordPack(lists=(LIST,), themes=themes(), knowledge=KNOWN)
PACKED = compile_pack(PACK)


def test_what_was_compiled_is_read_as_it_was() -> None:
    read = read_pack(PACKED)
    assert read == for_devices(PACK)
    (found,) = read.lists
    bare, full = found.terms
    assert bare == PLAIN
    for field in fields(Term):
        kept = getattr(full, field.name) == getattr(FULL, field.name)
        assert kept is (field.name not in LOST), field.name
    # Chosen when the lists are compiled.
    assert read.words is not None
    assert [[read.words.numbered()[number] for number in group] for group in bare.anchors] == [["lamp"]]
    assert {"lamp", "lamps", "red", "oil"} <= read.words.words == read.words.spoken
    assert (found.id, found.version, found.speaker_reviewed) == ("lamps.en", "2026.11.1", True)


def test_what_editors_wrote_for_editors_stays_with_them() -> None:
    assert EDITORS.encode() not in unpacked(PACKED)


def test_nothing_can_be_read_in_it_as_it_stands() -> None:
    assert b"lamp" not in PACKED


def test_the_shipped_lists_survive_it() -> None:
    shipped = load_shipped()
    assert read_pack(compiled_shipped()) == for_devices(shipped)


def test_the_same_lists_give_the_same_bytes() -> None:
    turned = replace(
        PACK,
        themes=dict(reversed(list(PACK.themes.items()))),
        knowledge=replace(KNOWN, fillers=frozenset({"really", "so"})),
        lists=(replace(LIST, file="elsewhere.toml", changelog=()),),
    )
    assert compile_pack(turned) == PACKED
    assert compile_pack(read_pack(PACKED)) == PACKED


def test_the_shipped_lists_leave_a_school_as_much_room_again() -> None:
    packed = compiled_shipped()
    assert len(packed) < PACKED_BYTES / 2
    assert len(unpacked(packed)) < UNPACKED_BYTES / 2


@given(length=st.integers(0, len(PACKED) - 1))
def test_any_truncation_is_refused(length: int) -> None:
    with pytest.raises(BundleMalformed):
        read_pack(PACKED[:length])


@given(junk=st.binary(max_size=300))
def test_junk_is_refused(junk: bytes) -> None:
    with pytest.raises(BundleMalformed):
        read_pack(junk)
    spoilt = unpacked(PACKED).replace(b"lamp", rb"\ud800", 1)
    for plain in (junk, b"[]", b"{", spoilt):
        with pytest.raises(BundleMalformed):
            read_pack(lzma.compress(plain))


def test_a_bomb_is_not_unpacked() -> None:
    bomb = lzma.compress(b'{"a":"' + b" " * UNPACKED_BYTES + b'"}')
    assert len(bomb) < PACKED_BYTES
    with pytest.raises(BundleMalformed, match="too large"):
        read_pack(bomb)


def test_too_many_bytes_and_bytes_after_the_end_are_refused() -> None:
    for packed in (b"x" * (PACKED_BYTES + 1), PACKED + b"x"):
        with pytest.raises(BundleMalformed, match="too large"):
            read_pack(packed)


def test_lists_that_are_too_large_are_not_compiled() -> None:
    # More letters than a pack may have bytes.
    texts = ("x" * UNPACKED_BYTES,)
    with pytest.raises(BundleMalformed, match="too large"):
        compile_pack(replace(PACK, lists=(replace(LIST, terms=(replace(PLAIN, text=texts),)),)))
