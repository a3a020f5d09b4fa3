"""``make wine``: what of the Windows backends runs under wine, which is not Windows.

Prints a line for each check: proven under wine, or not and why. What wine itself lacks is said and is no
failure; exit code 1 if a check failed that wine could show. Needs what installers/linux/wine.txt lists and
fetches wheels once, so it is no part of `make test`. Raw results go to `.wine/results.json`, and those of
a whole run into the table of agent/README.md.
"""

import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from installers.quickstart.virtual_desktop.desktop import running_desktop
from installers.windows.interpreter import COMPILER
from tests.support.sources import ROOT
from tests.wine.dialogs import check_dialogs
from tests.wine.joined import check_joined
from tests.wine.outcome import Outcome, State
from tests.wine.portable import check_portable
from tests.wine.prefix import Wine
from tests.wine.sensing import check_sensing
from tests.wine.services import check_pipe, check_service
from tests.wine.signs import check_beyond, check_strip
from tests.wine.table import put_into_readme
from tests.wine.whole import check_whole

CHECKS: dict[str, Callable[[Wine], list[Outcome]]] = {
    # First, while wine's own services are sure to run.
    "service": check_service,
    "pipe": check_pipe,
    "sensing": check_sensing,
    "joined": check_joined,
    "dialogs": check_dialogs,
    "whole": check_whole,
    "strip": check_strip,
    "portable": check_portable,
    "beyond": check_beyond,
}
RESULTS = ROOT / ".wine" / "results.json"


def main(only: list[str]) -> int:
    """Run the checks named, or all."""
    missing = [tool for tool in ("wine", "wineboot", COMPILER) if shutil.which(tool) is None]
    if missing:
        sys.stderr.write(f"make wine needs {', '.join(missing)}: see installers/linux/wine.txt\n")
        return 2
    outcomes: list[Outcome] = []
    with (
        tempfile.TemporaryDirectory(prefix="lamplighter-wine-") as folder,
        running_desktop(bus=False) as desktop,
    ):
        wine = Wine(Path(folder), desktop)
        try:
            for name, check in CHECKS.items():
                if not only or name in only:
                    outcomes += _told(name, check, wine)
        finally:
            wine.end()
    RESULTS.parent.mkdir(exist_ok=True)
    told = [{"check": one.check, "state": one.state.value, "why": one.why} for one in outcomes]
    RESULTS.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    if not only:
        put_into_readme(outcomes, mark="wine", heading="Windows backends | under wine")
    return 1 if any(one.state is State.FAILED for one in outcomes) else 0


def _told(name: str, check: Callable[[Wine], list[Outcome]], wine: Wine) -> list[Outcome]:
    """Run a check and print its lines as they come."""
    try:
        found = check(wine)
    except TimeoutError as error:
        found = [Outcome(check=name, state=State.FAILED, why=str(error))]
        sys.stderr.write(wine.outputs())
    for one in found:
        sys.stdout.write(one.line("under wine") + "\n")
    sys.stdout.flush()
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
