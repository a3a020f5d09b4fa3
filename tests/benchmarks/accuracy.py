"""How true the alerts are: ``python -m tests.benchmarks.accuracy [--misses | --sealed]``.

Prints the scores of the open part of the corpus, in total and by theme, language, kind and lane. ``--misses``
shows the texts of the open part that went wrong, for whoever works on the lists. ``--sealed`` scores the
sealed part in place of the open one: once, when the work on a version of the lists is done.
"""

import argparse
import json
from dataclasses import asdict

from lamplighter_keywords.matcher import Matcher
from lamplighter_keywords.shipped import load_compiled

from tests.accuracy.corpus import read_open, read_sealed
from tests.accuracy.scoring import Outcome, Score, by, outcomes, score


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", action="store_true", help="show what went wrong in the open part")
    parser.add_argument("--sealed", action="store_true", help="score the sealed part; for closing only")
    arguments = parser.parse_args()
    matcher = Matcher(load_compiled())
    if arguments.sealed:
        report_sealed(outcomes(matcher, read_sealed()))
        return
    opened = outcomes(matcher, read_open())
    if arguments.misses:
        show_misses(opened)
        return
    report("open", score(opened))
    for name, keys in (
        ("theme", lambda one: one.item.themes),
        ("language", lambda one: [one.item.language]),
        ("kind", lambda one: [one.item.kind]),
        ("lane", lambda one: one.lanes),
    ):
        for key, found in by(opened, keys).items():
            report(f"open {name} {key}", found)


def report_sealed(sealed: list[Outcome]) -> None:
    """Totals only, and the worst theme: nothing of a single text."""
    report("sealed", score(sealed))
    themes = by(sealed, lambda one: one.item.themes)
    worst = min(themes, key=lambda theme: themes[theme].recall, default="")
    if worst:
        report("sealed worst theme", themes[worst])


def report(part: str, found: Score) -> None:
    figures = {key: round(value, 4) for key, value in asdict(found).items()}
    for bench in ("recall", "false_alarms"):
        line = {"bench": f"accuracy.{bench}", "value": figures[bench], "unit": "share", "baseline": "labels"}
        more = {key: value for key, value in figures.items() if key not in {"recall", "false_alarms"}}
        print(json.dumps({**line, "part": part, **more}))


def show_misses(opened: list[Outcome]) -> None:
    for one in opened:
        item = one.item
        wrong = one.alerted != item.is_alert
        far = item.is_alert and one.alerted and abs(one.severity - item.severity) > 1
        if wrong or far:
            what = "MISS" if item.is_alert and wrong else "FALSE" if wrong else "FAR"
            terms = [f"{match.term}:{match.severity}:{match.lane}" for match in one.found]
            label = f"{','.join(sorted(item.themes)) or '-'}:{item.severity}"
            print(what, item.language, item.kind, item.source.value, label, repr(item.text), *terms, sep="\t")


if __name__ == "__main__":
    main()
