"""Cues around a match."""

import pytest
from lamplighter_keywords.judging.contexts import CONTEXTS, NEAR, WIDE, WORK, Contexts
from lamplighter_keywords.knowledge import Knowledge
from lamplighter_keywords.reading.normalise import fold
from lamplighter_keywords.shipped import shipped_knowledge

SHIPPED = Contexts(shipped_knowledge())
OURS = Contexts(
    Knowledge(
        classes={"lamp": ("lamp", "lantern")},
        cues={"gaming": ("{lamp} (quest|raid)",), "curriculum": ("essay",), "first_person": ("my", "i")},
        works=("The Lamplighter", "Lamps", "Candlesticks", "Because"),
    )
)


SAYINGS = shipped_knowledge().cues["sayings"]


def around(text: str, contexts: Contexts = SHIPPED) -> frozenset[str]:
    """Give what surrounds the first word."""
    return contexts.around(fold(text).encode().split(), 0, 0)


@pytest.mark.parametrize(
    ("context", "text"),
    [
        ("first_person", "lamp is mine"),
        ("intent", "lamp we are going to light"),
        ("means", "lamp and rope"),
        ("time", "lamp after school"),
        ("method_seeking", "lamp how to light"),
        ("curriculum", "lamp in an inspector calls"),
        ("curriculum", "lamp ks2 history"),
        ("helpline", "lamp Childline"),
        ("news", "lamp thief jailed"),
        ("gaming", "lamp in minecraft"),
        ("sport", "lamp in the penalty shootout"),
        ("fiction", "lamp in that film"),
        ("staff_work", "lamp safeguarding referral"),
        ("negation", "lamp is not mine"),
        ("past_help", "lamp but im better now"),
        ("second_person", "lamp for you"),
        ("real_life", "lamp at the school gates"),
        ("policy", "lamp behaviour policy"),
        ("reported", "lamp says mayor"),
    ],
)
def test_a_cue_is_near(context: str, text: str) -> None:
    assert context in around(text)
    assert not around("lamp only")


@pytest.mark.parametrize("text", ["lamp teach him a lesson", "lamp delete my history", "lamp and shout"])
def test_a_word_of_school_in_another_sense_is_no_lesson(text: str) -> None:
    assert not around(text) & {"curriculum", "helpline"}


@pytest.mark.parametrize(("word", "reach"), [("essay", WIDE), ("robux", NEAR), ("you", 4)])
def test_a_cue_too_far_away_does_not_count(word: str, reach: int) -> None:
    assert around("lamp " + "x " * (reach - 1) + word)
    assert not around("lamp " + "x " * reach + word)
    words = fold("x " * 40 + word + " x" * (reach - 1) + " lamp" + " x" * 40).encode().split()
    assert SHIPPED.around(words, 40 + reach, 40 + reach)
    assert not SHIPPED.around(words, 41 + reach, 41 + reach)


@pytest.mark.parametrize(
    "text",
    [
        "lamp my essay",
        "lamp for my gcse history essay",
        "lamp my english teacher",
        "lamp our lesson",
        "lamp my favourite book",
        "lamp i have to write about it",
        "lamp i need to revise",
        "lamp im doing a presentation",
        "lamp i have got a big project",
        "lamp we are going to study",
        "lamp essay due tomorrow",
        "lamp for monday",
    ],
)
def test_school_work_is_not_the_writers_life(text: str) -> None:
    assert not around(text) & {"first_person", "intent", "time"}


@pytest.mark.parametrize(
    "text",
    [
        "lamp my brother",
        "lamp i hate myself",
        "lamp i have to go",
        "lamp i want it to end before my essay is due",
        "lamp tomorrow i will",
        "lamp my life, not my essay",
    ],
)
def test_the_writers_life_is(text: str) -> None:
    assert around(text) & {"first_person", "intent", "time"}


@pytest.mark.parametrize("text", ["lamp can you explain", "lamp could you write it", "lamp will you analyse"])
def test_who_is_asked_to_explain_is_not_spoken_to(text: str) -> None:
    assert "second_person" not in around(text)
    assert "second_person" in around("lamp can you smell it")


def test_inside_the_match_a_person_is_a_person() -> None:
    words = b"hold my essay".split()
    assert "first_person" in SHIPPED.around(words, 0, 2)
    assert "first_person" not in SHIPPED.around(words, 0, 0)


def test_what_is_sought_is_not_at_hand() -> None:
    assert "means" not in SHIPPED.around([b"rope"], 0, 0)


def test_cues_are_written_in_the_phrase_language() -> None:
    assert around("x lantern raid", OURS) == {"gaming"}


def test_a_known_work_is_a_context_unless_its_title_is_a_plain_word() -> None:
    assert around("x in the lamplighter", OURS) == {WORK}
    assert around("x in candlesticks", OURS) == {WORK}
    assert not around("x lamps because", OURS)


def test_nothing_is_heard_without_knowledge() -> None:
    assert not Contexts().around([b"essay"], 0, 0)


def test_every_context_of_the_format_is_listened_for() -> None:
    # Works of reference are told by titles.
    assert set(shipped_knowledge().cues) >= CONTEXTS - {"reference"}


def test_a_short_word_of_one_language_is_no_cue_in_another() -> None:
    assert not around("lamp man ben ip pod ko uno pe") - {"negation"}


@pytest.mark.parametrize("saying", SAYINGS)
def test_a_title_that_is_a_saying_of_every_day_is_no_work(saying: str) -> None:
    assert WORK not in around(f"lamp {saying}")
    assert fold(saying) in {fold(title) for title in shipped_knowledge().works}


def test_a_saying_is_no_work_where_its_cues_say_so() -> None:
    said = Contexts(
        Knowledge(works=("Lamps At Home", "The Lamplighter"), cues={"sayings": ("lamps at home",)})
    )
    assert around("wick lamps at home", said) == frozenset()
    assert around("wick the lamplighter", said) == {WORK}
