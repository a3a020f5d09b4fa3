"""What surrounds a match: cues that say how it is meant.

Context moves a severity and never deletes a match. The cues are small sets of ordinary words, folded,
chosen so that a person would agree when the sentence is read out. English so far; another language adds its
words to the same sets.

- first_person: somebody speaks of themselves
- intent: something is going to be done
- means: a way to do it is at hand
- time: it has a time
- method_seeking: somebody looks for a way
- curriculum: a lesson, an essay, a set text
- helpline: somebody looks for, or is shown, help
- reference: the title of a work of reference or a lesson site
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

# How many words on either side of a match speak about it.
NEAR = 10
# A lesson or a helpline is the setting of a whole paragraph.
WIDE = 24


@dataclass(frozen=True, slots=True)
class Cues:
    """Single words, phrases of several words, and how many words away from a match they still count."""

    words: frozenset[bytes]
    phrases: tuple[bytes, ...]
    within: int


def _cues(within: int, listed: str) -> Cues:
    texts = [" ".join(text.split()) for text in listed.split(",")]
    words = frozenset(text.encode() for text in texts if " " not in text)
    phrases = tuple(f" {text} ".encode() for text in texts if " " in text)
    return Cues(words, phrases, within)


_CUES: Mapping[str, Cues] = {
    "first_person": _cues(NEAR, "i, im, ive, id, ill, me, my, myself, mine, imma"),
    "intent": _cues(
        NEAR,
        """
        gonna, imma, plan, planning, planned, decided, promise, swear, going to, want to, need to, i
        will, ill do it, about to, ready to, thinking of, thinking about, cant wait to, made up my
        mind
        """,
    ),
    "means": _cues(
        NEAR,
        """
        knife, knives, blade, blades, razor, gun, rope, pills, tablets, overdose, bridge, bomb,
        petrol, machete, roof
        """,
    ),
    "time": _cues(
        NEAR,
        """
        tonight, tomorrow, today, tmrw, tmr, tonite, monday, tuesday, wednesday, thursday, friday,
        saturday, sunday, this weekend, next week, after school, at lunch, at break, right now, this
        morning, this evening, last day
        """,
    ),
    "method_seeking": _cues(
        NEAR,
        """
        painless, painlessly, quickest, how to, how do i, how can i, best way to, easiest way, ways
        to, how many, how much, where can i, where to, without anyone, without getting
        """,
    ),
    # Not "lesson" or "history" alone: somebody is taught a lesson, and a history gets deleted.
    "curriculum": _cues(
        WIDE,
        """
        essay, homework, coursework, worksheet, gcse, revision, lessons, curriculum, bitesize,
        textbook, psychology, sociology, shakespeare, macbeth, hamlet, romeo, juliet, chapter,
        novel, poem, poetry, stanza, biology, chemistry, geography, citizenship, pshe, a level, key
        stage, act 1, act 2, act 3, act 4, act 5, an inspector calls, world war, religious studies,
        exam question, mark scheme, study guide, lord of the flies, of mice and men, blood brothers,
        set text, history lesson, history homework, history essay, history project, history of, in
        history, gcse history, ks2 history, ks3 history, the lesson, this lesson, our lesson, lesson
        plan, lesson on, lesson about, lesson slides, lesson notes, lesson 1, lesson 2, lesson 3,
        lesson 4, lesson 5, lesson 6
        """,
    ),
    "helpline": _cues(
        WIDE,
        """
        helpline, helplines, childline, samaritans, papyrus, hopeline, kooth, nspcc, counsellor,
        counselling, therapist, camhs, youngminds, hotline, help line, crisis line, get help,
        getting help, where to get support, support line, someone to talk to, prevention charity,
        awareness week, prevention week
        """,
    ),
    "reference": _cues(
        WIDE,
        """
        wikipedia, britannica, bitesize, quizlet, sparknotes, litcharts, senecalearning, dictionary,
        encyclopedia, encyclopaedia, oak national academy, seneca learning, national archives, khan
        academy, school library
        """,
    ),
}
CONTEXTS = frozenset(_CUES)
# What shows that a person means it: a core theme is then never lowered out of sight.
EARNEST = ("first_person", "intent", "means", "time")

_ENGINES = (
    "google search|google images|bing|bing search|bing images|search|yahoo search|yahoo|duckduckgo|ecosia|"
    "brave search|qwant|startpage|youtube search"
)
# "words - Google Search - Mozilla Firefox", "words at DuckDuckGo"
_DASH = r"\s[-\u2013\u2014|]\s"
_SEARCH = re.compile(rf"(?:{_DASH}|\bat )(?:{_ENGINES})(?:{_DASH}.*)?\s*$", re.IGNORECASE)


def is_near(context: str, words: list[bytes], first: int, last: int) -> bool:
    """Say whether a cue of a context stands near the words `first` to `last`, or is one of them."""
    cues = _CUES[context]
    window = words[max(0, first - cues.within) : last + 1 + cues.within]
    if not cues.words.isdisjoint(window):
        return True
    text = b" " + b" ".join(window) + b" "
    return any(phrase in text for phrase in cues.phrases)


def is_own_search(title: str, words: list[bytes]) -> bool:
    """Say whether a window title is a search by somebody who speaks of themselves."""
    return _SEARCH.search(title) is not None and not _CUES["first_person"].words.isdisjoint(words)


def is_search(title: str) -> bool:
    return _SEARCH.search(title) is not None
