"""The sentences: short, plain, and complete in every language of the catalogue."""

import dataclasses
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from lamplighter_agent.notice.document import ADDRESSES
from lamplighter_agent.notice.facts import Area, Check, Checking, Counted, Place
from lamplighter_agent.notice.languages import known as known_to_dialogs
from lamplighter_agent.notice.words import ENGLISH, Words, known, parsed, tag_of, words_in
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


@pytest.mark.parametrize("tag", known())
def test_a_language_is_complete(tag: str) -> None:
    words = words_in(tag)
    assert words.language == tag
    assert set(words.state) == set(Checking)
    assert set(words.place_now) == set(Place)
    # Another sentence stands behind it in the same line.
    assert all(text.endswith((".", "۔")) for text in words.place_now.values())
    assert set(words.areas) == {*Area, None}
    assert set(words.checks) == set(Check)
    assert set(words.counts) == set(Counted)
    assert set(words.media) == set(words.media_enforced) == set(MediaMode)
    assert set(words.themes) == set(ENGLISH.themes)
    assert set(words.links) == set(ADDRESSES)
    assert len(words.days) == 7
    assert words.direction == ("rtl" if tag in {"ar", "ur"} else "ltr")
    assert all(text.strip() for text in all_sentences(words))
    assert not any("!" in text for text in all_sentences(words))


@pytest.mark.parametrize("tag", known())
def test_a_language_says_as_much_as_english_with_the_same_places(tag: str) -> None:
    words = words_in(tag)
    for field in dataclasses.fields(Words):
        said, english = (list(sentences(getattr(one, field.name))) for one in (words, ENGLISH))
        assert len(said) == len(english), field.name
        assert [places(text) for text in said] == [places(text) for text in english], field.name


def places(text: str) -> set[str]:
    return set(re.findall(r"\{.*?\}", text))


@pytest.mark.parametrize("tag", sorted(set(known()) - {"en"}))
def test_nothing_was_left_in_english(tag: str) -> None:
    """But for the button, which is English on the strip, and a name of one word that is alike."""
    english = {text for text in all_sentences(ENGLISH) if " " in text}
    assert english & set(all_sentences(words_in(tag))) == set()
    assert any("“I need help”" in text for text in words_in(tag).talk)


def test_the_page_and_the_dialogs_know_the_same_languages_and_only_english_was_read() -> None:
    assert set(known()) == set(known_to_dialogs())
    assert [tag for tag in known() if words_in(tag).reviewed] == ["en"]


def test_an_unknown_key_is_no_language() -> None:
    with pytest.raises(KeyError):
        parsed({"language": "en", "more": []})


def test_english_is_for_readers_of_nine_to_eleven() -> None:
    older = {*ENGLISH.more, *ENGLISH.adults}
    read = [part for part in all_sentences(ENGLISH) if part not in older]
    text = " ".join(part if part.endswith((".", ":")) else f"{part}." for part in read)
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


def test_a_locale_names_its_language() -> None:
    assert words_in("cy_GB.UTF-8").name == "Cymraeg"
    assert (tag_of("ur_PK"), tag_of("C.UTF-8")) == ("ur", None)
