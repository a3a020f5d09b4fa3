"""A school's own list as its editor should write it: lint finds nothing in it."""

GOOD = """
[list]
schema = 1
id = "lamps.en"
theme = "bullying"
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
[[term]]
id = "la-1"
text = "wicktrimmer"
match = "word"
severity = 3
note = "Said of whoever lights the lamps, to hurt them."
tests = { hit = ["what a wicktrimmer you are"], miss = ["the wickets fell early"] }
"""
