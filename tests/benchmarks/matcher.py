"""The matcher's figures: speed against the bare automaton, one title, one key, and what loading takes.

`matcher.fold_ratio` is the throughput of folding and one search of whole words, `matcher.lanes_ratio` that of
the whole matcher with every lane, both over that of one overlapping pass of the bare automaton over the same
windows already folded, with the same spellings, in this process. A title is compared with the same pass over
it. A key is one more character in the agent's typing buffer, and costs what matching costs that which the
buffer hands over, at most 512 characters; it is measured once, since what is read for the first time counts,
and so in the processor's time: others on the same machine would make the slowest keys.
Texts are matched once before, as on a laptop that has been used for a while; `cold_ratio` is the first time.
Loading is from the bytes of the compiled shipped lists to a matcher that is ready (matcher_load.py).
"""

import gc
import json
import random
import statistics
import subprocess
import sys
import textwrap
import time
import tracemalloc
from collections.abc import Callable
from functools import partial

import ahocorasick_rs
from lamplighter_agent.backends.ports import KeyKind, KeyPress
from lamplighter_agent.sensing.typing_buffer import TypingBuffer
from lamplighter_keywords.matcher import Matcher
from lamplighter_keywords.reading.normalise import fold_bytes
from lamplighter_keywords.reading.readings import exact
from lamplighter_keywords.rules import RuleBook
from lamplighter_keywords.shipped import shipped_knowledge
from lamplighter_keywords.terms import KeywordPack, Source, UserKind
from lamplighter_keywords.written import ROOM_ON_A_DEVICE

from tests.benchmarks.matcher_texts import made_pack, made_text

WINDOW = 512
TITLE = 60
ROUNDS = 5
KEYS = 20_000


def main() -> None:
    """Measure everything; one JSON line for each figure."""
    chance = random.Random(1)
    pack = made_pack(chance, shipped_knowledge())
    build(pack)
    text = made_text(chance, pack, 200_000)
    matcher = Matcher(pack, room=ROOM_ON_A_DEVICE)
    # As the agent does when it has started.
    gc.collect()
    gc.freeze()
    ratios(matcher, pack, text)
    titles(matcher, pack, text)
    keys(matcher, text)
    load()


def build(pack: KeywordPack) -> None:
    begun = time.perf_counter()
    Matcher(pack)
    seconds = time.perf_counter() - begun
    tracemalloc.start()
    kept = Matcher(pack)
    size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    del kept
    report("matcher.build_s", seconds, "s", python_mb=round(size / 1e6, 1), terms=len(pack.lists[0].terms))


def bare_automaton(pack: KeywordPack) -> ahocorasick_rs.BytesAhoCorasick:
    spellings = [b" %b " % fold_bytes(text) for term in pack.lists[0].terms for text in term.text]
    return ahocorasick_rs.BytesAhoCorasick(spellings)


def ratios(matcher: Matcher, pack: KeywordPack, text: str) -> None:
    automaton = bare_automaton(pack)
    book = RuleBook(pack)
    windows = [text[start : start + WINDOW] for start in range(0, len(text), WINDOW)]
    folded = [b" %b " % fold_bytes(window) for window in windows]
    hits = sum(len(automaton.find_matches_as_indexes(window, overlapping=True)) for window in folded)

    def bare(nth: int) -> None:
        automaton.find_matches_as_indexes(folded[nth], overlapping=True)

    def fold_only(nth: int) -> None:
        book.search([exact(windows[nth])])

    def whole(nth: int) -> None:
        matcher.match(windows[nth], source=Source.TYPED, user_kind=UserKind.PUPIL)

    cold = sum(taken(partial(whole, nth)) for nth in range(len(windows)))
    raw, fold_s, lanes_s = map(sum, alternately(len(windows), bare, fold_only, whole))
    more = {"raw_mb_per_s": round(len(text) / raw / 1e6, 1), "hits_per_kb": round(hits / len(text) * 1000, 2)}
    baseline = "one pass of ahocorasick_rs over the same folded windows"
    report("matcher.fold_ratio", raw / fold_s, "ratio", baseline=baseline, **more)
    more["cold_ratio"] = round(raw / cold, 4)
    report("matcher.lanes_ratio", raw / lanes_s, "ratio", baseline=baseline, **more)


def titles(matcher: Matcher, pack: KeywordPack, text: str) -> None:
    automaton = bare_automaton(pack)
    shown = textwrap.wrap(text, TITLE)
    folded = [b" %b " % fold_bytes(one) for one in shown]

    def bare(nth: int) -> None:
        automaton.find_matches_as_indexes(folded[nth], overlapping=True)

    def whole(nth: int) -> None:
        matcher.match(shown[nth], source=Source.WINDOW_TITLE, user_kind=UserKind.PUPIL)

    raw, each = alternately(len(shown), bare, whole)
    report(
        "matcher.title_us",
        statistics.median(each) * 1e6,
        "us",
        baseline="one pass of ahocorasick_rs over the folded title",
        raw_us=round(statistics.median(raw) * 1e6, 2),
        times_raw=round(statistics.median(each) / statistics.median(raw), 1),
        p99=round(percentile(each, 99) * 1e6, 1),
    )


def keys(matcher: Matcher, text: str) -> None:
    """What the agent's own buffer hands over when a text is typed into it; most keys hand nothing over."""
    buffer = TypingBuffer()
    pressed = [KeyPress(kind=KeyKind.TEXT, text=one, time_ms=0) for one in text[: WINDOW + KEYS]]
    # From the key on that fills the ring.
    windows = [buffer.press(key, 0.0) for key in pressed][WINDOW:]

    def press(nth: int) -> None:
        for window in windows[nth]:
            matcher.match(window.text, source=Source.TYPED, user_kind=UserKind.PUPIL)

    each = [taken(partial(press, nth), clock=time.thread_time) for nth in range(KEYS)]
    size = round(statistics.fmean(len(one.text) for some in windows for one in some))
    report("matcher.key_us_mean", statistics.fmean(each) * 1e6, "us", characters=size)
    report("matcher.key_us_p99", percentile(each, 99) * 1e6, "us", characters=size)


def load() -> None:
    """In a process of its own, as an agent's start: here, much is in memory that it needs."""
    command = [sys.executable, "-m", "tests.benchmarks.matcher_load"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    seconds, mb = found.pop("seconds"), found.pop("mb")
    report("matcher.load_s", seconds, "s", baseline="", bound=0.5, goal=0.2, **found)
    report("matcher.load_mb", mb, "MB", bound=40, goal=25)


def taken(measured: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    begun = clock()
    measured()
    return clock() - begun


def alternately(count: int, *measured: Callable[[int], None], rounds: int = ROUNDS) -> list[list[float]]:
    """Time several things in turn, each on so many pieces; of each piece the fastest round counts.

    A piece takes less than the time for which a busy machine lets a process run; and each thing has the
    processor's caches to itself for a round.
    """
    best = [[float("inf")] * count for _ in measured]
    for _ in range(rounds):
        for one, times in zip(measured, best, strict=True):
            for nth in range(count):
                times[nth] = min(times[nth], taken(partial(one, nth)))
    return best


def percentile(values: list[float], percent: int) -> float:
    return sorted(values)[len(values) * percent // 100]


def report(bench: str, value: float, unit: str, *, baseline: str = "", **more: float) -> None:
    print(json.dumps({"bench": bench, "value": round(value, 4), "unit": unit, "baseline": baseline, **more}))


if __name__ == "__main__":
    main()
