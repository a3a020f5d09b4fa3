"""The package's later life on the booted computer: upgraded while it runs, removed, purged."""

from typing import Any, Final

from tests.machine.carried import NEXT_PACKAGE, NEXT_VERSION, PACKAGE, VERSION
from tests.machine.media import used
from tests.machine.school import PATIENCE, STATE, School
from tests.machine.sticks import inside
from tests.machine.unit import OURS, UNIT
from tests.support.outcome import Outcome, proven

_SETTINGS: Final = "/etc/lamplighter/agent.toml"
_REMARK: Final = "# by the technician"
# Files that only the package brings; what of it a purge leaves anywhere.
_RULES: Final = (
    "/lib/udev/rules.d/72-lamplighter-media.rules /usr/share/polkit-1/rules.d/10-lamplighter-media.rules"
)
_LEFT: Final = (
    "find / -xdev -iname '*lamplighter*' -not -path '/run/*' -not -path '/carried/*' -not -path '/proc/*'"
)
_PROCESSES: Final = f"pgrep --count --full '{OURS}'"


def check_upgraded(school: School) -> list[Outcome]:
    """Go to the next version while a stick is in; in between, have the service killed half way."""
    root, stick = school.computer.root, school.sticks["EXT40001"]
    root.sh(f"echo '{_REMARK}' >>{_SETTINGS}", check=True)
    school.grant(stick.medium)
    with inside(school.computer, stick):
        school.until_decided("release")
        root.run("dpkg", "--unpack", NEXT_PACKAGE, seconds=PATIENCE, check=True)
        root.run("systemctl", "kill", "--kill-whom=main", "--signal=KILL", UNIT)
        school.until_sensing()
        half_way = _version_that_runs(school)
        root.run("dpkg", "--configure", "lamplighter-agent", seconds=PATIENCE, check=True)
        school.until_sensing()
        after = _version_that_runs(school)
        school.until_decided("release")
        seen = used(school, stick.node)
    refused = root.run("dpkg", "--install", PACKAGE, seconds=PATIENCE)
    school.until_sensing()
    kept = _REMARK in root.run("cat", _SETTINGS) and bool(school.status()["enrolled"])
    return [
        proven(
            "upgrade: killed half way, what systemd starts again is the old version, whole",
            holds=half_way == VERSION,
            otherwise=half_way,
        ),
        proven(
            "upgrade: the new one runs, enrolled, by the edited settings; a stick inside is released again",
            holds=after == NEXT_VERSION and kept and all(seen.values()),
            otherwise=f"{after} {kept} {seen}",
        ),
        proven(
            "downgrade: refused by the package, and the newer version still runs",
            holds="does not replace it" in refused and _version_that_runs(school) == NEXT_VERSION,
            otherwise=_version_that_runs(school),
        ),
    ]


def check_removed(school: School) -> list[Outcome]:
    """Remove it, look at what the computer is then; purge it."""
    root = school.computer.root
    root.run("apt-get", "--yes", "remove", "lamplighter-agent", seconds=PATIENCE, check=True)
    processes = root.sh(_PROCESSES).strip()
    left = root.sh(f"ls {_RULES} 2>/dev/null").split()
    state = root.sh(f"test -d {STATE} && test -f {_SETTINGS} && echo kept").strip()
    scanner = root.run("systemctl", "show", "--property=ExecStart", "clamav-daemon")
    stick = school.sticks["NEVER001"]
    with inside(school.computer, stick):
        place = school.mount(stick.node)
        school.computer.pupil.run("udisksctl", "unmount", "--no-user-interaction", "-b", stick.node)
    root.run("apt-get", "--yes", "purge", "lamplighter-agent", seconds=PATIENCE, check=True)
    found: dict[str, Any] = {
        "files": root.sh(_LEFT, seconds=PATIENCE).split(),
        "group": root.run("getent", "group", "lamplighter").split(),
        "units": root.run("systemctl", "list-unit-files", "--no-legend", "lamplighter*").split(),
        "failed": root.run("systemctl", "list-units", "--failed", "--no-legend", "--plain").split(),
    }
    return [
        proven(
            "removal: all of it ends, rules go, ClamAV is Debian's again; settings and state are kept",
            holds=(processes, left, state) == ("0", [], "kept") and "/etc/lamplighter" not in scanner,
            otherwise=f"{processes} processes, {left}, {state}, {scanner.strip()}",
        ),
        proven("removal: a stick is what it is to any computer", holds=bool(place), otherwise=""),
        proven(
            "purge: no file, group or unit is left, and nothing failed",
            holds=not any(found.values()),
            otherwise=f"{found}",
        ),
    ]


def _version_that_runs(school: School) -> str:
    """Return what lies beside the program that the main process runs."""
    program = school.computer.root.run("readlink", "-e", f"/proc/{school.unit('MainPID')}/exe").strip()
    return school.computer.root.run("cat", f"{program.rpartition('/')[0]}/version").strip()
