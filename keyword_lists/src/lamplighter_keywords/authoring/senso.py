"""Libraries of a Senso console, as CSV: read into lists of ours, and our lists written for it.

Columns, in any order, by their names: Phrase, Context, Action, Severity, Screenshot, Match, Type.

- Context: KEYWORD is typed text, CAPTION a window's title, parted by semicolons. Web addresses, page text and
  applications are not looked at here: a row of those alone is rejected.
- Action: BLOCK is a term; ALLOW becomes an exception of the terms whose text its phrase holds.
- Severity: LOW, MEDIUM, HIGH, URGENT, CRITICAL are 1 to 5.
- Match: ALONE; SAMETYPE and ANYTYPE want another phrase of the same, or of any other, Type near by.
- Screenshot is read and dropped: no pictures are taken.

- Type: the name of a group. Where it names another theme of ours than the one asked for, the row is rejected.

A row that can't be used is rejected with its line and a reason, and every other row counts. Pure.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from lamplighter_keywords.authoring.phrases import GAP, Classes, plainly
from lamplighter_keywords.errors import ListMalformed
from lamplighter_keywords.reading.normalise import fold
from lamplighter_keywords.terms import KeywordPack, Mode, Scope, Term

COLUMNS = ("Phrase", "Context", "Action", "Severity", "Screenshot", "Match", "Type")
SEVERITIES = ("LOW", "MEDIUM", "HIGH", "URGENT", "CRITICAL")
NEAR_WORDS = 8
MOST_ROWS = 50_000
LONGEST_PHRASE = 200
MOST_NEAR = 500
NO_THEMES: Mapping[str, str] = MappingProxyType({})
_REQUIRED = ("Phrase", "Severity")
_SCOPES = {"KEYWORD": Scope.TYPED, "CAPTION": Scope.TITLE}
_NOT_SEEN = frozenset({"WEBSITEURL", "WEBSITECONTENT", "APPLICATION"})
_MATCHES = frozenset({"ALONE", "SAMETYPE", "ANYTYPE"})
# Signs of the phrase language: a phrase from elsewhere means its words only.
_PLAIN = str.maketrans("(){}|*", "      ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """One row that was not taken. Its phrase is for whoever wrote it."""

    line: int
    phrase: str = field(repr=False)
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row that can be used."""

    line: int
    phrase: str = field(repr=False)
    scopes: frozenset[Scope]
    allowed: bool
    severity: int
    # Whether another phrase must stand near: of its own type, or of any other one.
    same_type: bool
    any_type: bool
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What a library becomes: rows for terms, phrases that excuse, and what was rejected."""

    rows: tuple[Row, ...]
    allowed: tuple[Row, ...]
    rejected: tuple[Rejected, ...]


def read_library(text: str, shown: str, other_themes: Mapping[str, str] = NO_THEMES) -> Imported:
    """Read a library; raise `ListMalformed` where the columns are missing or there are too many rows.

    `other_themes` are those that the rows are not for: how a Type may name each, folded, and its slug.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    try:
        names = {(name or "").strip().casefold(): name for name in reader.fieldnames or ()}
        missing = [name for name in _REQUIRED if name.casefold() not in names]
        if missing:
            raise ListMalformed(shown, "", 1, _without(missing[0], "".join(names)))
        return _sorted_out(list(_rows(reader, names, shown, other_themes)))
    except csv.Error as error:
        # `line_num` is where the last good row ended.
        what = f'not CSV: {error}; look for a quote (") too many in this row; nothing was read'
        raise ListMalformed(shown, "", reader.line_num + 1, what) from error


def _without(column: str, first_line: str) -> str:
    if ";" in first_line or "\t" in first_line:
        parted = "semicolons" if ";" in first_line else "tabs"
        return f"there is no column {column!r}: the cells are parted by {parted}; save it as CSV with commas"
    return f"there is no column {column!r}; the first row names the columns: {', '.join(COLUMNS)}"


