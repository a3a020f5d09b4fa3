"""Lists as an editor should write them: lint finds nothing wrong with them."""


def head(theme: str) -> str:
    """Return what stands before the terms of a list, complete."""
    return f"""\
[list]
schema = 1
id = "lamps.en"
theme = "{theme}"
risk_4c = "conduct"
language = "en"
version = "1"
licence = "CC-BY-4.0"
provenance = "written for this test"
reviewed = 2026-11-22
[[list.changelog]]
version = "1"
date = 2026-11-22
by = "A. Quill"
note = "First issue."
"""


# A school's own list.
GOOD = (
    head("bullying")
    + """
[[term]]
id = "la-1"
text = "wicktrimmer"
match = "word"
severity = 3
note = "Said of whoever lights the lamps, to hurt them."
tests = { hit = ["what a wicktrimmer you are"], miss = ["the wickets fell early"] }
"""
)
