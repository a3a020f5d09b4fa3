"""Benign knowledge: what its files may say, and what is refused with file and line."""

from pathlib import Path

import pytest
from lamplighter_keywords.authoring.phrases import expand
from lamplighter_keywords.errors import KnowledgeMalformed, ListsMissing
from lamplighter_keywords.knowledge import (
    EMPTY_KNOWLEDGE,
    Knowledge,
    SiteKind,
    load_knowledge,
    parse_knowledge,
)
from lamplighter_keywords.shipped import shipped_knowledge


def parsed(**files: str) -> Knowledge:
    return parse_knowledge({f"{name}.toml": text.encode() for name, text in files.items()})


def test_nothing_is_known_of_nothing() -> None:
    assert parse_knowledge({}) == EMPTY_KNOWLEDGE


def test_classes_of_several_languages_count_together() -> None:
    known = parse_knowledge(
        {
            "words.en.toml": b'language = "en"\n[classes]\nwant = ["want to", "need to"]\n',
            "words.xx.toml": b'[classes]\nwant = ["need to", "wollen"]\nlamp = "lamp"\n',
        }
    )
    assert known.classes == {"want": ("want to", "need to", "wollen"), "lamp": ("lamp",)}


def test_speech() -> None:
    known = parsed(speech='fillers = ["really"]\n[spellings]\nwanna = "want to"\n"2nite" = "tonight"\n')
    assert known.fillers == {"really"}
    assert known.spellings == {"wanna": "want to", "2nite": "tonight"}


def test_cues() -> None:
    assert parsed(cues='[cues]\ncurriculum = ["essay"]\n').cues == {"curriculum": ("essay",)}


def test_idioms_places_and_names_are_harmless() -> None:
    known = parsed(
        idioms='[[harmless]]\nphrases = ["killing time"]\nnote = "Waiting."\n',
        places='[[place]]\nnames = ["Lampton"]\n',
        names='[[name]]\nnames = ["Lampard", "Lampton"]\n',
    )
    assert known.harmless == ("killing time", "Lampard", "Lampton")


def test_works_and_sites() -> None:
    known = parsed(
        works='[[work]]\ntitles = ["The Lamp"]\nkind = "play"\n',
        sites='[[site]]\nnames = ["Lampopedia"]\nkind = "reference"\n',
    )
    assert known.works == ("The Lamp",)
    assert known.sites == {"Lampopedia": SiteKind.REFERENCE}


@pytest.mark.parametrize(
    ("name", "text", "line", "problem"),
    [
        ("lamps.toml", "", 1, "the name must begin with one of"),
        ("words.en.toml", "language = 3", 1, "language: must be a text"),
        ("words.en.toml", "", 1, r"there is no \[classes\] table"),
        ("words.en.toml", "[classes]\nlamp = []\n", 2, "lamp: must not be empty"),
        ("words.en.toml", "[classes]\nlamp = [1]\n", 2, "lamp: must be a text or a list of texts"),
        ("words.en.toml", "[classes]\n[other]\n", 2, r"\[other\]: unknown table"),
        ("words.en.toml", "[classes\n", 1, "not TOML"),
        ("speech.en.toml", '[spellings]\nu = ["you"]\n', 2, "u: must be a text"),
        (
            "idioms.en.toml",
            '[[harmless]]\nphrases = ["x"]\n\n[[harmless]]\nwords = ["x"]\n',
            4,
            "phrases is missing",
        ),
        ("works.en.toml", '[[work]]\ntitles = ["x"]\nkind = "lamp"\n', 3, "kind: must be one of"),
        ("sites.toml", '[[site]]\nnames = ["x"]\n', 1, "kind is missing"),
        ("places.toml", '[[place]]\nnames = ["x"]\nkind = "x"\n', 3, "kind: unknown key"),
    ],
)
def test_a_fault_is_told_with_file_and_line(name: str, text: str, line: int, problem: str) -> None:
    with pytest.raises(KnowledgeMalformed, match=problem) as raised:
        parse_knowledge({name: text.encode()})
    assert (raised.value.file, raised.value.line) == (name, line)


def test_two_meanings_of_one_spelling_are_refused() -> None:
    with pytest.raises(KnowledgeMalformed, match="another file"):
        parse_knowledge(
            {
                "speech.en.toml": b'[spellings]\nu = "you"\n',
                "speech.xx.toml": b'[spellings]\nu = "und"\n',
            }
        )


def test_two_kinds_of_one_site_are_refused() -> None:
    with pytest.raises(KnowledgeMalformed, match="'Lamp' is there with another kind"):
        parsed(sites='[[site]]\nnames = ["Lamp"]\nkind = "news"\n[[site]]\nnames = ["Lamp"]\nkind = "game"\n')


def test_equal_knowledge_is_one_key() -> None:
    text = '[[harmless]]\nphrases = ["killing time"]\n'
    assert len({parsed(idioms=text), parsed(idioms=text), EMPTY_KNOWLEDGE}) == 2


def test_a_folder_is_read(tmp_path: Path) -> None:
    (tmp_path / "words.en.toml").write_text('[classes]\nlamp = ["lamp"]\n', encoding="utf-8")
    assert load_knowledge(tmp_path).classes == {"lamp": ("lamp",)}
    with pytest.raises(ListsMissing):
        load_knowledge(tmp_path / "none")


def test_the_shipped_knowledge_can_be_read() -> None:
    assert shipped_knowledge().classes["want"]


@pytest.mark.parametrize("name", [*shipped_knowledge().cues, "harmless"])
def test_the_phrase_language_of_the_shipped_knowledge_is_understood(name: str) -> None:
    known = shipped_knowledge()
    for text in known.harmless if name == "harmless" else known.cues[name]:
        assert expand(text, known.classes), text
