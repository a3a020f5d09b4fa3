"""The table of agent/README.md, made of what a whole run of `make wine` came to."""

from collections.abc import Iterable

from tests.support.sources import ROOT
from tests.wine.outcome import Outcome, State

README = ROOT / "agent" / "README.md"
BEGIN, END = "<!-- wine -->\n", "<!-- /wine -->\n"
_WORDS = {State.PROVEN: "yes", State.FAILED: "no: {}", State.BEYOND: "not proven: {}"}


def table(outcomes: Iterable[Outcome]) -> str:
    """Return one row a check."""
    rows = [f"| {one.check} | {_WORDS[one.state].format(one.why)} |\n" for one in outcomes]
    return "".join(["| Windows backends | under wine |\n", "|---|---|\n", *rows])


def put_into_readme(outcomes: Iterable[Outcome]) -> None:
    """Replace the table between its marks."""
    text = README.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    README.write_text(f"{before}{BEGIN}{table(outcomes)}{END}{after}", encoding="utf-8")
