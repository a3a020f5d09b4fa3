"""The letter as text for an e-mail and as HTML to print. Pure; what a school has written is never markup."""

import textwrap
from html import escape
from typing import Final

from lamplighter_collector.letter.wording import Letter, Section

_WIDTH: Final = 78
_STYLE: Final = """
body { font: 12pt/1.45 Georgia, "Times New Roman", serif; color: #111; background: #fff;
  max-width: 42em; margin: 2em auto; padding: 0 1em; overflow-wrap: anywhere }
h1 { font-size: 1.5em } h2 { font-size: 1.1em; margin: 1.2em 0 .3em; break-after: avoid }
p, ul { margin: .3em 0 .6em } li { break-inside: avoid }
@media print { body { margin: 0; max-width: none; padding: 0 } }
"""


def text_of(letter: Letter) -> str:
    """The letter in lines of an e-mail."""
    parts = [letter.organisation, letter.date, "", letter.title.upper(), "", letter.greeting, ""]
    for section in letter.sections:
        parts += [*_lines(section), ""]
    return "\n".join([*parts, letter.signature, ""])


def _lines(section: Section) -> list[str]:
    found = [section.heading, "-" * len(section.heading)]
    for paragraph in section.paragraphs:
        found += _wrapped(paragraph)
    for item in section.items:
        found += _wrapped(item, first="- ", later="  ")
    return found


def _wrapped(text: str, *, first: str = "", later: str = "") -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        break_long_words=False,
        break_on_hyphens=False,
        initial_indent=first,
        subsequent_indent=later,
    )


def html_of(letter: Letter) -> str:
    """The letter as one page without anything from elsewhere."""
    sections = "\n".join(map(_section, letter.sections))
    title = escape(f"{letter.title}: {letter.organisation}")
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
<p>{escape(letter.organisation)}<br>{escape(letter.date)}</p>
<h1>{escape(letter.title)}</h1>
<p>{escape(letter.greeting)}</p>
{sections}
<p>{escape(letter.signature)}</p>
</main>
</body>
</html>
"""


def _section(section: Section) -> str:
    paragraphs = "".join(f"<p>{escape(one)}</p>\n" for one in section.paragraphs)
    items = "".join(f"<li>{escape(one)}</li>\n" for one in section.items)
    return f"<h2>{escape(section.heading)}</h2>\n{paragraphs}{f'<ul>{items}</ul>' if items else ''}"
