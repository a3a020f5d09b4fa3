"""The matcher's figures: speed against the bare automaton, one title, one key, and the time to load.

The lists are made up here, from letters: 50,000 terms, two thirds of them phrases, and texts of made-up words
in which about one word in two hundred is a term. `matcher.fold_ratio` is the throughput of matching raw text,
over that of one pass of the bare automaton over the same windows already folded and with the same spellings,
both in this process. A key is one more character of a window that is matched at each word boundary, as the
agent does.
"""

import json
import random
import statistics
import time
from collections.abc import Callable

import ahocorasick_rs
from lamplighter_keywords.matcher import Matcher
from lamplighter_keywords.reading.normalise import fold_bytes
from lamplighter_keywords.shipped import load_shipped
from lamplighter_keywords.terms import KeywordList, KeywordPack, Mode, Source, Term, UserKind

TERMS = 50_000
HIT_EVERY = 200
WINDOW = 512
TITLE = 60
ROUNDS = 5


def main() -> None:
    """Measure everything; one JSON line for each figure."""
    chance = random.Random(1)
    words = made_up_words(chance, 20_000)
    pack = made_up_pack(chance, words)
    matcher = Matcher(pack)
    text = made_up_text(chance, words, pack, 200_000)
    fold_ratio(matcher, pack, text)
    title(matcher, text)
    keys(matcher, text)
    load()


def fold_ratio(matcher: Matcher, pack: KeywordPack, text: str) -> None:
    spellings = [b" %b " % fold_bytes(text) for term in pack.lists[0].terms for text in term.text]
    automaton = ahocorasick_rs.BytesAhoCorasick(spellings)
    windows = [text[start : start + WINDOW] for start in range(0, len(text), WINDOW)]
    folded = [b" %b " % fold_bytes(window) for window in windows]
    hits = 0

    def bare() -> None:
        nonlocal hits
        hits = sum(len(automaton.find_matches_as_indexes(window, overlapping=True)) for window in folded)

    def whole() -> None:
        for window in windows:
            matcher.match(window, source=Source.TYPED, user_kind=UserKind.PUPIL)

    raw, full = alternately(bare, whole)
    report(
        "matcher.fold_ratio",
        raw / full,
        "ratio",
        baseline="one pass of ahocorasick_rs over the same folded windows",
        raw_mb_per_s=round(len(text) / raw / 1e6, 1),
        full_mb_per_s=round(len(text) / full / 1e6, 1),
        hits_per_kb=round(hits / len(text) * 1000, 2),
    )


def title(matcher: Matcher, text: str) -> None:
    titles = [text[start : start + TITLE] for start in range(0, len(text), TITLE)]
    taken: list[float] = []
    for one in titles:
        begun = time.perf_counter()
        matcher.match(one, source=Source.WINDOW_TITLE, user_kind=UserKind.PUPIL)
        taken.append(time.perf_counter() - begun)
    report(
        "matcher.title_us", statistics.median(taken) * 1e6, "us", p99=round(percentile(taken, 99) * 1e6, 1)
    )


def keys(matcher: Matcher, text: str) -> None:
    """A window of the last 512 characters, matched at each word boundary; other keys cost nothing here."""
    taken: list[float] = []
    for end in range(WINDOW, WINDOW + 20_000):
        begun = time.perf_counter()
        if text[end] == " ":
            matcher.match(text[end - WINDOW : end], source=Source.TYPED, user_kind=UserKind.PUPIL)
        taken.append(time.perf_counter() - begun)
    report("matcher.key_us_mean", statistics.fmean(taken) * 1e6, "us")
    report("matcher.key_us_p99", percentile(taken, 99) * 1e6, "us")


def load() -> None:
    begun = time.perf_counter()
    pack = load_shipped()
    Matcher(pack)
    terms = sum(len(keyword_list.terms) for keyword_list in pack.lists)
    report("matcher.load_s", time.perf_counter() - begun, "s", lists=len(pack.lists), terms=terms)


def alternately(one: Callable[[], None], other: Callable[[], None]) -> tuple[float, float]:
    """Time two things in turn, so that a busy machine slows both; the fastest round of each counts."""
    best = [float("inf"), float("inf")]
    for _ in range(ROUNDS):
        for nth, measured in enumerate((one, other)):
            begun = time.perf_counter()
            measured()
            best[nth] = min(best[nth], time.perf_counter() - begun)
    return best[0], best[1]


def percentile(values: list[float], percent: int) -> float:
    return sorted(values)[len(values) * percent // 100]


def made_up_words(chance: random.Random, count: int) -> list[str]:
    syllables = [a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "en", "ar", "ing")]
    made = {"".join(chance.choices(syllables, k=chance.randint(1, 4))) for _ in range(count)}
    return sorted(made)


def made_up_pack(chance: random.Random, words: list[str]) -> KeywordPack:
    """Terms end in a "q", which no made-up word does, so that the rate of hits is the one that was chosen."""
    terms = tuple(
        Term(
            id=f"t{nth}",
            text=(" ".join([*chance.choices(words, k=nth % 3), f"{chance.choice(words)}{nth}q"]),),
            match=Mode.PHRASE,
            severity=3,
        )
        for nth in range(TERMS)
    )
    made = KeywordList(id="made-up", theme="made-up", language="en", terms=terms, file="made-up.toml")
    return KeywordPack(lists=(made,), themes={})


def made_up_text(chance: random.Random, words: list[str], pack: KeywordPack, size: int) -> str:
    pieces: list[str] = []
    length = 0
    while length < size:
        hit = chance.randrange(HIT_EVERY) == 0
        piece = chance.choice(pack.lists[0].terms).text[0] if hit else chance.choice(words)
        pieces.append(piece.capitalize() + "," if chance.randrange(12) == 0 else piece)
        length += len(pieces[-1]) + 1
    return " ".join(pieces)


def report(bench: str, value: float, unit: str, *, baseline: str = "", **more: float) -> None:
    print(json.dumps({"bench": bench, "value": round(value, 4), "unit": unit, "baseline": baseline, **more}))


if __name__ == "__main__":
    main()
