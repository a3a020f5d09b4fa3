"""Fuzzes the matcher with the shipped lists: ``make soak``, ten minutes or ``SECONDS=n``.

Prints one JSON line at the end, and one for each finding: its seed and the text that the fuzz made. Exit code
1 if there was any.
"""

import argparse
import json
import random
import sys
import time

from lamplighter_keywords.matcher import Matcher
from lamplighter_keywords.shipped import load_compiled
from lamplighter_keywords.terms import Source, UserKind

from tests.soak.fuzz import CORE_POSITIVES, curriculum_cues, fault_of, made_up

# Of processor time, for a text of some hundred characters.
MOST_SECONDS = 1.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=0, help="the first seed; each text has its own")
    arguments = parser.parse_args()
    matcher = Matcher(load_compiled())
    seed, findings, slowest = arguments.seed, 0, 0.0
    until = time.monotonic() + arguments.seconds
    while time.monotonic() < until:
        begun = time.process_time()
        problem, text = examined(matcher, seed)
        took = time.process_time() - begun
        slowest = max(slowest, took)
        problem = problem or (f"took {took:.1f} s" if took > MOST_SECONDS else None)
        if problem:
            findings += 1
            print(json.dumps({"seed": seed, "problem": problem, "text": text}))
        seed += 1
    summary = {"texts": seed - arguments.seed, "findings": findings, "slowest_ms": round(slowest * 1000, 1)}
    print(json.dumps(summary))
    return 1 if findings else 0


def examined(matcher: Matcher, seed: int) -> tuple[str | None, str]:
    """Make the text of a seed and look at it."""
    chance = random.Random(seed)
    if chance.random() < 0.1:
        text = f"{chance.choice(CORE_POSITIVES)} {chance.choice(curriculum_cues())}"
        found = matcher.match(text, source=Source.TYPED, user_kind=UserKind.PUPIL)
        loud = any(match.severity >= 2 for match in found)
        return (None if loud else "school words silenced a core positive"), text
    text = made_up(chance)
    source, user_kind = chance.choice(list(Source)), chance.choice(list(UserKind))
    return fault_of(matcher, text, source, user_kind), text


if __name__ == "__main__":
    sys.exit(main())
