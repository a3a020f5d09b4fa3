"""The agent's unit under a booted systemd: enrolled, stopped, restarted, killed, out of a pupil's reach."""

from typing import Final

from tests.machine.booted import CONTENT, make_sticks
from tests.machine.school import ASSET_TAG, COMMAND, PATIENCE, School
from tests.support.outcome import Outcome, proven

UNIT: Final = "lamplighter-agent"
BACK_S: Final = 5.0
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
    """Make the sticks, while nothing holds them; then install and start."""
    school.sticks.update(make_sticks(school.computer))
    root = school.computer.root
    root.run("sh", f"{CONTENT}/install.sh", seconds=PATIENCE, check=True)
    root.run("systemctl", "enable", "--now", UNIT, seconds=PATIENCE)
    school.until("the service's own word", school.status)
    state = school.unit("ActiveState")
    before = not school.status().get("enrolled") and not school.status().get("sensing")
    return [
        proven("unit: systemd starts the service", holds=state == "active", otherwise=state),
        proven("unit: nothing is sensed before enrolment", holds=before, otherwise="it sensed"),
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
            "portable media: enforced by Debian's own udev, UDisks and polkit; ClamAV as its unit starts it",
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
    left = root.run("pgrep", "--count", "--full", "lamplighter_agent").strip()
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


def check_pupil(school: School) -> list[Outcome]:
    """Have the pupil try what a person at the screen may try."""
    before = school.unit("MainPID")
    said = school.computer.pupil.sh(
        f"for verb in stop kill restart disable mask; do systemctl --no-ask-password $verb {UNIT}; done;"
        f"kill -9 {before}; rm -r {COMMAND} /var/lib/lamplighter;"
        f"cat /var/lib/lamplighter/status.json"
    )
    school.until_sensing()
    kept = (school.unit("MainPID"), school.unit("ActiveState"), school.unit("UnitFileState"))
    read = '"sensing"' in said
    return [
        proven(
            "unit: the pupil can't stop, kill, restart, disable or mask it, nor read or remove what it keeps",
            holds=kept == (before, "active", "enabled") and not read,
            otherwise=f"{kept}",
        )
    ]
