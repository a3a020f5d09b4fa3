"""Reading tables of a TOML file so that every complaint names the file, the term and the line.

`tomllib` does not say on which line a value stood, so the text is searched for the headers again: the n-th
`[[term]]` of the file is the n-th term of its data, and a key of a term is looked for below its header.
"""

import re
import tomllib
from collections.abc import Callable
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar

from lamplighter_keywords.authoring.toml_slips import first_bracket, likely_slip
from lamplighter_keywords.errors import ListMalformed

_AT_LINE = re.compile(r" \(at line (\d+), column \d+\)$")
_AT_END = re.compile(r" \(at end of document\)$")
_ID = re.compile(r"""^\s*id\s*=\s*["']([^"']*)["']""")

# So alike are a required key that is missing and one that is there in its place.
_NEARLY = 0.75

Json = object
RawTable = dict[str, Json]
Taken = TypeVar("Taken")


def utf8_text(raw: bytes, shown: str) -> str:
    """Decode what a file held, without the mark that some editors put first.

    Raises `ListMalformed` with the line of the first byte that is not UTF-8.
    """
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ListMalformed(shown, "", line, "not UTF-8; save the file anew, as UTF-8") from error


class SourceText:
    """The text of one file, and the lines on which its parts begin."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        # As the parser counts them: other signs that end a line may stand in a text.
        self._lines = text.removesuffix("\n").split("\n")
        self._headers: dict[str, list[int]] = {}
        for number, line in enumerate(self._lines, start=1):
            header = re.match(r"\s*(\[\[?)\s*([\w.-]+)\s*\]", line)
            if header:
                self._headers.setdefault(header[1] + header[2], []).append(number)

    @classmethod
    def read(cls, path: Path, shown: str) -> tuple["SourceText", RawTable]:
        """Read and parse a file; raise `ListMalformed` for what is not UTF-8 or not TOML."""
        try:
            raw = path.read_bytes()
        except OSError as error:
            raise ListMalformed(shown, "", 1, f"can't be read: {error.strerror}") from error
        return cls.parse(raw, shown)

    @classmethod
    def parse(cls, raw: bytes, shown: str) -> tuple["SourceText", RawTable]:
        """Parse what a file held; raise `ListMalformed` for what is not UTF-8 or not TOML."""
        text = utf8_text(raw, shown)
        source = cls(shown, text)
        try:
            return source, tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            found = _AT_LINE.search(str(error))
            line = int(found[1]) if found else len(source._lines)
            problem = _AT_END.sub("", _AT_LINE.sub("", str(error)))
            line = first_bracket(problem, source._lines, line)
            written = source._lines[line - 1] if 0 < line <= len(source._lines) else ""
            likely = likely_slip(problem, written)
            said = f"{likely} (not TOML: {problem})" if likely else f"not TOML: {problem}"
            raise ListMalformed(shown, source.term_at(line), line, said) from error
        except (ValueError, RecursionError) as error:
            # A number of thousands of digits, or thousands of brackets in brackets: nobody's list.
            problem = "not TOML: a number too long, or brackets too deep, somewhere in this file"
            raise ListMalformed(shown, "", 1, problem) from error

    def line_of(self, header: str, nth: int = 0) -> int:
        """Line of the n-th header such as `[list` or `[[term`; 1 where it is written in another way."""
        lines = self._headers.get(header, [])
        return lines[nth] if nth < len(lines) else 1

    def line_of_header(self, name: str) -> int:
        """Line of the first header of this name, with one bracket or two; 0 where there is none."""
        found = [self._headers[begin + name][0] for begin in ("[", "[[") if begin + name in self._headers]
        return min(found, default=0)

    def line_of_key(self, start: int, key: str, *, default: int | None = None) -> int:
        """Line of a key in the table that begins at `start`; where it is not, `default`, or `start`."""
        wanted = re.compile(rf"""\s*["']?{re.escape(key)}["']?\s*[=.]""")
        for number, line in enumerate(self._lines[start:], start=start + 1):
            if wanted.match(line):
                return number
            if re.match(r"\s*\[\[?[\w.-]+\]", line):
                break
        return start if default is None else default

    def term_at(self, line: int) -> str:
        """Id of the term whose table holds a line, as far as the text tells."""
        starts = [number for number in self._headers.get("[[term", []) if number <= line]
        if not starts:
            return ""
        for text in self._lines[starts[-1] :]:
            found = _ID.match(text)
            if found:
                return found[1]
            if text.lstrip().startswith("[["):
                break
        return ""


class Faults:
    """What is wrong in one file, gathered so that its editor hears of all of it at once."""

    def __init__(self) -> None:
        self._found: list[ListMalformed] = []

    def add(self, fault: ListMalformed) -> None:
        self._found += fault.every

    def take(self, read: Callable[[], Taken], otherwise: Taken) -> Taken:
        """Give what is read, or something else where it can't be."""
        try:
            return read()
        except ListMalformed as fault:
            self.add(fault)
            return otherwise

    def last(self, read: Callable[[], Taken]) -> Taken:
        """Read the last part, and raise what is wrong in it and in the parts before."""
        made: list[Taken] = []
        self.take(lambda: made.append(read()), None)
        self.end()
        return made[0]

    def end(self) -> None:
        """Raise the first fault in the order of the file, with the others in it; nothing if there is none."""
        if self._found:
            first, *others = sorted(self._found, key=lambda one: one.line)
            raise ListMalformed(first.file, first.term, first.line, first.problem, others=tuple(others))


class Table:
    """One table of a file. Each key is taken by its type; what nobody took is refused by name."""

    def __init__(self, source: SourceText, raw: RawTable, *, line: int, term: str = "") -> None:
        self._source = source
        self._raw = raw
        self._left = set(raw)
        self._asked: set[str] = set()
        # Names of tables that may stand several times.
        self._several: set[str] = set()
        self.line = line
        self.term = term

    def fault(self, problem: str, key: str = "") -> ListMalformed:
        """Give the error for something wrong with a key, or with the table."""
        line = self._source.line_of_key(self.line, key) if key else self.line
        return ListMalformed(self._source.file, self.term, line, f"{key}: {problem}" if key else problem)

    def done(self) -> None:
        """Refuse the keys that nobody asked for, all of them at once."""
        faults = Faults()
        meant = sorted(self._asked - set(self._raw) | self._several)
        for key in self._left:
            near = get_close_matches(key.casefold(), meant, n=1)
            faults.add(self._unknown(key, near[0] if near else ""))
        faults.end()

    def _unknown(self, key: str, meant: str) -> ListMalformed:
        header = self._source.line_of_header(key)
        if header and not self._source.line_of_key(self.line, key, default=0):
            written = f"[[{key}]]" if isinstance(self._raw[key], list) else f"[{key}]"
            problem = f"{written}: unknown table" + (f"; did you mean [[{meant}]]?" if meant else "")
            return ListMalformed(self._source.file, self.term, header, problem)
        return self.fault("unknown key" + (f"; did you mean {meant!r}?" if meant else ""), key)

    def _missing(self, key: str) -> ListMalformed:
        """Give the error for a required key, or for the one that was most likely meant as it."""
        written = {one.casefold(): one for one in self._left}
        near = get_close_matches(key, sorted(written), n=1, cutoff=_NEARLY)
        if not near:
            return self.fault(f"{key} is missing")
        self._left.discard(written[near[0]])
        return self._unknown(written[near[0]], key)

    def names(self) -> tuple[str, ...]:
        """Give the keys in the order of the file, for a table whose keys are its own."""
        return tuple(self._raw)

    def _take(self, key: str) -> Json:
        self._left.discard(key)
        self._asked.add(key)
        return self._raw.get(key)

    def text(self, key: str, *, required: bool = False) -> str:
        value = self._take(key)
        if value is None and not required:
            return ""
        if value is None:
            raise self._missing(key)
        if not isinstance(value, str) or (required and not value.strip()):
            raise self.fault("must be a text" + (" and not empty" if required else ""), key)
        return value

    def number(
        self, key: str, *, low: int, high: int, default: int | None = None, flag_too: bool = False
    ) -> int:
        """Take a whole number; with `flag_too`, false and true are 0 and 1."""
        value = self._take(key)
        if flag_too and isinstance(value, bool):
            return int(value)
        if value is None and default is not None:
            return default
        if value is None:
            raise self._missing(key)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            bare = " without quotes" if isinstance(value, str) else ""
            raise self.fault(f"must be a whole number from {low} to {high}{bare}", key)
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        value = self._take(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            bare = ", without quotes" if isinstance(value, str) else ""
            raise self.fault(f"must be true or false{bare}", key)
        return value

    def day(self, key: str) -> date:
        day = self.day_if_any(key)
        if day is None:
            raise self._missing(key)
        return day

    def day_if_any(self, key: str) -> date | None:
        value = self._take(key)
        if value is None:
            return None
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.fault("must be a date such as 2026-11-01, without quotes and without a time", key)
        return value

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        """Take a text or a list of texts."""
        value = self._take(key)
        if value is None and not required:
            return ()
        if value is None:
            raise self._missing(key)
        found = [value] if isinstance(value, str) else value
        if not isinstance(found, list) or not all(isinstance(one, str) and one.strip() for one in found):
            raise self.fault("must be a text or a list of texts, none of them empty", key)
        if required and not found:
            raise self.fault("must not be empty", key)
        return tuple(found)

    def choice(self, key: str, allowed: frozenset[str], *, required: bool = False) -> str:
        value = self.text(key, required=required)
        if (value or required) and value not in allowed:
            raise self.fault(f"must be one of {', '.join(sorted(allowed))}", key)
        return value

    def choices(self, key: str, allowed: frozenset[str]) -> tuple[str, ...]:
        """Take a list whose members must be known; give none if the key is missing, refuse an empty one."""
        if key not in self._raw:
            self._asked.add(key)
            return ()
        values = self.texts(key, required=True)
        for value in values:
            if value not in allowed:
                raise self.fault(f"{value!r} is none of {', '.join(sorted(allowed))}", key)
        return values

    def table(self, key: str) -> "Table | None":
        """Take a table inside this one."""
        value = self._take(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            several = isinstance(value, list) and self._source.line_of_header(key)
            if several:
                problem = f"[[{key}]]: is written once, with one bracket on either side: [{key}]"
                raise ListMalformed(self._source.file, self.term, several, problem)
            raise self.fault("must be a table such as { ... }", key)
        line = self._source.line_of_key(self.line, key)
        return Table(self._source, value, line=line, term=self.term)

    def tables(self, key: str) -> list["Table"]:
        """Take a list of tables inside this one."""
        self._several.add(key)
        value = self._take(key)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            line = self._source.line_of_header(key) or self._source.line_of_key(self.line, key)
            problem = f"each begins with two brackets on either side: [[{key}]]"
            raise ListMalformed(self._source.file, self.term, line, problem)
        return [Table(self._source, one, line=self.line, term=self.term) for one in value]
