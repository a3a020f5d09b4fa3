"""A run of checks beside `make test`, as `make wine` and `make machine` are: told as they come, and kept."""

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.support.outcome import Outcome, State
from tests.support.readme import put_into_readme

_WORDS = {State.PROVEN: "yes", State.FAILED: "no: {}", State.BEYOND: "not proven: {}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where checks run: `where` stands in each line ("under wine"), `heading` over the two columns."""

    where: str
    mark: str
    heading: str
    results: Path


def run_checks(
    place: Place,
    wanted: Mapping[str, Callable[[], list[Outcome]]],
    *,
    whole: bool,
    shown: Callable[[], str] = str,
) -> int:
    """Run and print each, keep the results, return the exit code: 1 if one failed.

    A `whole` run goes into agent/README.md. What `shown` returns is printed where a check broke off.
    """
    outcomes: list[Outcome] = []
    for name, check in wanted.items():
        try:
            found = check()
        except (TimeoutError, AssertionError) as error:
            found = [Outcome(check=name, state=State.FAILED, why=str(error).partition("\n")[0])]
            sys.stderr.write(shown())
        sys.stdout.writelines(one.line(place.where) + "\n" for one in found)
        sys.stdout.flush()
        outcomes += found
    told = [{"check": one.check, "state": one.state.value, "why": one.why} for one in outcomes]
    place.results.parent.mkdir(exist_ok=True)
    place.results.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    if whole:
        put_into_readme(_table(outcomes, place.heading), mark=place.mark)
    return 1 if any(one.state is State.FAILED for one in outcomes) else 0


def _table(outcomes: Iterable[Outcome], heading: str) -> str:
    rows = [f"| {one.check} | {_WORDS[one.state].format(one.why)} |\n" for one in outcomes]
    return "".join([f"| {heading} |\n", "|---|---|\n", *rows])
