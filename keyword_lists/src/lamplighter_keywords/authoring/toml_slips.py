"""What an editor most likely did, where the parser of TOML only says what it met.

Each rule looks at what the parser says and at the line in which it stopped. Pure.
"""

import re
from collections.abc import Sequence

_QUOTE_MISSING = 'a quote (") is missing in this line: every text stands between two'
_TWO_BRACKETS = "a term or a change begins with two brackets on either side, such as [[term]] or [[disable]]"
_ONE_LINE = "what stands in curly brackets { } stays in one line, without a comma before the last bracket"

# How the parser's words begin, what the line holds, and the advice. The first that fits is told.
_RULES: tuple[tuple[str, str, str], ...] = (
    (
        "",
        "[\u201c-\u201f]|[=\\[,]\\s*[\u2018\u2019]",
        'these are curly quotes: write straight ones ("), in a plain text editor',
    ),
    ("Illegal character '\\n'", "", _QUOTE_MISSING),
    ("Unterminated string", "", _QUOTE_MISSING),
    ("", r'^[^"]*"(?:[^"]*"[^"]*")*[^"]*$', _QUOTE_MISSING),
    (
        "",
        r"""^[^"']*'(?:[^"']*'[^"']*')*[^"']*$""",
        """a text with an apostrophe stands between double quotes, such as "it's\"""",
    ),
    ("Unescaped", "", "a backslash in a text is written twice (\\\\)"),
    ("Cannot declare", r"^\s*\[", f"this name stands twice; {_TWO_BRACKETS}"),
    ("", r"^\s*\[\w+\]\]|^\s*\[\[\w+\]?\s*$", _TWO_BRACKETS),
    ("Expected ']'", "", "a closing bracket ] is missing"),
    (
        "",
        r"=\s*\d+[-/.]\d+[-/.]\d+",
        "a date is written year-month-day, such as 2026-11-01, and is a day that there is",
    ),
    (
        "Unclosed array",
        "",
        "a comma between two texts, or the closing bracket ], is missing here or in the line before",
    ),
    ("Unclosed inline table", r"^[^}]*$", _ONE_LINE),
    ("Unclosed inline table", "", "a comma is missing between two parts of what stands in curly brackets"),
    ("Invalid initial character", "", _ONE_LINE),
    ("Cannot overwrite", "", "this name stands twice here; write it once"),
    ("Invalid value", r"=\s*\[[^\]]*=", "the closing bracket ] of a list of texts is missing in this line"),
    ("Invalid value", r"=\s*(True|False|TRUE|FALSE|[Yy]es|[Nn]o)\b", "write true or false, in small letters"),
    ("Invalid value", r"=\s*$", "the value is missing after the equals sign"),
    (
        "Invalid value",
        "",
        'texts stand in quotes, such as note = "why"; dates and numbers stand without, such as 2026-11-01',
    ),
    (
        "Expected newline",
        "",
        'something stands behind the value: look for a quote (") or bracket too many; comments begin with #',
    ),
    ("Expected '='", "", 'a line is a name, an equals sign and a value, such as note = "why"'),
    (
        "Invalid statement",
        "",
        'a line is a name, an equals sign and a value, such as note = "why"; a comment begins with #',
    ),
)


_SINGLE = re.compile(r"^\s*\[\s*([\w.-]+)\s*\]")
_DOUBLE = re.compile(r"^\s*\[\[\s*([\w.-]+)\s*\]\]")


def first_bracket(problem: str, lines: Sequence[str], line: int) -> int:
    """Give the line of the slip: of tables of one name of which the first has single brackets, that one.

    The parser stops at the next of them, which is written as it should be.
    """
    header = _DOUBLE.match(lines[line - 1]) if 0 < line <= len(lines) else None
    if not header or not problem.startswith("Cannot overwrite"):
        return line
    before = enumerate(map(_SINGLE.match, lines[: line - 1]), start=1)
    return next((nth for nth, single in before if single and single[1] == header[1]), line)


def likely_slip(problem: str, line: str) -> str:
    """Say in plain words what is most likely wrong; nothing where nobody can tell."""
    header = _SINGLE.match(line)
    if header and problem.startswith("Cannot overwrite"):
        return f"each begins with two brackets on either side: [[{header[1]}]]"
    bare = re.sub(r"\\.", "", line)
    return next(
        (advice for begins, holds, advice in _RULES if problem.startswith(begins) and re.search(holds, bare)),
        "",
    )
