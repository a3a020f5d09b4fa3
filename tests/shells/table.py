"""The table of agent/README.md, made of what a whole run of `make shells` came to."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.support.sources import ROOT

README = ROOT / "agent" / "README.md"
RESULTS = Path(__file__).with_name("results.json")
BEGIN, END = "<!-- shells -->\n", "<!-- /shells -->\n"


def table(results: Iterable[dict[str, Any]]) -> str:
    """Return one row a check."""
    rows = ["| shell | tried by `make shells` | |\n", "|---|---|---|\n"]
    return "".join(rows + [f"| {one['shell']} | {one['check']} | {_verdict(one)} |\n" for one in results])


def _verdict(one: dict[str, Any]) -> str:
    if not one["holds"]:
        return f"no: {one['why']}"
    return "yes" if one["seconds"] is None else f"yes, after {one['seconds']} s"


def with_table(readme: str, results: Iterable[dict[str, Any]]) -> str:
    """Return the text of agent/README.md with the table of these results."""
    before, rest = readme.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}{table(results)}{END}{after}"


def put_into_readme(results: list[dict[str, Any]]) -> None:
    """Keep the results, and replace the table between its marks."""
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    README.write_text(with_table(README.read_text(encoding="utf-8"), results), encoding="utf-8")
