"""``make shells``: whether the strip is seen, and text is read, under the real GNOME Shell.

Needs what installers/linux/shells.txt lists, some hundred packages, so it is no part of `make test`. Prints a
line of JSON for each check; those of a whole run go to results.json beside this file, and from there into the
table of agent/README.md. Exit code 1 if a check failed.
"""

import asyncio
import json
import shutil
import subprocess
import sys

from tests.shells.checks import CHECKS, Outcome, Trial, lines
from tests.shells.gnome import running_gnome_shell
from tests.shells.table import put_into_readme


def main(only: list[str]) -> int:
    """Run the checks named, or all."""
    if shutil.which("gnome-shell") is None:
        sys.stderr.write("make shells needs gnome-shell: see installers/linux/shells.txt\n")
        return 2
    version = subprocess.run(["gnome-shell", "--version"], check=True, capture_output=True, text=True)
    outcomes = asyncio.run(run(version.stdout.strip(), only))
    if not only:
        put_into_readme(lines(outcomes))
    return 0 if all(one.holds for one in outcomes) else 1


async def run(shell: str, only: list[str]) -> list[Outcome]:
    """Try GNOME Shell; print each outcome as it comes."""
    async with running_gnome_shell() as desktop:
        trial = Trial(shell, desktop)
        for name, check in CHECKS.items():
            if not only or name in only:
                told = len(trial.outcomes)
                await check(trial)
                for line in lines(trial.outcomes[told:]):
                    sys.stdout.write(json.dumps(line) + "\n")
                sys.stdout.flush()
    return trial.outcomes


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
