"""``make shells``: whether the strip is seen, and text is read, under the real GNOME Shell and the real KWin.

Needs what installers/linux/shells.txt lists, some hundred packages, so it is no part of `make test`. Prints a
line of JSON for each check; those of a whole run go to results.json beside this file, and from there into the
table of agent/README.md. Exit code 1 if a check failed.
"""

import asyncio
import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager

from tests.shells.checks import GNOME_CHECKS, KWIN_CHECKS, UNSEEN_CHECKS, Check, Outcome, Trial, lines
from tests.shells.gnome import GnomeDesktop, running_gnome_shell
from tests.shells.kwin import KWinDesktop, UnseenKWin, running_kwin
from tests.shells.table import keep

Opened = AbstractAsyncContextManager[GnomeDesktop] | AbstractAsyncContextManager[KWinDesktop]


def main(only: list[str]) -> int:
    """Run the checks named ("gnome", "kwin", "strip", ...), or all."""
    if missing := [name for name in ("gnome-shell", "kwin_wayland") if shutil.which(name) is None]:
        sys.stderr.write(f"make shells needs {', '.join(missing)}: see installers/linux/shells.txt\n")
        return 2
    gnome, kwin = _version("gnome-shell"), _version("kwin_wayland_wrapper")
    outcomes: list[Outcome] = []
    for name, shell, opened, checks in (
        ("gnome", gnome, running_gnome_shell(), GNOME_CHECKS),
        ("kwin", kwin, running_kwin(UnseenKWin), UNSEEN_CHECKS),
        ("kwin", kwin, running_kwin(KWinDesktop), KWIN_CHECKS),
    ):
        wanted = {key: check for key, check in checks.items() if not only or {name, key} & set(only)}
        if wanted:
            outcomes += asyncio.run(run(shell, opened, wanted))
    if not only:
        keep(lines(outcomes))
    return 0 if all(one.holds for one in outcomes) else 1


def _version(program: str) -> str:
    """Return what Debian calls the package that has a program."""
    package = {"gnome-shell": "gnome-shell", "kwin_wayland_wrapper": "kwin-wayland"}[program]
    asked = ["dpkg-query", "--show", "--showformat=${source:Upstream-Version}", package]
    version = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()
    return f"{'GNOME Shell' if package == 'gnome-shell' else 'KWin'} {version}"


async def run(shell: str, opened: Opened, checks: Mapping[str, Check]) -> list[Outcome]:
    """Try one shell; print each outcome as it comes."""
    async with opened as desktop:
        trial = Trial(shell, desktop)
        for check in checks.values():
            told = len(trial.outcomes)
            await check(trial)
            for line in lines(trial.outcomes[told:]):
                sys.stdout.write(json.dumps(line) + "\n")
            sys.stdout.flush()
    return trial.outcomes


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
