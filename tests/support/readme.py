"""The tables of agent/README.md that runs make, each between two marks."""

from typing import Final

from tests.support.sources import ROOT

README: Final = ROOT / "agent" / "README.md"


def with_table(readme: str, table: str, *, mark: str) -> str:
    """Return the README's text with this table between the marks of that name."""
    begin, end = f"<!-- {mark} -->\n", f"<!-- /{mark} -->\n"
    before, rest = readme.split(begin)
    _, after = rest.split(end)
    return f"{before}{begin}{table}{end}{after}"


def put_into_readme(table: str, *, mark: str) -> None:
    """Replace the table between the marks of that name."""
    README.write_text(with_table(README.read_text(encoding="utf-8"), table, mark=mark), encoding="utf-8")