def _rows(
    reader: "csv.DictReader[str]", names: dict[str, str], shown: str, other_themes: Mapping[str, str]
) -> Iterator[Row | Rejected]:
    before = reader.line_num
    for count, raw in enumerate(reader):
        if count >= MOST_ROWS:
            raise ListMalformed(shown, "", reader.line_num, f"more than {MOST_ROWS} rows; split the file")
        cells = {name: str(raw.get(names.get(name.casefold(), ""), "") or "").strip() for name in COLUMNS}
        if any("\n" in cell or "\r" in cell for cell in cells.values()):
            # No phrase has two lines: what follows an open quote would be lost as one long phrase.
            what = 'a quote (") is opened here and not closed; nothing was read'
            raise ListMalformed(shown, "", before + 1, what)
        before = reader.line_num
        try:
            if None in raw:
                raise ValueError("more cells than columns; a phrase with a comma stands in quotes")  # noqa: TRY301
            row = _row(cells, reader.line_num)
            other = other_themes.get(fold(row.type))
            if other:
                raise ValueError(  # noqa: TRY301
                    f"Type is the theme {other!r}; bring it in with --theme {other}, or change the Type"
                )
            yield row
        except ValueError as error:
            yield Rejected(line=reader.line_num, phrase=cells["Phrase"], reason=str(error))


def _row(cells: dict[str, str], line: int) -> Row:
    """Read one row; raise ValueError with the reason why not."""
    phrase = " ".join(cells["Phrase"].translate(_PLAIN).split())
    if not fold(phrase):
        raise ValueError("Phrase has neither letters nor digits")
    if len(phrase) > LONGEST_PHRASE:
        raise ValueError(f"Phrase has more than {LONGEST_PHRASE} characters")
    match = cells["Match"].upper() or "ALONE"
    if match not in _MATCHES:
        raise ValueError("Match is none of ALONE, SAMETYPE, ANYTYPE; write one of them")
    if match == "SAMETYPE" and not cells["Type"]:
        raise ValueError("SAMETYPE needs a Type: give it and its companions the same")
    action = cells["Action"].upper() or "BLOCK"
    if action not in {"BLOCK", "ALLOW"}:
        raise ValueError("Action is neither BLOCK nor ALLOW; write one of them")
    severity = cells["Severity"].upper()
    if severity not in SEVERITIES:
        raise ValueError(f"Severity is none of {', '.join(SEVERITIES)}; write one of them")
    return Row(
        line=line,
        phrase=phrase,
        scopes=_scopes(cells["Context"]),
        allowed=action == "ALLOW",
        severity=SEVERITIES.index(severity) + 1,
        same_type=match == "SAMETYPE",
        any_type=match == "ANYTYPE",
        type=cells["Type"],
    )


def _scopes(cell: str) -> frozenset[Scope]:
    named = {part.strip().upper() for part in cell.split(";") if part.strip()} or {"KEYWORD", "CAPTION"}
    unknown = named - _NOT_SEEN - _SCOPES.keys()
    if unknown:
        raise ValueError(f"Context is none of {', '.join(sorted(_SCOPES.keys() | _NOT_SEEN))}; write one")
    scopes = frozenset(_SCOPES[name] for name in named & _SCOPES.keys())
    if not scopes:
        raise ValueError("Context names only what is not looked at: web addresses, page text, applications")
    return scopes


def _sorted_out(read: Sequence[Row | Rejected]) -> Imported:
    """Part terms from exceptions, and reject what stands twice or excuses nothing."""
    rejected = [one for one in read if isinstance(one, Rejected)]
    rows: dict[str, Row] = {}
    allowed: dict[str, Row] = {}
    for row in (one for one in read if isinstance(one, Row)):
        kept = allowed if row.allowed else rows
        first = kept.setdefault(fold(row.phrase), row)
        if first is not row:
            rejected.append(_reject(row, f"the same phrase as in line {first.line}"))
    for folded, row in list(allowed.items()):
        if folded in rows:
            rejected.append(_reject(row, f"both allowed and watched (line {rows[folded].line})"))
            del allowed[folded]
        elif not any(f" {phrase} " in f" {folded} " for phrase in rows):
            rejected.append(_reject(row, "allowed, but it holds no phrase of this library"))
            del allowed[folded]
    every = tuple(rows.values())
    for folded, row in list(rows.items()):
        reason = _unfit(row, _near(row, every))
        if reason:
            rejected.append(_reject(row, reason))
            del rows[folded]
    return Imported(
        rows=tuple(rows.values()),
        allowed=tuple(allowed.values()),
        rejected=tuple(sorted(rejected, key=lambda one: one.line)),
    )


def _reject(row: Row, reason: str) -> Rejected:
    return Rejected(line=row.line, phrase=row.phrase, reason=reason)


def term_id(phrase: str) -> str:
    """Ids follow the phrases, not the rows: a second import of a phrase is of the same term."""
    return "own-" + fold(phrase).replace(" ", "-")


