"""``make wine``: what of the Windows backends runs under wine, which is not Windows.

Prints a line for each check: proven under wine, or not and why. What wine itself lacks is said and is no
failure; exit code 1 if a check failed that wine could show. Needs what installers/linux/wine.txt lists and
fetches wheels once, so it is no part of `make test`. Raw results go to `.wine/results.json`, and those of
a whole run into the table of agent/README.md.
"""

import shutil
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from installers.quickstart.virtual_desktop.desktop import running_desktop
from installers.windows.interpreter import COMPILER
from tests.support.checks import Place, run_checks
from tests.support.outcome import Outcome
from tests.support.sources import ROOT
from tests.wine.dialogs import check_dialogs
from tests.wine.installer import check_installer
from tests.wine.joined import check_joined
from tests.wine.portable import check_portable
from tests.wine.prefix import Wine
from tests.wine.sensing import check_sensing
from tests.wine.services import check_pipe, check_service
from tests.wine.signs import check_beyond, check_strip
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
    # Of what `make msi` made.
    "installer": check_installer,
}
PLACE = Place(
    where="under wine",
    mark="wine",
    heading="Windows backends | under wine",
    results=ROOT / ".wine" / "results.json",
)


def main(only: list[str]) -> int:
    """Run the checks named, or all."""
    missing = [tool for tool in ("wine", COMPILER) if shutil.which(tool) is None]
    if missing:
        sys.stderr.write(f"make wine needs {', '.join(missing)}: see installers/linux/wine.txt\n")
        return 2
    with (
        tempfile.TemporaryDirectory(prefix="lamplighter-wine-") as folder,
        running_desktop(bus=False) as desktop,
    ):
        wine = Wine(Path(folder), desktop)
        wanted = {name: partial(check, wine) for name, check in CHECKS.items() if not only or name in only}
        try:
            return run_checks(PLACE, wanted, whole=not only, shown=wine.outputs)
        finally:
            wine.end()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
