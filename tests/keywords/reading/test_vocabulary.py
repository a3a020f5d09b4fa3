"""The filter of known words."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lamplighter_keywords.errors import VocabularyUnusable
from lamplighter_keywords.reading.vocabulary import NO_WORDS, Bloom, Vocabulary, shipped_vocabulary

from tests.support.sources import ROOT


@given(st.sets(st.text()))
def test_what_is_held_is_never_denied(words: set[str]) -> None:
    bloom = Bloom.of(words)
    assert all(word in bloom for word in words)


def test_what_is_not_held_is_seldom_affirmed() -> None:
    bloom = Bloom.of(f"lamp{nth}" for nth in range(2_000))
    assert sum(f"post{nth}" in bloom for nth in range(10_000)) < 50


def test_the_bytes_come_back() -> None:
    made = Vocabulary.of(["lamp", "post"], ["light"])
    read = Vocabulary.from_bytes(made.to_bytes(), "v")
    assert "lamp" in read
    assert "light" in read
    assert read.is_common("light")
    assert not read.is_common("lamp")
    assert "lamp" not in NO_WORDS


@pytest.mark.parametrize("raw", [b"", b"LLV1", b"LLV2\0\0\0\1\0\0\0\1ab", b"LLV1\0\0\0\2\0\0\0\1ab"])
def test_a_damaged_file_is_refused(raw: bytes) -> None:
    with pytest.raises(VocabularyUnusable, match="v: damaged"):
        Vocabulary.from_bytes(raw, "v")


def test_the_shipped_one_knows_ordinary_words_of_several_languages() -> None:
    words = shipped_vocabulary()
    assert all(word in words for word in ("lamp", "whippet", "dziewczyna", "дівчина"))
    assert words.is_common("light")
    assert not words.is_common("whippet")
    assert "suicde" not in words


def test_the_generator_gives_the_same_bytes_again(tmp_path: Path) -> None:
    script = ROOT / "keyword_lists/vocabulary.py"
    subprocess.run([sys.executable, script, tmp_path / "made.bin"], check=True)
    assert (tmp_path / "made.bin").read_bytes() == shipped_vocabulary().to_bytes()
