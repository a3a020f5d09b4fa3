"""Lists and texts for the matcher's figures: 50,000 terms, and prose in which few of them stand.

The words are the most frequent ones of wordfreq's English, Polish and Ukrainian lists: two fifths of the
terms are single rare words, a third phrases of two to four words, a quarter is Polish and Ukrainian. Texts
draw English words as often as people use them (Zipf).
"""

import random
from itertools import accumulate

from lamplighter_keywords.knowledge import Knowledge
from lamplighter_keywords.terms import KeywordList, KeywordPack, Mode, Term
from wordfreq import top_n_list

TERMS = 50_000
HITS_PER_KB = 2
COMMON = 20_000
RARE = 90_000


def english() -> list[str]:
    return [word for word in top_n_list("en", RARE) if word.isascii() and word.isalpha()]


def made_pack(chance: random.Random, knowledge: Knowledge, count: int = TERMS) -> KeywordPack:
    """Give a pack whose terms hardly stand in ordinary text: every one holds a rare word."""
    words = english()
    rare = words[COMMON:]
    polish = top_n_list("pl", 30_000)[3_000:]
    ukrainian = top_n_list("uk", 30_000)[3_000:]
    texts: dict[str, None] = {}
    while len(texts) < count:
        kind = chance.random()
        if kind < 0.40:
            texts[chance.choice(rare)] = None
        elif kind < 0.75:
            texts[
                " ".join([*chance.choices(words[:COMMON], k=chance.randint(1, 3)), chance.choice(rare)])
            ] = None
        elif kind < 0.88:
            texts[" ".join(chance.choices(polish, k=2))] = None
        else:
            texts[" ".join(chance.choices(ukrainian, k=2))] = None
    terms = tuple(
        Term(id=f"t{nth}", text=(text,), match=Mode.PHRASE, severity=3) for nth, text in enumerate(texts)
    )
    made = KeywordList(id="made-up", theme="made-up", language="en", terms=terms, file="made-up.toml")
    return KeywordPack(lists=(made,), themes={}, knowledge=knowledge)


def made_text(chance: random.Random, pack: KeywordPack, size: int) -> str:
    """Give prose of common words, with so many terms in it that it holds `HITS_PER_KB`."""
    words = english()[:COMMON]
    weights = list(accumulate(1 / (nth + 3) for nth in range(len(words))))
    drawn = chance.choices(words, cum_weights=weights, k=size // 4)
    pieces: list[str] = []
    length, hits = 0, 0
    for word in drawn:
        if hits * 1000 < length * HITS_PER_KB:
            hits += 1
            piece = chance.choice(pack.lists[0].terms).text[0]
        else:
            piece = f"{word.capitalize()}," if chance.randrange(12) == 0 else word
        pieces.append(piece)
        length += len(piece) + 1
        if length > size:
            break
    return " ".join(pieces)
