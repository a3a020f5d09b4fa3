"""The table of agent/README.md, made of what a whole run of `make shells` came to."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.support.readme import put_into_readme

RESULTS = Path(__file__).with_name("results.json")
MARK = "shells"


def table(results: Iterable[dict[str, Any]]) -> str:
    """Return one row a check."""
    rows = ["| shell | tried by `make shells` | |\n", "|---|---|---|\n"]
    return "".join(rows + [f"| {one['shell']} | {one['check']} | {_verdict(one)} |\n" for one in results])


def _verdict(one: dict[str, Any]) -> str:
    if not one["holds"]:
        return f"no: {one['why']}"
    return "yes" if one["seconds"] is None else f"yes, after {one['seconds']} s"


def keep(results: list[dict[str, Any]]) -> None:
    """Keep the results, and replace the table."""
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    put_into_readme(table(results), mark=MARK)
