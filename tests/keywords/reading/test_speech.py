"""Plain speech."""

import pytest
from lamplighter_keywords.reading.speech import Speech, apart

SPEECH = Speech(
    {"wanna": "want to", "dont": "do not", "i'll": "i will", "u": "you", "my self": "myself", "rly": "really",
     "self made": "self made", "want 2": "want to"},
    ["really", "so"],
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words", "bare", "kept"),
    [
        ("I wanna light it", "i want to light it", "i want to light it", False),
        ("u rly don\u2019t", "you really do not", "you do not", False),
        ("I'll; ill", "i will ill", "i will ill", False),
        ("so light it", "so light it", "light it", True),
        ("so", "so", "", True),
        ("light my self", "light myself", "light myself", False),
        ("my self made lamp", "my self made lamp", "my self made lamp", False),
        ("want 2 light", "want to light", "want to light", False),
        ("the lamp's self-made light", "the lamp self made light", "the lamp self made light", False),
    ],
)
def test_a_text_in_plain_words(text: str, words: str, bare: str, kept: bool) -> None:  # noqa: FBT001
    plain = SPEECH.plain(text)
    assert (" ".join(plain.words), " ".join(plain.bare), plain.kept) == (words, bare, kept)


def test_spellings_and_pairs_are_looked_up() -> None:
    assert SPEECH.spelt("wanna") == ("want", "to")
    assert SPEECH.spelt("lamp") is None
    assert SPEECH.pair("my", "self") == ("myself",)
    assert SPEECH.pair("my", "lamp") is None
    assert SPEECH.seconds == {"self", "made", "2"}
    assert {"wanna", "so"} <= set(SPEECH.spellings())


def test_what_stands_around_a_word_is_no_part_of_it() -> None:
    assert apart("\u201cI\u2019LL!\u201d,") == "i'll"
