"""What a technician waits for: how large the package is, how long it installs, when the device watches.

A clean Debian has what the package depends on; no systemd runs there, so the service is started by us once
it is installed. Prints `installers.deb_mb` (bound 40), `installers.installed_mb` (110),
`installers.install_s` (10) and `installers.watching_s` (15): from the start of the service to enrolled, shown
and watching. The 300 devices that enrol at once are `enrolment`'s. Needs root.
"""

import json
import time

from tests.support.built import agent_deb
from tests.support.installed import PROGRAM, laptop
from tests.support.waiting import wait_for


def say(name: str, value: float, unit: str, bound: int) -> None:
    figure = {"bench": f"installers.{name}", "value": round(value, 2), "unit": unit}
    print(json.dumps(figure | {"baseline": None, "bound": bound}), flush=True)


def main() -> None:
    package = agent_deb()
    say("deb_mb", package.stat().st_size / 1_000_000, "MB", 40)
    with laptop() as device:
        begin = time.perf_counter()
        device.install(package)
        say("install_s", time.perf_counter() - begin, "s", 10)
        size = device.debian.run("du", "--bytes", "--summarize", "/usr/lib/lamplighter-agent").stdout
        say("installed_mb", int(size.split()[0]) / 1_000_000, "MB", 110)
        device.leave_enrolment()
        begin = time.perf_counter()
        with device.debian.running(PROGRAM, "service"):
            wait_for(lambda: device.status().get("sensing"), "the agent watching", seconds=120)
            say("watching_s", time.perf_counter() - begin, "s", 15)


if __name__ == "__main__":
    main()
