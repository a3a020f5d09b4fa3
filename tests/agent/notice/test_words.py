"""The sentences: short, plain, and complete in every language of the catalogue."""

import dataclasses
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from lamplighter_agent.notice.facts import Area, Check, Checking, Counted
from lamplighter_agent.notice.words import CATALOGUE, ENGLISH, Words, words_in
from lamplighter_keywords.policy.device_policy import MediaMode

pytestmark = pytest.mark.notice

NEVER_SAID = (
    "violation",
    "offender",
    "flagged",
    "event",
    "payload",
    "suspicious",
    "please",
    "!",
    "monitoring",
)


def sentences(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from sentences(part)
    elif isinstance(value, tuple):
        for part in value:
            yield from sentences(part)


def all_sentences(words: Words) -> list[str]:
    return [text for field in dataclasses.fields(words) for text in sentences(getattr(words, field.name))]


@pytest.mark.parametrize("words", CATALOGUE.values(), ids=CATALOGUE)
def test_a_language_is_complete(words: Words) -> None:
    assert set(words.state) == set(Checking)
    assert set(words.areas) == {*Area, None}
    assert all(text.strip() for text in all_sentences(words))
    assert words.direction in {"ltr", "rtl"}
    assert len(words.why) == 3
    assert {place for text in all_sentences(words) for place in re.findall(r"\{.*?\}", text)} == {
        "{organisation}",
        "{asset_tag}",
        *("{until}", "{window}", "{days}", "{start}", "{end}", "{first}", "{last}", "{some}"),
        *("{what}", "{date}", "{count}"),
    }
    assert set(words.checks) == set(Check)
    assert set(words.counts) == set(Counted)
    assert set(words.media) == set(MediaMode)
    assert len(words.days) == 7


def test_english_is_for_readers_of_nine_to_eleven() -> None:
    text = " ".join(part if part.endswith((".", ":")) else f"{part}." for part in all_sentences(ENGLISH))
    words = re.findall(r"[A-Za-z']+", text)
    ends = len(re.findall(r"[.:]", text))
    syllables = sum(max(1, len(re.findall(r"[aeiouy]+", word.lower().removesuffix("e")))) for word in words)
    grade = 0.39 * len(words) / ends + 11.8 * syllables / len(words) - 15.59
    assert grade < 6, grade
    longest = max(len(sentence.split()) for sentence in re.split(r"[.:]", text))
    assert longest <= 20


def test_english_says_nothing_that_the_house_forbids() -> None:
    text = " ".join(all_sentences(ENGLISH)).lower()
    assert [word for word in NEVER_SAID if word in text] == []


@pytest.mark.parametrize("tag", ["en", "en_GB.UTF-8", "EN-gb", "C.UTF-8", "", "xx-YY", "../../etc"])
def test_a_language_is_always_found(tag: str) -> None:
    assert words_in(tag) is ENGLISH
