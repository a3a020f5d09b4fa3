"""What is left of a stick when the service is killed while it is mounted."""

from typing import Final

from tests.machine.school import School
from tests.machine.sticks import inside
from tests.support.outcome import Outcome, proven

MOST_S: Final = 5.0
# Writes malware and reads it, again and again; says when that went well last.
_WRITE: Final = """
i=0; last=0; end=$(( $(cut -d. -f1 /proc/uptime) + 60 ))
while [ "$(cut -d. -f1 /proc/uptime)" -lt $end ]; do
  i=$((i+1))
  cp /carried/eicar PLACE/$i.com 2>/dev/null && cat PLACE/$i.com >/dev/null 2>&1 \\
    && last=$(cut -d" " -f1 /proc/uptime)
  mountpoint -q PLACE || break
done
echo "$last"
"""


def check_killed(school: School) -> list[Outcome]:
    """Kill the service while the pupil has a stick mounted, and have malware written to it."""
    stick = school.sticks["VFAT0001"]
    school.grant(stick.medium)
    with inside(school.computer, stick):
        school.until_decided("release")
        place = school.mount(stick.node)
        # Looked into only when it is opened.
        school.computer.pupil.sh(f"cp /carried/eicar {place}/0.com && sync -f {place}", check=True)
        kill = f'cut -d" " -f1 /proc/uptime; kill -9 {school.unit("MainPID")}'
        killed = float(school.computer.root.sh(kill, check=True))
        last = float(school.computer.pupil.sh(_WRITE.replace("PLACE", place), seconds=200).split()[-1])
        school.until_sensing()
        told = school.until_decided("refuse")
        again = school.mount(stick.node)
    return [
        proven(
            f"service killed while a stick is mounted: {MOST_S:.0f} s later nothing written there is read",
            holds=bool(place) and last - killed < MOST_S,
            otherwise=f"{last - killed:.1f} s",
        ),
        proven(
            "service killed while a stick is mounted: started again, it finds the malware, and blocks it",
            holds=not again and told["reason"] in {"infected", "suspended"},
            otherwise=str(told),
        ),
    ]
