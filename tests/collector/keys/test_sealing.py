from pathlib import Path

import pytest
from lamplighter_collector.errors import KeyDestroyed, SealBroken
from lamplighter_collector.keys import sealing
from lamplighter_collector.keys.sealing import Seals

from tests.support.sealed import seals_in

CHILD, OTHER, FIELD = "a" * 32, "b" * 32, "detections.evidence"
WORDS = "zebra lantern \N{ZEBRA FACE}"


def test_opens_what_it_sealed_also_in_the_next_process(tmp_path: Path) -> None:
    with seals_in(tmp_path) as seals:
        sealed = seals.seal(CHILD, FIELD, WORDS)
        own = seals.seal("", "audit.why", "")
        name = seals.pseudonym("subject", "pupil07")
    with seals_in(tmp_path) as seals:
        assert seals.open(CHILD, FIELD, sealed) == WORDS
        assert seals.open("", "audit.why", own) == ""
        assert seals.pseudonym("subject", "pupil07") == name


def test_nothing_of_the_text_shows_and_no_two_seals_are_alike(seals: Seals) -> None:
    first, second = seals.seal(CHILD, FIELD, WORDS), seals.seal(CHILD, FIELD, WORDS)
    assert type(first) is bytearray
    assert first != second
    assert b"zebra" not in first


@pytest.mark.fault
def test_a_seal_opens_only_where_it_belongs(seals: Seals) -> None:
    sealed = seals.seal(CHILD, FIELD, WORDS)
    seals.ensure([OTHER])
    for subject, field in ((OTHER, FIELD), ("", FIELD), (CHILD, "subjects.name")):
        with pytest.raises(SealBroken):
            seals.open(subject, field, sealed)


@pytest.mark.fault
def test_every_flipped_bit_and_every_cut_is_noticed(seals: Seals) -> None:
    sealed = seals.seal(CHILD, FIELD, "words")
    for position in range(len(sealed)):
        for bit in (1, 128):
            broken = bytearray(sealed)
            broken[position] ^= bit
            with pytest.raises(SealBroken) as caught:
                seals.open(CHILD, FIELD, broken)
            assert "words" not in str(caught.value)
        with pytest.raises(SealBroken):
            seals.open(CHILD, FIELD, sealed[:position])


def test_an_unknown_subject_is_a_broken_seal(seals: Seals) -> None:
    with pytest.raises(SealBroken):
        seals.open(OTHER, FIELD, seals.seal(CHILD, FIELD, WORDS))


def test_a_destroyed_key_takes_its_own_rows_and_nothing_else(tmp_path: Path) -> None:
    with seals_in(tmp_path) as seals:
        lost, kept, own = (seals.seal(subject, FIELD, WORDS) for subject in (CHILD, OTHER, ""))
        seals.destroy(CHILD)
        assert not seals.ready(CHILD)
        with pytest.raises(KeyDestroyed):
            seals.open(CHILD, FIELD, lost)
        assert seals.open(OTHER, FIELD, kept) == seals.open("", FIELD, own) == WORDS
        later = seals.seal(CHILD, FIELD, "later")
    with seals_in(tmp_path) as seals:
        assert seals.open(CHILD, FIELD, later) == "later"
        with pytest.raises(KeyDestroyed):
            seals.open(CHILD, FIELD, lost)


def test_pseudonyms_differ_by_kind_text_and_ring(seals: Seals, tmp_path: Path) -> None:
    name = seals.pseudonym("subject", "pupil07")
    assert len(name) == 32
    assert name not in {seals.pseudonym("login", "pupil07"), seals.pseudonym("subject", "pupil08")}
    with seals_in(tmp_path / "other") as other:
        assert other.pseudonym("subject", "pupil07") != name


def test_ensure_makes_many_ready_and_forgets_the_least_used(
    seals: Seals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "_KEYS_KEPT", 10)
    subjects = [f"{number:032x}" for number in range(40)]
    sealed = seals.seal(subjects[0], FIELD, WORDS)
    for subject in subjects:
        assert not seals.ready(subject) or subject == subjects[0]
        seals.ensure([subject])
        assert seals.ready(subject)
    assert not seals.ready(subjects[0])
    assert seals.open(subjects[0], FIELD, sealed) == WORDS
