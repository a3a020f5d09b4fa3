"""Why ClamAV's daemon does not answer on Linux: not installed, without signatures, or not started.

Debian has systemd listen in its place and starts it only where there are signatures. Without them who
connects is cut off, or heard by nobody: that is why not only a missing socket is looked into.
"""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Final

from lamplighter_agent.backends.ports import SensorState
from lamplighter_agent.media.scan.outcome import Reason

FOLDERS: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# Debian's and Fedora's; both of the files must be there for Debian's unit.
DATABASE: Final = Path("/var/lib/clamav")
_FILES: Final = ("main.c[lv]d", "daily.c[lv]d")
_UNANSWERED: Final = frozenset({Reason.ENGINE_FAILED, Reason.ENGINE_HUNG})
_MISSING: Final = "engine missing: it"


def explained(
    state: SensorState,
    reason: Reason,
    clamd: Path,
    *,
    usual: bool,
    folders: str = FOLDERS,
    database: Path = DATABASE,
) -> SensorState:
    """Return the state with why there is no engine at the socket `clamd`, where that is its `reason`.

    Only behind the `usual` socket an engine that fails is known to have its signatures in `database`.
    """
    if reason is not Reason.ENGINE_MISSING and not (reason in _UNANSWERED and usual):
        return state
    if shutil.which("clamd", path=folders) is None:
        return _told(state, "is not installed", "install clamav-daemon and clamav-freshclam, and start both")
    if not all(any(database.glob(file)) for file in _FILES):
        remedy = "start clamav-freshclam, which fetches them, and then start clamav-daemon"
        return _told(state, f"has no signatures in {database} yet, and does not start without", remedy)
    if reason is not Reason.ENGINE_MISSING:
        return state
    remedy = f"start clamav-daemon; where it runs, see that its LocalSocket is {clamd}"
    return _told(state, "is installed and does not run", remedy)


def _told(state: SensorState, why: str, remedy: str) -> SensorState:
    return replace(state, reason=f"{_MISSING} {why}", remedy=remedy)
