"""What surrounds a match: cues that say how it is meant.

The cues are words and phrases of knowledge/cues.*.toml; known works count as one, too. What each of them
moves is said in `severity`; a context never deletes a match.

Somebody speaks of themselves only where it is their own life: "my essay", "our lesson", "i have to revise"
and "due tomorrow" are about school, and what they say of a person, of a plan or of a time is not meant; a
"support plan" is a paper.
Nor is somebody spoken to who is only asked to explain: "can you explain".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import ahocorasick_rs

from lamplighter_keywords.authoring.everyday_words import EVERYDAY
from lamplighter_keywords.authoring.phrases import GAP, plainly
from lamplighter_keywords.knowledge import EMPTY_KNOWLEDGE, Knowledge
from lamplighter_keywords.reading.normalise import fold

# How many words on either side of a match speak about it.
NEAR: Final = 10
# A lesson or a helpline is the setting of a whole paragraph.
WIDE: Final = 24
# Somebody who is spoken to stands beside what is said to them.
CLOSE: Final = 4
BESIDE: Final = 2
# What is done in a game is told right behind it.
IN_GAME: Final = "in_game"
# What a school writes down of how it works, as its papers are called.
POLICY: Final = "policy"
_REACH: Final = {
    "curriculum": WIDE,
    "helpline": WIDE,
    "news": WIDE,
    "staff_work": WIDE,
    "work": WIDE,
    POLICY: WIDE,
    "second_person": CLOSE,
    IN_GAME: BESIDE,
}
# What a list may name in `lowers` and `raises`.
CONTEXTS: Final = frozenset(
    {
        *("first_person", "intent", "means", "time", "method_seeking", "curriculum", "helpline", "reference"),
        *("news", "gaming", "sport", "fiction", "staff_work", "negation", "past_help"),
    }
)
# What shows that a person means it.
EARNEST: Final = ("first_person", "intent", "means", "time")
# The title of a known work.
WORK: Final = "work"
# What others say is told.
REPORTED: Final = "reported"
# A work of one word, or of few letters, is too often something else.
_SHORTEST_WORK: Final = 8
# What a match may say about itself. A thing that is looked for is not at hand, so means are not among it.
_TOLD_BY_ITSELF: Final = frozenset(
    {"first_person", "second_person", "intent", "time", "method_seeking", "real_life"}
)
# Titles that are said of one's own life as well, so that no work need be meant.
_SAYINGS: Final = "sayings"
_OWNERS: Final = frozenset({b"my", b"our"})
# A "support plan" is a paper; nobody intends it.
_PLANS: Final = frozenset({b"plan", b"plans"})


@dataclass(frozen=True, slots=True)
class _School:
    """Words that make of a person, a plan or a time something of school."""

    nouns: frozenset[bytes]
    verbs: frozenset[bytes]
    doing: frozenset[bytes]
    deadlines: frozenset[bytes]
    plans: frozenset[bytes]


class Contexts:
    """Listens for the cues of some knowledge. Not changed after it is made, so any thread may ask."""

    def __init__(self, knowledge: Knowledge = EMPTY_KNOWLEDGE) -> None:
        names: dict[str, set[str]] = {}
        for context, texts in knowledge.cues.items():
            if context not in _SCHOOL and context != _SAYINGS:
                for spelling in _spelled(texts, knowledge):
                    names.setdefault(spelling, set()).add(context)
        sayings = set(_spelled(knowledge.cues.get(_SAYINGS, ()), knowledge))
        for title in map(fold, knowledge.works):
            if title not in sayings and _is_telling(title):
                names.setdefault(title, set()).add(WORK)
        # Of thousands of cues few are named otherwise than others.
        alike: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._names = [alike.setdefault(some, some) for some in map(tuple, map(sorted, names.values()))]
        self._sizes = [spelling.count(" ") + 1 for spelling in names]
        cues = [b" %b " % spelling.encode() for spelling in names]
        self._automaton = ahocorasick_rs.BytesAhoCorasick(cues) if cues else None
        words = (_spelled(knowledge.cues.get(one, ()), knowledge) for one in _SCHOOL)
        self._school = _School(*(frozenset(word.encode() for word in some) for some in words))

    def around(self, words: Sequence[bytes], first: int, last: int) -> frozenset[str]:
        """Name the contexts of the words `first` to `last`; also `WORK` and those that no list may name."""
        return frozenset(self.heard(words, first, last))

    def heard(self, words: Sequence[bytes], first: int, last: int) -> dict[str, tuple[int, int]]:
        """Give the contexts, and the first and last word of the cue by which each was known."""
        if self._automaton is None:
            return {}
        low = max(0, first - WIDE)
        window = words[low : last + 1 + WIDE]
        text = b" %b " % b" ".join(window)
        heard: list[tuple[str, int, int]] = []
        for cue, start, _ in self._automaton.find_matches_as_indexes(text, overlapping=True):
            begin = text.count(b" ", 0, start + 1) - 1
            heard += [(name, begin, begin + self._sizes[cue] - 1) for name in self._names[cue]]
        # "Who can i talk to" stands on a poster, too.
        asked = [(begin, end) for name, begin, end in heard if name == "helpline" and begin < end]
        found: dict[str, tuple[int, int]] = {}
        first, last = first - low, last - low
        for name, begin, end in heard:
            if name in found or max(first - end, begin - last) > _REACH.get(name, NEAR):
                continue
            if name == IN_GAME and begin < last:
                continue
            if name == "first_person" and any(one <= begin <= other for one, other in asked):
                continue
            if self._is_meant(name, window, begin, own=first <= begin and end <= last):
                found[name] = low + begin, low + end
        return found

    def _is_meant(self, name: str, window: Sequence[bytes], at: int, *, own: bool) -> bool:
        """Say whether a cue speaks of life rather than of school; inside the match it always does."""
        if own:
            # A term's own words say how it is meant only of a person, a plan or a day.
            return name in _TOLD_BY_ITSELF
        if name not in {"first_person", "second_person", "intent", "time"}:
            return True
        if name == "time":
            return self._school.deadlines.isdisjoint(window[max(0, at - 3) : at])
        return not (self._is_on_paper(window, at) or self._is_at_school(window, at))

    def _is_on_paper(self, window: Sequence[bytes], at: int) -> bool:
        """Say whether a plan is one that is written, as a lesson plan."""
        return window[at] in _PLANS and at > 0 and window[at - 1] in self._school.plans

    def _is_at_school(self, window: Sequence[bytes], at: int) -> bool:
        """Say whether a person or a plan has to do with school work."""
        school = self._school
        if window[at] in _OWNERS:
            return not school.nouns.isdisjoint(window[at + 1 : at + 4])
        if not school.verbs.isdisjoint(window[at + 1 : at + 5]):
            return True
        busy = not school.doing.isdisjoint(window[at + 1 : at + 3])
        return busy and not school.nouns.isdisjoint(window[at + 2 : at + 8])


_SCHOOL: Final = ("school_nouns", "school_verbs", "school_doing", "deadlines", "paper_plans")


def _spelled(texts: Iterable[str], knowledge: Knowledge) -> list[str]:
    spellings = (spelling for text in texts for spelling in plainly(text, knowledge.classes))
    return [folded for spelling in spellings if GAP not in spelling and (folded := fold(spelling))]


def _is_telling(title: str) -> bool:
    """Say whether a title by itself shows that a work is spoken of."""
    words = title.split()
    if len(words) == 1:
        return len(title) >= _SHORTEST_WORK and title not in EVERYDAY
    return len(title) >= _SHORTEST_WORK
