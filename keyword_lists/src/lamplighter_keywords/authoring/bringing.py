"""Bringing a library in: what would change, and the file that is written when somebody says so."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from lamplighter_keywords.authoring.loading import load_list, parse_list
from lamplighter_keywords.authoring.senso import Imported, Rejected, list_text, read_library
from lamplighter_keywords.errors import ListMalformed
from lamplighter_keywords.terms import Term, Theme


@dataclass(frozen=True, slots=True, kw_only=True)
class Bringing:
    """What a library would make of a list. Ids of terms, never a count alone, so that somebody can look."""

    file: Path
    content: str
    added: tuple[str, ...]
    changed: tuple[str, ...]
    # In the list so far, and not in the library: they go.
    removed: tuple[str, ...]
    rejected: tuple[Rejected, ...]


def bring(library: Path, *, theme: Theme, folder: Path, today: date) -> Bringing:
    """Read a library and compare it with the list that an earlier import wrote; nothing is written yet.

    Raises `ListMalformed` where the library, or the list that is there, can't be read.
    """
    try:
        text = library.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise ListMalformed(library.name, "", 1, "not UTF-8; save it as CSV UTF-8") from error
    except OSError as error:
        raise ListMalformed(library.name, "", 1, f"can't be read: {error.strerror}") from error
    imported = read_library(text, library.name)
    list_id = f"own-{theme.slug}.en"
    file = folder / f"{list_id}.toml"
    content = _content(imported, list_id, theme, today)
    after = {term.id: _sense(term) for term in parse_list(content.encode(), file.name).terms}
    before = {term.id: _sense(term) for term in load_list(file).terms} if file.exists() else {}
    return Bringing(
        file=file,
        content=content,
        added=tuple(sorted(after.keys() - before.keys())),
        changed=tuple(sorted(one for one in after.keys() & before.keys() if after[one] != before[one])),
        removed=tuple(sorted(before.keys() - after.keys())),
        rejected=imported.rejected,
    )


def write(bringing: Bringing) -> None:
    """Put the list in its place at once or not at all.

    Raises `ListMalformed` where somebody has worked on the list since: that is not written over.
    """
    file = bringing.file
    if file.exists():
        worked_on = [term for term in load_list(file).terms if term.note or term.tests.hit or term.tests.miss]
        if worked_on:
            problem = "somebody added notes or tests here, which an import would lose; rename the file first"
            raise ListMalformed(file.name, worked_on[0].id, worked_on[0].line, problem)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ListMalformed(file.name, "", 1, f"its folder can't be made: {error.strerror}") from error
    aside = bringing.file.with_name(f".{bringing.file.name}")
    aside.write_text(bringing.content, encoding="utf-8")
    aside.replace(bringing.file)


def _content(imported: Imported, list_id: str, theme: Theme, today: date) -> str:
    area = theme.risk_area.value if theme.risk_area else ""
    return list_text(imported, list_id=list_id, theme=theme.slug, risk_area=area, day=today.isoformat())


def _sense(term: Term) -> tuple[object, ...]:
    """What an import decides of a term."""
    return term.text, term.match, term.severity, term.sources, term.exceptions, term.requires
