"""What the pupil at the screen may try against the agent: its unit, its package, its files, its helper."""

from typing import Any, Final

from tests.machine.carried import PACKAGE
from tests.machine.image import PUPIL
from tests.machine.school import COMMAND, PATIENCE, STATE, School
from tests.machine.unit import BACK_S, UNIT, UNITS
from tests.support.outcome import Outcome, proven

# Each as its owner's own programs would do it; none may succeed.
_TRIED: Final = (
    *(
        f"systemctl --no-ask-password {verb} {unit}"
        for unit in (*UNITS, "clamav-daemon.service")
        for verb in ("stop", "kill", "restart", "disable", "mask")
    ),
    "kill -9 $(systemctl show --value --property=MainPID " + UNIT + ")",
    "dpkg --purge lamplighter-agent",
    f"dpkg --install {PACKAGE}",
    "apt-get --yes remove lamplighter-agent",
    "/usr/lib/lamplighter-agent/activate",
    "mv /usr/lib/lamplighter-agent/current /tmp/away",
    "sh -c 'echo x >>/usr/lib/lamplighter-agent/current/lamplighter-agent'",
    "sh -c 'echo x >>/etc/lamplighter/agent.toml'",
    f"rm -r {COMMAND} {STATE} /usr/lib/lamplighter-agent /etc/lamplighter",
    "rm /usr/share/polkit-1/rules.d/10-lamplighter-media.rules",
    "rm /lib/udev/rules.d/72-lamplighter-media.rules",
    # Its status and the notice are for everybody.
    f"find {STATE} -type f -readable -not -name status.json -not -name 'what-*' | grep .",
    "find / -xdev -path '*lamplighter*' -not -type l -writable | grep .",
    "udevadm control --reload",
    f"{COMMAND} erase",
)
# Which helper runs now, and after how many seconds the pupil's own kill of it had another one follow.
_HELPER: Final = f"pgrep --uid {PUPIL} --full 'lamplighter_[a]gent session'"
_ENDED: Final = f"""
first=$({_HELPER} | head -1)
began=$(cut -d" " -f1 /proc/uptime)
kill -9 $first
now=$first
while [ -z "$now" ] || [ "$now" = "$first" ]; do now=$({_HELPER} | head -1); done
echo "$began $(cut -d" " -f1 /proc/uptime)"
"""


def check_pupil(school: School) -> list[Outcome]:
    """Have the pupil try what a person at the screen may try."""
    before = school.unit("MainPID")
    tried = [f"if {{ {one}; }} >/dev/null 2>&1; then echo {number}; fi" for number, one in enumerate(_TRIED)]
    did = school.computer.pupil.sh("\n".join(tried), seconds=PATIENCE).split()
    school.until_sensing()
    kept = (school.unit("MainPID"), school.unit("ActiveState"), school.unit("UnitFileState"))
    return [
        proven(
            "the pupil can't stop, kill, restart, disable or mask unit or scanner, nor remove or change "
            "package, program and settings, nor read what is kept",
            holds=kept == (before, "active", "enabled") and not did,
            otherwise=f"{kept} {[_TRIED[int(one)] for one in did]}",
        )
    ]


def check_helper(school: School) -> list[Outcome]:
    """Have the pupil end the session's helper, which is a process of the pupil's own account."""
    before = _session(school)["restarts"]
    began, back = map(float, school.computer.pupil.sh(_ENDED, seconds=PATIENCE, check=True).split())
    school.until("the helper's end in the status", lambda: _session(school).get("restarts", 0) > before)
    school.until_sensing()
    session = _session(school)
    return [
        proven(
            f"killed by the pupil, the helper is followed by another within {BACK_S:.0f} s, which shows "
            "the strip and senses again; `status` says why the one before ended",
            holds=back - began < BACK_S and bool(session["last_end"]) and session["indicator_shown"],
            otherwise=f"{back - began:.1f} s, {session['last_end']}",
        )
    ]


def _session(school: School) -> dict[str, Any]:
    found: list[dict[str, Any]] = school.status().get("sessions", [])
    return found[0] if found else {}
