"""Every language file: complete, of the same places, and chosen by what a session says of itself."""

import re

import pytest
from lamplighter_agent.notice.languages import AGES, Language, filled, known, language_of, moment_in, parsed

pytestmark = pytest.mark.notice
PLACE = re.compile(r"\{[^}]*\}")


def sentences(language: Language) -> dict[str, str]:
    """All that may be shown, by name."""
    help_, notice = language.help, language.notice
    told = {name: str(getattr(help_, name)) for name in help_.__slots__}
    told |= {f"notice {name}": str(getattr(notice, name)) for name in ("title", "agree", "decline", "more")}
    media = language.media
    told |= {f"media {name}": str(getattr(media, name)) for name in media.__slots__ if name != "reasons"}
    told |= {f"media reason {name}": said for name, said in media.reasons.items()}
    return told | {f"notice {age}": notice.ages[age] for age in AGES}


@pytest.mark.parametrize("tag", known())
def test_a_file_is_complete_and_has_the_places_of_the_english_one(tag: str) -> None:
    language = language_of(tag)
    assert language.language == tag
    assert language.direction == ("rtl" if tag in {"ar", "ur"} else "ltr")
    assert set(language.notice.ages) == set(AGES)
    english = sentences(language_of("en"))
    for name, sentence in sentences(language).items():
        assert sentence.strip(), name
        assert PLACE.findall(sentence) == PLACE.findall(english[name]), name
        assert "!" not in sentence, name


@pytest.mark.parametrize(
    ("tag", "chosen"),
    [
        ("en_GB.UTF-8", "en"),
        ("EN", "en"),
        ("C.UTF-8", "en"),
        ("tlh", "en"),
        ("cy_GB.UTF-8", "cy"),
        (None, "en"),
        ("../x", "en"),
    ],
)
def test_what_is_unknown_is_english(tag: str | None, chosen: str) -> None:
    assert language_of(tag).language == chosen


def test_the_languages_of_our_schools_are_there() -> None:
    assert set(known()) == {"ar", "cy", "en", "lt", "pl", "ro", "tr", "uk", "ur"}


def test_only_english_was_read_by_a_speaker() -> None:
    assert [tag for tag in known() if language_of(tag).reviewed] == ["en"]


def test_a_name_is_one_line_and_no_markup_of_ours() -> None:
    assert filled("At {organisation}.", "Oak\n {organisation}\x00") == "At Oak {organisation}."
    assert filled("At {organisation}.", " \n") == "At your school."


def test_an_unknown_key_is_no_language() -> None:
    with pytest.raises(TypeError):
        parsed({"language": "en", "direction": "ltr", "reviewed": True, "notice": {"more": "y"}, "help": {}})


@pytest.mark.parametrize("tag", known())
def test_the_strip_says_the_same_places_in_each_language(tag: str) -> None:
    english, texts = language_of("en").strip, language_of(tag).strip
    for name in ("on", "on_short", "unnamed", "off", "off_short", "rests", "rests_short", "link", "at"):
        sentence = getattr(texts, name)
        assert sorted(PLACE.findall(sentence)) == sorted(PLACE.findall(getattr(english, name))), name
        assert sentence.strip(), name
        assert "!" not in sentence, name
    for name in ("on_day", "on_date"):
        assert sorted(PLACE.findall(getattr(texts, name))) == sorted(PLACE.findall(getattr(english, name)))
    assert (len(texts.days), len(texts.months)) == (7, 12)


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("18:00", "la 18:00"),
        ("Monday 07:00", "luni, la 07:00"),
        ("2 September 07:00", "la 2 septembrie, 07:00"),
        ("Someday 07:00", "Someday 07:00"),
        ("", ""),
    ],
)
def test_a_moment_of_the_policy_is_said_in_the_language(moment: str, said: str) -> None:
    assert moment_in(language_of("ro").strip, moment) == said
    assert moment_in(language_of("en").strip, moment) == moment
