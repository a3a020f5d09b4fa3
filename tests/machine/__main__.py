"""``make machine``: the agent on an emulated computer with a booted systemd, a desktop and USB.

Prints a line for each check: proven there, or not and why; exit code 1 if one failed. It needs root (the
computer's disk is made of Debian packages) and what installers/linux/machine.txt lists, and takes many
minutes, so it is no part of `make test`. Raw results go to `.machine/results.json`, and those of a whole run
into the table of agent/README.md.
"""

import os
import shutil
import sys
from collections.abc import Callable
from functools import partial

from tests.machine.booted import check_boot, check_usb
from tests.machine.emulator import PROGRAM
from tests.machine.image import KEPT
from tests.machine.killed import check_killed
from tests.machine.media import (
    check_divided,
    check_encrypted,
    check_infected,
    check_pulled,
    check_read_only,
    check_refused,
    check_released,
)
from tests.machine.package import check_removed, check_upgraded
from tests.machine.pupil import check_helper, check_pupil
from tests.machine.school import School, running_school
from tests.machine.unit import check_enrolment, check_restarts, check_unit
from tests.support.checks import Place, run_checks
from tests.support.outcome import Outcome

Check = Callable[[School], list[Outcome]]
# What every other check stands on.
FIRST: dict[str, Check] = {
    "boot": check_boot,
    "usb": check_usb,
    "unit": check_unit,
    "enrolment": check_enrolment,
}
CHECKS: dict[str, Check] = {
    "restarts": check_restarts,
    "pupil": check_pupil,
    "helper": check_helper,
    "refused": check_refused,
    "released": check_released,
    "infected": check_infected,
    "readonly": check_read_only,
    "divided": check_divided,
    "encrypted": check_encrypted,
    "pulled": check_pulled,
    # What it leaves is malware on a stick.
    "killed": check_killed,
    "upgraded": check_upgraded,
    # Last: nothing is left of it.
    "removed": check_removed,
}
PLACE = Place(
    where="in an emulated computer",
    mark="machine",
    heading="The agent on Linux | in an emulated computer",
    results=KEPT / "results.json",
)


def main(only: list[str]) -> int:
    """Run the checks named, or all."""
    missing = [tool for tool in (PROGRAM, "mmdebstrap", "mke2fs", "socat") if shutil.which(tool) is None]
    if missing or os.geteuid() != 0:
        sys.stderr.write(f"make machine needs root and {', '.join(missing) or 'nothing else'}\n")
        return 2
    with running_school() as school:
        wanted = {
            name: partial(check, school)
            for name, check in {**FIRST, **CHECKS}.items()
            if not only or name in FIRST or name in only
        }
        return run_checks(PLACE, wanted, whole=not only)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
