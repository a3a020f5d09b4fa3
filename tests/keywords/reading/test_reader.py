"""From a text to its readings."""

from hypothesis import given
from hypothesis import strategies as st
from lamplighter_keywords.reading.reader import LONGEST_REMEMBERED, Reader
from lamplighter_keywords.reading.speech import Speech
from lamplighter_keywords.reading.variants import Variants
from lamplighter_keywords.reading.vocabulary import Vocabulary

SPELLINGS = {"wanna": "want to", "my self": "myself", "want 2": "want to", "self made": "self made"}
SPEECH = Speech(SPELLINGS, ["really"])
WORDS = ["want", "to", "light", "lantern", "lanterns", "myself", "candle", "the"]


def reader(*, keeps_fillers: bool = False) -> Reader:
    variants = Variants(WORDS, SPEECH, Vocabulary.of(["sun"], ["lamp", "my", "self", "is"]))
    return Reader(variants, SPEECH, keeps_fillers=keeps_fillers)


def read(text: str, *, keeps_fillers: bool = False) -> list[str]:
    return [reading.joined.decode().strip() for reading in reader(keeps_fillers=keeps_fillers).read(text)]


def test_plain_text_has_one_reading() -> None:
    assert read("The lamp is my light.") == ["the lamp is my light"]


def test_chat_spellings_and_fillers() -> None:
    assert read("i wanna really light it") == ["i wanna really light it", "i want to light it"]
    # With fillers it would be what the exact reading is.
    assert read("really light", keeps_fillers=True) == ["really light", "light"]
    assert read("wanna really", keeps_fillers=True) == ["wanna really", "want to", "want to really"]


def test_words_in_several_tokens() -> None:
    assert read("light my self") == ["light my self", "light myself"]
    assert read("my self made lamp") == ["my self made lamp", "my self made lamp"]
    assert read("want 2 light") == ["want 2 light", "want to light"]
    assert read("a lant ern") == ["a lant ern", "a lantern"]


def test_rows_of_letters() -> None:
    assert read("the l i g h t")[1] == "the light"
    assert read("i l i g h t")[1] == "i light"
    assert read("l i g h t  t h e")[1] == "light the"
    assert read("l i g h t s x") == ["l i g h t s x"]


def test_a_second_guess_makes_a_third_reading() -> None:
    assert read("lanternz") == ["lanternz", "lantern", "lanterns"]


def test_places_are_those_of_the_text() -> None:
    text = "so  l i g h t, my self"
    _, plain = reader().read(text)
    assert plain.joined == b" so light myself "
    assert [text[slice(*plain.locate(nth, nth)[:2])] for nth in range(3)] == ["so", "l i g h t", "my self"]


def test_in_a_long_text_places_are_the_same() -> None:
    text = "so  l i g h t, my self wanna"
    _, short = reader().read(text)
    _, long = reader().read(f"{text}{' lamp' * 1000}")
    assert [long.locate(nth, nth) for nth in range(5)] == [short.locate(nth, nth) for nth in range(5)]


def test_the_same_text_is_read_the_same_again() -> None:
    one = reader()
    texts = ["i wanna l1ght lanternz", "l i g h t my self"]
    first = [[reading.joined for reading in one.read(text)] for text in texts]
    assert first == [[reading.joined for reading in one.read(text)] for text in texts]


def test_what_may_be_a_password_is_not_remembered() -> None:
    one = reader()
    list(one.read(f"hunter22 l1ght lamp {'x' * (LONGEST_REMEMBERED + 1)}"))
    assert set(one._memory) == {"l1ght", "lamp"}


@given(st.text(max_size=60))
def test_every_word_has_a_place(text: str) -> None:
    for reading in reader().read(text):
        for nth in range(len(reading.words)):
            start, end = reading.locate(nth, nth)[:2]
            assert 0 <= start < end <= len(text)
