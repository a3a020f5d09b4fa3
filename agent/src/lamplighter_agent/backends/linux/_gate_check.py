"""Is the gate for portable media in force on this machine? Asked of the kernel, of udev and of polkit.

polkit is asked about a device that no machine has, for an account that owns nothing: it must refuse without a
release, allow with one whose lock is held, and refuse again when the lock is let go of. A machine without our
rule would offer to ask for an administrator's password instead.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from lamplighter_agent.backends.linux._release_files import Release, ReleaseFiles, Use
from lamplighter_agent.backends.linux._udev_daemon import udev_runs
from lamplighter_agent.backends.linux._udisks import Answer, polkit_says
from lamplighter_agent.errors import BackendUnavailable

UDEV_RULE: Final = "72-lamplighter-media.rules"
UDEV_FOLDERS: Final = tuple(
    Path(folder) / "udev/rules.d" for folder in ("/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib")
)
BLOCKS: Final = Path("/sys/class/block")
NOBODY: Final = "nobody"
PROBE: Final = "probe"
POLKIT_RULE: Final = "10-lamplighter-media.rules"
_AGAIN: Final = "install the agent's package again; without one, copy "
_UDEV: Final = f"{_AGAIN}{UDEV_RULE} to /usr/lib/udev/rules.d and run udevadm control --reload"
_POLKIT: Final = f"{_AGAIN}{POLKIT_RULE} to /usr/share/polkit-1/rules.d"


async def check(files: ReleaseFiles) -> None:
    """Return where the gate is in force; raise `BackendUnavailable` with what is missing."""
    if os.geteuid() != 0:
        raise BackendUnavailable("MediaGuard", "the service does not run as root", "start it as root")
    _look_for_what_is_missing()
    release = Release(node=PROBE, sequence=0, use=Use.MOUNT, account=NOBODY)
    files.drop(PROBE)
    await _expect(Answer.NO)
    files.put(release)
    try:
        await _expect(Answer.YES)
    finally:
        files.drop(PROBE)
    await _expect(Answer.NO)


async def in_place() -> None:
    """Return where the rules are there and polkit goes by ours; raise as `check`.

    Nothing is released for it: for who only looks, while no service runs.
    """
    _look_for_what_is_missing()
    if os.geteuid() != 0:
        raise BackendUnavailable("MediaGuard", "only root may ask polkit", "run this as root")
    await _expect(Answer.NO)


def _look_for_what_is_missing() -> None:
    for problem, remedy in _missing():
        raise BackendUnavailable("MediaGuard", problem, remedy)


def _missing() -> Iterator[tuple[str, str]]:
    blocks = list(BLOCKS.glob("*"))
    if not blocks:
        yield f"nothing is in {BLOCKS}, where the kernel tells of media", "mount sysfs at /sys"
    elif not any((one / "diskseq").exists() for one in blocks):
        yield "this kernel does not number media", "use Linux 5.15 or newer"
    if not any((folder / UDEV_RULE).is_file() for folder in UDEV_FOLDERS):
        yield "udev's rule for portable media is missing", _UDEV
    if not udev_runs():
        yield "udev's daemon does not run", "start systemd-udevd"


async def _expect(wanted: Answer) -> None:
    answer = await polkit_says(NOBODY, f"/dev/lamplighter-{PROBE}")
    if answer is wanted:
        return
    if answer is Answer.ASKS:
        raise BackendUnavailable("MediaGuard", "polkit's rule for portable media is missing", _POLKIT)
    problem = "allows what is not released" if answer is Answer.YES else "refuses what is released"
    raise BackendUnavailable("MediaGuard", f"polkit {problem}", "see polkit's journal and its other rules")
