"""A pupil's day at the keyboard in ten minutes: ``make soak ONLY=day``; ``SECONDS=n`` for a part of it.

Eight hours of two hundred characters and a title each minute: in a terminal, whose keys are heard, in text
fields, which are read by accessibility and come and go as programs do, and in password fields. Nothing of the
agent may grow by it: after each twenty minutes of the day, with all windows of theirs closed, its memory,
threads, descriptors and X clients are looked at. What was listed must have reached the collector and
nothing of the passwords.

Prints a JSON line for each hour, and one at the end; exit code 1 if something grew or went astray.
"""

import argparse
import itertools
import json
import re
import statistics
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from installers.quickstart.virtual_desktop.desktop import Desktop, Window
from tests.benchmarks.footprint import rename
from tests.keywords.ordinary_school_life import TITLES, TYPED
from tests.support.listed import Listed, listed
from tests.support.processes import descriptors_of, memory_of, threads_of
from tests.support.waiting import wait_for
from tests.support.watched import Watched, watched_device

ROUND_HOURS = 1 / 3
CHARACTERS = 4000
ROUND_TITLES = 20
# A whole day is so many rounds, in about so long; fewer would show nothing.
DAY_ROUNDS, DAY_SECONDS, FEWEST_ROUNDS = 24, 600.0, 6
# So quick is the typing.
DELAY_MS = 4
AT_ONCE = 250
# What is met for the first time is kept: words of the lists, as far as there is room, and objects for use.
WARM = 0.25
MOST_GROWN_MB = 2.0
REST_SECONDS = 0.7
# Closed windows leave in their own time.
_REST = threading.Event()
_ENGLISH = re.compile(r"su-\d+")
_TYPABLE = frozenset("abcdefghijklmnopqrstuvwxyz ,.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What the two processes held at one time of the day; their X clients are those of all programs."""

    hour: float
    service_mb: float
    helper_mb: float
    # Of these, what no file holds: a leak would be there.
    service_own_mb: float
    helper_own_mb: float
    threads: int
    descriptors: int
    clients: int
    # What X clients of everybody hold in the server: windows, pixmaps, graphic contexts.
    resources: int


class Day:
    """One pupil at one desktop."""

    def __init__(self, watched: Watched, sentences: Sequence[Listed]) -> None:
        """Take the device; of the sentences the first is the password, one of the others is typed a round."""
        self._watched = watched
        self._secret, *rest = sentences
        self._sentences = itertools.cycle(rest)
        self.typed: set[str] = set()
        self._terminal = watched.open_terminal()
        self._text = itertools.cycle(_ordinary())
        self._titles = itertools.cycle(TITLES)
        self._characters = 0

    @property
    def secret_term(self) -> str:
        return self._secret.term

    @property
    def characters(self) -> int:
        return self._characters

    def live(self) -> None:
        """Do what twenty minutes hold."""
        desktop = self._watched.desktop
        desktop.focus(self._terminal)
        for _ in range(ROUND_TITLES):
            rename(desktop, self._terminal, next(self._titles))
            self._type(CHARACTERS // ROUND_TITLES // 2, before="# ")
            desktop.key("ctrl+u")
        field = desktop.open_gtk_entry("Notes")
        self._type(CHARACTERS // 2, before="My day. ")
        desktop.key("ctrl+a", "BackSpace")
        listed = next(self._sentences)
        desktop.type_text(f"{listed.sentence} ")
        self.typed.add(listed.term)
        self._leave(desktop, field)
        field = desktop.open_gtk_entry("Sign in", secret=True)
        desktop.type_text(f"{self._secret.sentence} ")
        self._leave(desktop, field)

    def look(self, hour: float) -> Sample:
        """Count what there is, once what was closed is gone."""
        _REST.wait(REST_SECONDS)
        pids, display = self._watched.pids, self._watched.desktop.display
        service, helper = map(memory_of, pids)
        clients = display.res_query_clients().clients
        held = (display.res_query_client_resources(one.resource_base).types for one in clients)
        return Sample(
            hour=round(hour, 2),
            service_mb=service.whole,
            helper_mb=helper.whole,
            service_own_mb=service.own,
            helper_own_mb=helper.own,
            threads=sum(map(threads_of, pids)),
            descriptors=sum(map(descriptors_of, pids)),
            clients=len(clients),
            resources=sum(kind.count for kinds in held for kind in kinds),
        )

    def _type(self, count: int, *, before: str) -> None:
        self._characters += count
        self._watched.desktop.type_text(before)
        for begin in range(0, count, AT_ONCE):
            text = "".join(itertools.islice(self._text, min(AT_ONCE, count - begin)))
            self._watched.desktop.type_text(text, delay_ms=DELAY_MS)

    def _leave(self, desktop: Desktop, field: Window) -> None:
        """End the program of a field, once what was typed there was looked at."""
        desktop.key("Return")
        wait_for(lambda: field.process.poll() is not None, "the field gone")
        desktop.close(field)
        wait_for(lambda: desktop.active_window() == self._terminal.id, "the terminal before them again")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=DAY_SECONDS)
    wanted = parser.parse_args().seconds
    rounds = max(FEWEST_ROUNDS, round(DAY_ROUNDS * wanted / DAY_SECONDS))
    sentences = [one for one in listed() if _ENGLISH.fullmatch(one.term)][: DAY_ROUNDS + 1]
    with watched_device() as watched:
        day = Day(watched, sentences)
        samples: list[Sample] = []
        for number in range(1, rounds + 1):
            day.live()
            samples.append(day.look(number * ROUND_HOURS))
            if number % 3 == 0:
                tell(samples[-1])
        found = {one["term"] for one in reached(watched, day.typed)}
    warm = samples[int(len(samples) * WARM) :]
    grown = {name: growth(warm, name) for name in ("service_own_mb", "helper_own_mb")}
    problems = [f"{name} grew by {by}" for name, by in grown.items() if by > MOST_GROWN_MB]
    problems += [
        f"{name} grew" for name in ("threads", "descriptors", "clients", "resources") if leaks(warm, name)
    ]
    problems += [f"not at the collector: {term}" for term in sorted(day.typed - found)]
    if day.secret_term in found:
        problems.append("a password was read")
    summary = {
        "hours": round(rounds * ROUND_HOURS, 1),
        "characters": day.characters,
        "titles": rounds * ROUND_TITLES,
        "grown": grown,
        "first": _counts(warm[0]),
        "last": _counts(warm[-1]),
        "problems": problems,
    }
    print(json.dumps(summary), flush=True)
    return 1 if problems else 0


def reached(watched: Watched, terms: set[str]) -> list[dict[str, Any]]:
    """Give what the collector has, once it has all of some terms or a minute is over."""
    found: list[dict[str, Any]] = []

    def all_there() -> bool:
        found[:] = watched.collector.report("detections")
        return terms <= {one["term"] for one in found}

    try:
        wait_for(all_there, "every listed sentence", seconds=60, step=1)
    except AssertionError:
        # Which are missing is told with the rest.
        return found
    return found


def growth(samples: Sequence[Sample], name: str) -> float:
    """Give by how much a straight line through the samples rises from the first to the last of them."""
    hours, values = [one.hour for one in samples], [getattr(one, name) for one in samples]
    return round(statistics.linear_regression(hours, values).slope * (hours[-1] - hours[0]), 2)


def leaks(samples: Sequence[Sample], name: str) -> bool:
    """Say whether the least of a count at the end is more than the most of it at the beginning."""
    values = [getattr(one, name) for one in samples]
    third = max(1, len(values) // 3)
    return bool(min(values[-third:]) > max(values[:third]))


def tell(sample: Sample) -> None:
    print(json.dumps({"hour": sample.hour, **_counts(sample)}), flush=True)


def _counts(sample: Sample) -> dict[str, float]:
    return {name: getattr(sample, name) for name in Sample.__slots__ if name != "hour"}


def _ordinary() -> str:
    """What is written all day, by keys that every layout has."""
    return "".join(one for one in " ".join(TYPED).lower() if one in _TYPABLE) + " "


if __name__ == "__main__":
    sys.exit(main())
