"""Watch, guard and scanner of portable media on Windows, over one set of Windows' own calls."""

import functools
from pathlib import Path

from lamplighter_agent.backends.media_ports import MediaGuard, MediaScanner, MediaWatch
from lamplighter_agent.backends.null import NullGuard, NullScanner, NullSource
from lamplighter_agent.backends.windows._device_tree import DeviceTree
from lamplighter_agent.backends.windows._registry import DeviceRegistry
from lamplighter_agent.backends.windows._storage import Storage
from lamplighter_agent.backends.windows._switches import SystemSwitches
from lamplighter_agent.backends.windows._volumes import Volumes
from lamplighter_agent.backends.windows.device_news import WindowNews
from lamplighter_agent.backends.windows.devices import SystemDevices
from lamplighter_agent.backends.windows.media import WindowsMedia
from lamplighter_agent.backends.windows.media_guard import LetterGuard
from lamplighter_agent.backends.windows.media_policy import MediaPolicy
from lamplighter_agent.backends.windows.media_scanner import defender_scanner
from lamplighter_agent.backends.windows.places import PLACES
from lamplighter_agent.backends.windows.volume_locks import VolumeLocks
from lamplighter_agent.errors import BackendUnavailable

# In the service's own folder, which nobody else may read or write.
ROOM = Path(PLACES.state) / "scan"


class _Windows:
    def __init__(self) -> None:
        self.storage = Storage()
        self.tree = DeviceTree()
        self.volumes = Volumes(self.storage)
        self.locks = VolumeLocks(self.volumes)


@functools.cache
def _windows() -> _Windows:
    """Return the one set: guard and scanner share the locks."""
    return _Windows()


def watch() -> MediaWatch:
    try:
        windows = _windows()
    except BackendUnavailable as error:
        return NullSource("MediaWatch", error.reason, error.remedy)
    devices = SystemDevices(windows.storage, windows.tree, windows.volumes, windows.locks.holds)
    return WindowsMedia(devices, WindowNews())


def guard() -> MediaGuard:
    try:
        windows = _windows()
    except BackendUnavailable as error:
        return NullGuard(error.reason, error.remedy)
    switches = SystemSwitches(windows.storage, windows.tree)
    policy = MediaPolicy(DeviceRegistry())
    return LetterGuard(windows.volumes, windows.locks, switches, policy, room=str(ROOM))


def scanner() -> MediaScanner:
    try:
        windows = _windows()
    except BackendUnavailable as error:
        return NullScanner(error.reason, error.remedy)
    return defender_scanner(windows.volumes, windows.locks, ROOM)
