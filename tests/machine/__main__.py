"""``make machine``: the agent on an emulated computer with a booted systemd, a desktop and USB.

Prints a line for each check: proven there, or not and why; exit code 1 if one failed. It needs root (the
computer's disk is made of Debian packages) and what installers/linux/machine.txt lists, and takes many
minutes, so it is no part of `make test`. Raw results go to `.machine/results.json`, and those of a whole run
into the table of agent/README.md.
"""

import contextlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.machine.booted import check_boot, check_usb
from tests.machine.carried import make_carried
from tests.machine.emulator import PROGRAM, Computer, running_computer
from tests.machine.image import KEPT, base_image
from tests.wine.outcome import Outcome, State
from tests.wine.table import put_into_readme

CHECKS: dict[str, Callable[[Computer], list[Outcome]]] = {"boot": check_boot, "usb": check_usb}
RESULTS = KEPT / "results.json"


def main(only: list[str]) -> int:
    """Run the checks named, or all."""
    missing = [tool for tool in (PROGRAM, "mmdebstrap", "mke2fs", "socat") if shutil.which(tool) is None]
    if missing or os.geteuid() != 0:
        sys.stderr.write(f"make machine needs root and {', '.join(missing) or 'nothing else'}\n")
        return 2
    outcomes: list[Outcome] = []
    with _computer() as computer:
        for name, check in CHECKS.items():
            if not only or name in only:
                outcomes += _told(name, check, computer)
    told = [{"check": one.check, "state": one.state.value, "why": one.why} for one in outcomes]
    RESULTS.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    if not only:
        put_into_readme(outcomes, mark="machine", heading="The agent on Linux | in an emulated computer")
    return 1 if any(one.state is State.FAILED for one in outcomes) else 0


@contextlib.contextmanager
def _computer() -> Iterator[Computer]:
    with tempfile.TemporaryDirectory(prefix="machine-") as name:
        folder = Path(name)
        with running_computer(base_image(), make_carried(folder), folder) as computer:
            yield computer


def _told(name: str, check: Callable[[Computer], list[Outcome]], computer: Computer) -> list[Outcome]:
    """Run a check and print its lines as they come."""
    try:
        found = check(computer)
    except (TimeoutError, AssertionError) as error:
        found = [Outcome(check=name, state=State.FAILED, why=str(error).partition("\n")[0])]
    for one in found:
        sys.stdout.write(one.line("in an emulated computer") + "\n")
    sys.stdout.flush()
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
