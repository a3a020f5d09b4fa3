"""A table of agent/README.md, made of what a whole run of `make wine` or `make machine` came to."""

from collections.abc import Iterable

from tests.support.sources import ROOT
from tests.wine.outcome import Outcome, State

README = ROOT / "agent" / "README.md"
_WORDS = {State.PROVEN: "yes", State.FAILED: "no: {}", State.BEYOND: "not proven: {}"}


def table(outcomes: Iterable[Outcome], heading: str) -> str:
    """Return one row a check; `heading` is the two columns' names."""
    rows = [f"| {one.check} | {_WORDS[one.state].format(one.why)} |\n" for one in outcomes]
    return "".join([f"| {heading} |\n", "|---|---|\n", *rows])


def put_into_readme(outcomes: Iterable[Outcome], *, mark: str, heading: str) -> None:
    """Replace the table between its marks."""
    begin, end = f"<!-- {mark} -->\n", f"<!-- /{mark} -->\n"
    text = README.read_text(encoding="utf-8")
    before, rest = text.split(begin)
    _, after = rest.split(end)
    README.write_text(f"{before}{begin}{table(outcomes, heading)}{end}{after}", encoding="utf-8")
