"""What a school hands in to be published, looked at as its editor's own commands look at it.

All faults are told at once, each with its file, line and term, so that nobody mends 27 of them in 27 runs.
Shipped lists are not looked at here: the project's own build does that.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from lamplighter_keywords.authoring.lint import lint_folder
from lamplighter_keywords.authoring.loading import load_themes
from lamplighter_keywords.authoring.overrides import check_overrides, lapsed, load_overrides
from lamplighter_keywords.authoring.school import faulty_exceptions
from lamplighter_keywords.bundles.overrides_part import overrides_document
from lamplighter_keywords.errors import KeywordsError, ListMalformed
from lamplighter_keywords.shipped import shipped_knowledge, shipped_themes, with_examples
from lamplighter_keywords.terms import KeywordPack

from lamplighter_collector.errors import PublicationRefused

LISTS: Final = "lists"
THEMES: Final = "themes.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """A school's changes of the lists: what devices get of them, and what somebody must hear."""

    part: bytes = field(default=b"", repr=False)
    """Without what has lapsed; no bytes for no changes."""
    number: int = 0
    faults: tuple[str, ...] = ()
    """What must be mended before anything is published."""
    lapsed: tuple[str, ...] = ()
    """Changes that are over: there the list is as supplied again, and they stop nothing."""


def themes_of(folder: Path) -> Path | None:
    """The themes of a folder that is laid out as the shipped one; None where it holds lists alone."""
    themes = folder / THEMES
    return themes if themes.is_file() else None


def faults_of_lists(folder: Path, *, beside: bool = False) -> tuple[str, ...]:
    """What `lint` has to say of a folder of lists; ``beside`` the shipped ones their themes hold.

    Raises:
        PublicationRefused: there are none, or its themes can't be read.
    """
    themes = None if beside else themes_of(folder)
    try:
        if themes is None:
            report = lint_folder(folder, shipped_themes(), shipped_knowledge())
        else:
            report = lint_folder(folder / LISTS, load_themes(themes), shipped_knowledge())
    except KeywordsError as error:
        raise PublicationRefused(str(error)) from error
    return tuple(map(str, report.problems))


def changes_of(path: Path, pack: KeywordPack, today: date) -> Changes:
    """Read a school's changes (TOML) and look at them beside the lists that they will stand with."""
    try:
        found = load_overrides(path)
        running = tuple(one for one in found if not one.is_over(today))
        part = overrides_document(running) if running else b""
    except ListMalformed as error:
        return Changes(faults=tuple(map(str, error.every)))
    except KeywordsError as error:
        return Changes(faults=(str(error),))
    known = with_examples(pack, {one.term for one in running if one.exceptions})
    faults = (*check_overrides(pack, running, today), *faulty_exceptions(known, running))
    return Changes(
        part=part,
        number=len(running),
        faults=tuple(map(str, faults)),
        lapsed=tuple(map(str, lapsed(found, today))),
    )


def refusal(faults: Iterable[str]) -> PublicationRefused:
    """Name all the faults; what two looked at is told once."""
    told = tuple(dict.fromkeys(faults))
    count = "1 problem" if len(told) == 1 else f"{len(told)} problems"
    return PublicationRefused("\n".join([f"nothing was published: {count} to mend first", *told]))