def list_text(imported: Imported, *, list_id: str, theme: str, risk_area: str, day: str) -> str:
    """Write a list in our own format, for an editor to look through."""
    head = [
        "# Brought in from a library of another product. Notes, tests and exceptions are an editor's to add.",
        "",
        "[list]",
        "schema = 1",
        f"id = {_quoted(list_id)}",
        f"theme = {_quoted(theme)}",
        *([f"risk_4c = {_quoted(risk_area)}"] if risk_area else []),
        'language = "en"',
        f"version = {_quoted(day.replace('-', '.'))}",
        'licence = "the school\'s own"',
        'provenance = "imported by the school"',
        f"reviewed = {day}",
        "",
        "[[list.changelog]]",
        f"version = {_quoted(day.replace('-', '.'))}",
        f"date = {day}",
        'by = "import"',
        f'note = "{len(imported.rows)} phrases"',
    ]
    folded = [(fold(row.phrase), row) for row in imported.rows]
    terms = [
        line for key, row in sorted(folded, key=lambda one: one[0]) for line in _term(key, row, imported)
    ]
    return "\n".join([*head, *terms]) + "\n"


def _term(folded: str, row: Row, imported: Imported) -> list[str]:
    exceptions = [one.phrase for one in imported.allowed if f" {folded} " in f" {fold(one.phrase)} "]
    lines = [
        "",
        "[[term]]",
        f"id = {_quoted(term_id(row.phrase))}",
        f"text = [{_quoted(row.phrase)}]",
        f'match = "{Mode.PHRASE.value if " " in folded else Mode.WORD.value}"',
        f"severity = {row.severity}",
    ]
    if row.scopes != frozenset(_SCOPES.values()):
        lines.append(
            f"sources = [{', '.join(_quoted(scope.value) for scope in sorted(row.scopes, key=str))}]"
        )
    if exceptions:
        lines.append(f"exceptions = [{', '.join(map(_quoted, exceptions))}]")
    near = _near(row, imported.rows)
    if near:
        lines.append(f"requires = {{ any_of = [{', '.join(map(_quoted, near))}], within = {NEAR_WORDS} }}")
    return lines


def _unfit(row: Row, near: Sequence[str]) -> str:
    if len(near) > MOST_NEAR:
        return f"more than {MOST_NEAR} other phrases would do; give it a Type and SAMETYPE"
    if (row.same_type or row.any_type) and not near:
        return "it wants another phrase near by, and there is none"
    return ""


def _near(row: Row, rows: Sequence[Row]) -> list[str]:
    """The phrases of which one must stand near, if the row asks for any."""
    if row.same_type:
        return [one.phrase for one in rows if one is not row and one.type == row.type]
    if row.any_type:
        return [one.phrase for one in rows if one is not row]
    return []


def library_text(pack: KeywordPack) -> str:
    """Write every spelling as a row for a Senso console.

    What it can't say is left out: contexts, lanes, gaps between words, regular expressions.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in pack.lists:
        for term in one.terms:
            if term.match is Mode.REGEX:
                continue
            writer.writerows(_library_rows(term, one.theme, pack.knowledge.classes))
    return out.getvalue()


def _library_rows(term: Term, theme: str, classes: Classes) -> Iterator[tuple[str, ...]]:
    typed = bool(term.sources & {Scope.TYPED, Scope.PASTED})
    titled = bool(term.sources & {Scope.TITLE, Scope.SEARCH})
    context = ";".join(name for name, wanted in (("KEYWORD", typed), ("CAPTION", titled)) if wanted)
    together = term.requires is not None or term.match is Mode.ALL_OF
    match = "SAMETYPE" if together else "ALONE"
    kind = term.id if together else theme
    severity = SEVERITIES[term.severity - 1]
    needed = term.requires.any_of if term.requires else ()
    for phrase in _spellings((*term.text, *needed), classes):
        yield phrase, context, "BLOCK", severity, "FALSE", match, kind
    for phrase in _spellings(term.exceptions, classes):
        yield phrase, context, "ALLOW", severity, "FALSE", "ALONE", kind


def _spellings(texts: Sequence[str], classes: Classes) -> Iterator[str]:
    written = (spelling for text in texts for spelling in plainly(text, classes))
    return (spelling for spelling in dict.fromkeys(written) if GAP not in spelling.split())


def _quoted(text: str) -> str:
    """A basic string of TOML."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(one if one.isprintable() else f"\\u{ord(one):04x}" for one in escaped) + '"'
