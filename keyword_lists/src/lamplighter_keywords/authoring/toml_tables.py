"""Reading tables of a TOML file so that every complaint names the file, the term and the line.

`tomllib` does not say on which line a value stood, so the text is searched for the headers again: the n-th
`[[term]]` of the file is the n-th term of its data, and a key of a term is looked for below its header.
"""

import re
import tomllib
from datetime import date
from difflib import get_close_matches
from pathlib import Path

from lamplighter_keywords.errors import ListMalformed

_AT_LINE = re.compile(r" \(at line (\d+), column \d+\)$")
_AT_END = re.compile(r" \(at end of document\)$")
_ID = re.compile(r"""^\s*id\s*=\s*["']([^"']*)["']""")

# What an editor most likely did, by the beginning of what the parser says. The first that fits is told.
_LIKELY = (
    ("Illegal character", 'a quote (") is missing at the end of a text in this line'),
    ("Unterminated string", 'a quote (") is missing at the end of a text'),
    (
        "Unclosed array",
        "a comma between two texts, or the closing bracket ], is missing here or in the line before",
    ),
    ("Unclosed inline table", "a comma, or the closing bracket }, is missing here or in the line before"),
    ("Cannot overwrite", "this key stands twice in the table; write it once"),
    (
        "Invalid value",
        'texts stand in quotes, such as note = "why"; dates stand without, such as 2026-11-01',
    ),
    (
        "Expected newline",
        'something stands behind the value: look for a quote (") inside a text; a date is written 2026-11-01',
    ),
    ("Expected '='", 'a line is a key, an equals sign and a value, such as note = "why"'),
)
_CURLY = re.compile("[\u201c\u201d\u201e]")

Json = object
RawTable = dict[str, Json]


class SourceText:
    """The text of one file, and the lines on which its parts begin."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self._lines = text.splitlines()
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
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            problem = "not UTF-8; save the file with the encoding UTF-8"
            raise ListMalformed(shown, "", line, problem) from error
        source = cls(shown, text)
        try:
            return source, tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            found = _AT_LINE.search(str(error))
            line = int(found[1]) if found else len(source._lines)
            problem = _AT_END.sub("", _AT_LINE.sub("", str(error)))
            said = f"not TOML: {problem}{source._likely(line, problem)}"
            raise ListMalformed(shown, source.term_at(line), line, said) from error

    def _likely(self, line: int, problem: str) -> str:
        """Say in plain words what was most likely meant; nothing where nobody can tell."""
        written = self._lines[line - 1] if 0 < line <= len(self._lines) else ""
        if _CURLY.search(written):
            return '; these are curly quotes: write straight ones ("), in a plain text editor'
        return next((f"; {advice}" for begins, advice in _LIKELY if problem.startswith(begins)), "")

    def line_of(self, header: str, nth: int = 0) -> int:
        """Line of the n-th header such as `[list` or `[[term`; 1 where it is written in another way."""
        lines = self._headers.get(header, [])
        return lines[nth] if nth < len(lines) else 1

    def line_of_key(self, start: int, key: str) -> int:
        """Line of a key in the table that begins at `start`; `start` itself if it is not found."""
        wanted = re.compile(rf"""\s*["']?{re.escape(key)}["']?\s*[=.]""")
        for number, line in enumerate(self._lines[start:], start=start + 1):
            if wanted.match(line):
                return number
            if re.match(r"\s*\[\[?[\w.-]+\]", line):
                break
        return start

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


class Table:
    """One table of a file. Each key is taken by its type; what nobody took is refused by name."""

    def __init__(self, source: SourceText, raw: RawTable, *, line: int, term: str = "") -> None:
        self._source = source
        self._raw = raw
        self._left = set(raw)
        self._asked: set[str] = set()
        self.line = line
        self.term = term

    def fault(self, problem: str, key: str = "") -> ListMalformed:
        """Give the error for something wrong with a key, or with the table."""
        line = self._source.line_of_key(self.line, key) if key else self.line
        return ListMalformed(self._source.file, self.term, line, f"{key}: {problem}" if key else problem)

    def done(self) -> None:
        """Refuse the keys that nobody asked for."""
        for key in sorted(self._left):
            near = get_close_matches(key, sorted(self._asked - set(self._raw)), n=1)
            raise self.fault("unknown key" + (f"; did you mean {near[0]!r}?" if near else ""), key)

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
            raise self.fault(f"{key} is missing")
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
            raise self.fault(f"{key} is missing")
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise self.fault(f"must be a whole number from {low} to {high}", key)
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        value = self._take(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self.fault("must be true or false", key)
        return value

    def day(self, key: str, *, required: bool = False) -> date | None:
        value = self._take(key)
        if value is None and not required:
            return None
        if not isinstance(value, date):
            raise self.fault("must be a date such as 2026-11-01", key)
        return value

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        """Take a text or a list of texts."""
        value = self._take(key)
        if value is None and not required:
            return ()
        if value is None:
            raise self.fault(f"{key} is missing")
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
            raise self.fault("must be a table such as { ... }", key)
        line = self._source.line_of_key(self.line, key)
        return Table(self._source, value, line=line, term=self.term)

    def tables(self, key: str) -> list["Table"]:
        """Take a list of tables inside this one."""
        value = self._take(key)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise self.fault("must be a list of tables", key)
        return [Table(self._source, one, line=self.line, term=self.term) for one in value]
