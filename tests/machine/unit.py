"""The package's unit under a booted systemd: enrolled, stopped, restarted, killed, out of a pupil's reach."""

import re
from typing import Final

from tests.machine.booted import CONTENT, make_sticks
from tests.machine.carried import PACKAGE
from tests.machine.school import ASSET_TAG, COMMAND, PATIENCE, School
from tests.support.outcome import Outcome, proven

UNIT: Final = "lamplighter-agent"
UNITS: Final = (f"{UNIT}.service", "lamplighter-signatures.path")
# How any process of the agent is found.
OURS: Final = "lamplighter[-_]agent"
BACK_S: Final = 5.0
# What systemd-analyze makes of the unit at most, of 10; why it is not less is said in the unit.
EXPOSURE: Final = 7.0
# Says after how many seconds systemd had another main process.
_KILLED: Final = f"""
first=$(systemctl show --value --property=MainPID {UNIT})
began=$(cut -d" " -f1 /proc/uptime)
kill -9 "$first"
now=$first
while [ "$now" = 0 ] || [ "$now" = "$first" ]; do
  now=$(systemctl show --value --property=MainPID {UNIT})
done
echo "$began $(cut -d" " -f1 /proc/uptime)"
"""


def check_unit(school: School) -> list[Outcome]:
    """Make the sticks, while nothing holds them; then install the package, which starts the service."""
    school.sticks.update(make_sticks(school.computer))
    root = school.computer.root
    root.run("sh", f"{CONTENT}/install.sh", PACKAGE, seconds=PATIENCE, check=True)
    school.until("the service's own word", school.status)
    state = (school.unit("ActiveState"), school.unit("UnitFileState"))
    before = not school.status().get("enrolled") and not school.status().get("sensing")
    school.until(
        "the scanner", lambda: "active" in root.run("systemctl", "is-active", "clamav-daemon").split()
    )
    scanner = root.run("pgrep", "--list-full", "clamd")
    verified = root.run("systemd-analyze", "verify", "--man=no", *UNITS, seconds=PATIENCE).strip()
    exposed = root.run("systemd-analyze", "security", "--no-pager", UNIT, seconds=PATIENCE)
    level = "".join(re.findall(r"exposure level for .*: ([0-9.]+)", exposed))
    return [
        proven(
            "package: installed by apt without a network; its unit is enabled, and systemd has started it",
            holds=state == ("active", "enabled"),
            otherwise=", ".join(state),
        ),
        proven("unit: nothing is sensed before enrolment", holds=before, otherwise="it sensed"),
        proven(
            "package: once signatures come, ClamAV's own unit starts with the package's settings",
            holds="/etc/lamplighter/clamd.conf" in scanner,
            otherwise=scanner.strip(),
        ),
        proven(
            f"units: systemd-analyze finds no fault in them; the service's exposure is {level}",
            holds=not verified and bool(level) and float(level) <= EXPOSURE,
            otherwise=verified.partition("\n")[0],
        ),
    ]


def check_enrolment(school: School) -> list[Outcome]:
    issued = school.collector.token()
    where = f"--collector {issued['collector']} --pin {issued['pin']} --asset-tag {ASSET_TAG}"
    school.computer.root.sh(
        f"printf %s {issued['token']} | {COMMAND} enrol {where} --token-file -", seconds=PATIENCE, check=True
    )
    school.until_sensing()
    told = school.json(COMMAND, "status", "--json")
    session = told["sessions"][0]
    media = told["media"]
    return [
        proven(
            "enrolment: over the network, taken up by the running service; `status --json` says so",
            holds=told["enrolled"] and told["collector"]["link"] == "connected",
            otherwise=str(told["collector"]),
        ),
        proven(
            "session: found by logind; a helper in it shows the strip on the screen, and senses",
            holds=session["indicator_shown"] and session["sensing"] and session["helper"] == "running",
            otherwise=session["indicator_reason"] or session["policy_reason"],
        ),
        proven(
            "session: titles by X11 properties, fields by AT-SPI, keys of terminals by XRecord are working",
            holds=all(sensor["working"] for sensor in session["sensors"]),
            otherwise=", ".join(s["sensor"] for s in session["sensors"] if not s["working"]),
        ),
        proven(
            "portable media: enforced by the package's files in Debian's own udev, UDisks and polkit",
            holds=bool(media["enforced"] and media["scanner"]["working"]),
            otherwise=f"{media['guard']['reason']} {media['scanner']['reason']}".strip(),
        ),
    ]


def check_restarts(school: School) -> list[Outcome]:
    root = school.computer.root
    began, back = map(float, root.sh(_KILLED, seconds=PATIENCE, check=True).split())
    school.until_sensing()
    root.run("systemctl", "stop", UNIT, seconds=PATIENCE)
    stopped, result = school.unit("ActiveState"), school.unit("Result")
    left = root.run("pgrep", "--count", "--full", OURS).strip()
    root.run("systemctl", "start", UNIT, seconds=PATIENCE)
    school.until_sensing()
    return [
        proven(
            f"unit: killed by SIGKILL it is started again within {BACK_S:.0f} s, and senses again",
            holds=back - began < BACK_S,
            otherwise=f"{back - began:.1f} s",
        ),
        proven(
            "unit: stopped it ends cleanly, with all its processes; started it senses again",
            holds=(stopped, result, left) == ("inactive", "success", "0"),
            otherwise=f"{stopped}, {result}, {left} processes left",
        ),
    ]
