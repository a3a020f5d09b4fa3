"""Bringing a library in: what would change, and the file that is written when somebody says so.

A second library joins the list of the first: its rows are added or changed, and every other term stays as it
is, with what an editor wrote into it. To begin anew, somebody moves the file away.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from lamplighter_keywords.authoring.lint import Problem, lint_lists
from lamplighter_keywords.authoring.loading import list_files, load_list, parse_list
from lamplighter_keywords.authoring.senso import Imported, Rejected, list_text, read_library, term_id
from lamplighter_keywords.authoring.toml_tables import utf8_text
from lamplighter_keywords.errors import ListMalformed
from lamplighter_keywords.knowledge import Knowledge
from lamplighter_keywords.reading.normalise import fold
from lamplighter_keywords.terms import Term, Theme

_TERM = re.compile(r"^[ \t]*\[\[[ \t]*term[ \t]*\]\]", re.MULTILINE)
_VERSION = re.compile(r"^([ \t]*version[ \t]*=).*$", re.MULTILINE)
# What an import decides of a term; the rest is an editor's.
_DECIDED = ("text", "match", "severity", "sources", "exceptions", "requires")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bringing:
    """What a library would make of a list. Ids of terms, never a count alone, so that somebody can look."""

    file: Path
    content: str = field(repr=False)
    added: tuple[str, ...]
    # What is different about each.
    changed: Mapping[str, tuple[str, ...]]
    # In the list so far, and not brought: so many stay as they are.
    kept: int
    # Of those, what an import made and no row of this library speaks of any more.
    gone: tuple[str, ...]
    rejected: tuple[Rejected, ...]
    # The Types of the rows that are taken.
    types: tuple[str, ...]


def bring(library: Path, *, theme: Theme, themes: Iterable[Theme], folder: Path, today: date) -> Bringing:
    """Read a library and join it with the list that an earlier import wrote; nothing is written yet.

    Raises `ListMalformed` where the library, or the list that is there, can't be read.
    """
    try:
        raw = library.read_bytes()
    except OSError as error:
        raise ListMalformed(library.name, "", 1, f"can't be read: {error.strerror}") from error
    others = {
        fold(name): one.slug for one in themes if one.slug != theme.slug for name in (one.slug, one.name)
    }
    imported = read_library(utf8_text(raw, library.name), library.name, others)
    file = folder / f"own-{theme.slug}.en.toml"
    listed = {term.id: term for term in load_list(file).terms} if file.exists() else {}
    new = _made(imported, theme, today)
    brought = {term.id: term for term in parse_list(new.encode(), file.name).terms}
    differ = {one: _what(listed[one], brought[one]) for one in sorted(brought.keys() & listed.keys())}
    held = {one for one, what in differ.items() if what and _is_worked_on(listed[one])}
    changed = {one: what for one, what in differ.items() if what and one not in held}
    added = tuple(sorted(brought.keys() - listed.keys()))
    taken = {one: brought[one] for one in (*added, *changed)}
    content = _joined(file, new, list(listed), taken.keys(), today) if listed else new
    _sure(content, file.name, listed | taken)
    rejected = [*imported.rejected, *_held(imported, held, listed, file.name)]
    return Bringing(
        file=file,
        content=content,
        added=added,
        changed=changed,
        kept=len(listed) - len(changed),
        gone=tuple(_gone(listed.values(), imported)),
        rejected=tuple(sorted(rejected, key=lambda one: one.line)),
        types=tuple(sorted({row.type for row in imported.rows if row.type})),
    )


def look_ahead(bringing: Bringing, themes: Mapping[str, Theme], knowledge: Knowledge) -> tuple[Problem, ...]:
    """Tell what lint would say of the list, beside the others of its folder."""
    beside = []
    for one in list_files(bringing.file.parent):
        # Of a list that can't be read, `check-school` tells.
        with suppress(ListMalformed):
            beside += [load_list(one)] if one != bringing.file else []
    made = parse_list(bringing.content.encode(), bringing.file.name)
    problems = lint_lists([*beside, made], themes, knowledge).problems
    return tuple(one for one in problems if one.file == made.file)


def write(bringing: Bringing) -> None:
    """Put the list in its place at once or not at all; raise `ListMalformed` where that can't be done."""
    file = bringing.file
    aside = file.with_name(f".{file.name}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            aside.write_bytes(bringing.content.encode())
            aside.replace(file)
        finally:
            aside.unlink(missing_ok=True)
    except OSError as error:
        raise ListMalformed(file.name, "", 1, f"can't be written: {error.strerror}") from error


def _made(imported: Imported, theme: Theme, today: date) -> str:
    area = theme.risk_area.value if theme.risk_area else ""
    return list_text(
        imported, list_id=f"own-{theme.slug}.en", theme=theme.slug, risk_area=area, day=today.isoformat()
    )


def _held(
    imported: Imported, held: Collection[str], listed: Mapping[str, Term], shown: str
) -> Iterator[Rejected]:
    """Reject the rows that would change a term on which somebody has worked since."""
    for row in imported.rows:
        one = term_id(row.phrase)
        if one in held:
            reason = f"somebody has worked on {one} ({shown}:{listed[one].line}); change it there"
            yield Rejected(line=row.line, phrase=row.phrase, reason=reason)


def _gone(listed: Iterable[Term], imported: Imported) -> Iterator[str]:
    """Give what was once brought in; a term that an editor wrote has no name of an import."""
    spoken_of = {term_id(row.phrase) for row in (*imported.rows, *imported.allowed)}
    spoken_of |= {term_id(row.phrase) for row in imported.rejected}
    for term in listed:
        if term.id not in spoken_of and term.id == term_id(term.text[0]):
            yield term.id


def _is_worked_on(term: Term) -> bool:
    decided = {name: getattr(term, name) for name in _DECIDED}
    return term != Term(id=term.id, line=term.line, **decided)


def _what(before: Term, after: Term) -> tuple[str, ...]:
    """Name what differs; of a severity, both, as one that falls matters most."""
    names = [name for name in _DECIDED if getattr(before, name) != getattr(after, name)]
    severity = f"severity {before.severity} to {after.severity}"
    return tuple(severity if name == "severity" else name for name in names)


def _joined(file: Path, new: str, listed: Sequence[str], taken: Collection[str], today: date) -> str:
    """Put the terms that are taken into the text of the list so far, which otherwise stays as it is."""
    text = utf8_text(file.read_bytes(), file.name)
    if not taken:
        return text
    head, *blocks = _parts(text)
    ids = [term.id for term in parse_list(new.encode(), file.name).terms]
    brought = dict(zip(ids, _parts(new)[1:], strict=True))
    terms = [brought[one] if one in taken else block for one, block in zip(listed, blocks, strict=False)]
    terms += [brought[one] for one in ids if one in taken and one not in listed]
    version = today.isoformat().replace("-", ".")
    head = _VERSION.sub(rf'\1 "{version}"', head, count=1)
    change = (
        f'[[list.changelog]]\nversion = "{version}"\ndate = {today}\nby = "import"\n'
        f'note = "{len(taken)} phrases"'
    )
    return "\n\n".join(part.strip("\r\n") for part in (head, change, *terms)) + "\n"


def _parts(text: str) -> list[str]:
    """Part a list before each of its terms."""
    starts = [found.start() for found in _TERM.finditer(text)]
    return [text[low:high] for low, high in zip([0, *starts], [*starts, len(text)], strict=True)]


def _sure(content: str, shown: str, wanted: Mapping[str, Term]) -> None:
    """Read what would be written, as an editor may have written the list in a way that can't be joined."""
    made = {term.id: term for term in parse_list(content.encode(), shown).terms}
    if made.keys() != wanted.keys() or any(_what(made[one], wanted[one]) for one in made):
        problem = "the library can't be joined to what is written here; move this file away and try again"
        raise ListMalformed(shown, "", 1, problem)
