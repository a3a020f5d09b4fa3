"""How what was found in lists is told: a line each for a person, rows of JSON for a program."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from lamplighter_keywords.authoring.bringing import Bringing
from lamplighter_keywords.authoring.lint import Problem

# What lint asks of every term that comes from elsewhere, and only a person can write.
_YET_TO_WRITE = frozenset({"note", "tests"})
_LACKING = " is missing: "
_WHAT_THEY_ARE = (
    "a note says why it is here, a hit is a sentence that must match, "
    "a miss one with a word of the term that must not"
)
MOST_TYPES = 5


def problem_rows(problems: Iterable[Problem]) -> list[dict[str, object]]:
    """Give problems as `--json` shows them."""
    return [
        {"file": one.file, "line": one.line, "term": one.term, "rule": one.rule, "message": one.message}
        for one in problems
    ]


def by_term(problems: Sequence[Problem]) -> list[Problem]:
    """Tell in one line what only a person can write and a term lacks: after an import, nearly all do."""
    together: dict[object, list[Problem]] = {}
    for nth, one in enumerate(problems):
        place = (one.file, one.line, one.term) if _is_lacking(one) else nth
        together.setdefault(place, []).append(one)
    return [_as_one(some) if len(some) > 1 else some[0] for some in together.values()]


def _as_one(lacking: Sequence[Problem]) -> Problem:
    names = [one.message.partition(_LACKING)[0].removeprefix("a ") for one in lacking]
    return replace(lacking[0], message=f"{', '.join(names)} are missing: {_WHAT_THEY_ARE}")


def _is_lacking(one: Problem) -> bool:
    return one.rule in _YET_TO_WRITE and _LACKING in one.message


def import_as_json(bringing: Bringing, problems: Sequence[Problem], *, written: bool) -> dict[str, object]:
    """Give what a library makes of a list as `--json` shows it."""
    return {
        "file": bringing.file.name,
        "written": written,
        "adds": list(bringing.added),
        "changes": list(bringing.changed),
        "keeps": bringing.kept,
        "gone": list(bringing.gone),
        "rejects": [
            {"line": one.line, "phrase": one.phrase, "reason": one.reason} for one in bringing.rejected
        ],
        "problems": problem_rows(problems),
    }


def import_as_lines(bringing: Bringing, problems: Sequence[Problem], *, dry_run: bool) -> Iterator[str]:
    """Give it for a person, the counts last."""
    for term in bringing.added:
        yield f"adds {term}"
    for term, what in bringing.changed.items():
        yield f"changes {term}: {', '.join(what)}"
    for term in bringing.gone:
        yield f"no longer in the file; still listed: {term}"
    for one in bringing.rejected:
        yield f"rejects row {one.line} ({one.phrase!r}): {one.reason}"
    if len(bringing.types) > 1:
        yield f"rows of {len(bringing.types)} Types go into this one theme: {_some(bringing.types)}"
    bare = {one.term for one in problems if one.rule in _YET_TO_WRITE}
    if bare:
        yield f"check-school will ask for a note and tests: still missing in {count(len(bare), 'term')}"
    yield from (f"look at {one}" for one in problems if one.rule not in _YET_TO_WRITE)
    counts = f"{len(bringing.added)} added, {len(bringing.changed)} changed, {bringing.kept} kept as they are"
    done = "nothing written (--dry-run)" if dry_run else f"written to {bringing.file.name}"
    yield f"{counts}, {len(bringing.rejected)} rejected; {done}"


def count(number: int, what: str) -> str:
    """Say how many there are, such as `1 term`."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_TYPES} more" if len(names) > MOST_TYPES else ""
    return ", ".join(names[:MOST_TYPES]) + more
