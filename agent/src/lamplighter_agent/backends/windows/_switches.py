"""Switches of Windows itself: whether new volumes get letters, and whether a device is on."""

from typing import Final

from lamplighter_agent.backends.windows._device_tree import DeviceTree
from lamplighter_agent.backends.windows._storage import QUERY_AUTO_MOUNT, READ_WRITE, SET_AUTO_MOUNT, Storage

_MOUNT_MANAGER: Final = "\\\\.\\MountPointManager"
_OFF: Final = bytes(4)


class SystemSwitches:
    """Fills `Switches`."""

    def __init__(self, storage: Storage, tree: DeviceTree) -> None:
        self._storage = storage
        self._tree = tree

    def automount_is_off(self) -> bool:
        with self._storage.opened(_MOUNT_MANAGER) as handle:
            return self._storage.control(handle, QUERY_AUTO_MOUNT, room=4) == _OFF

    def turn_automount_off(self) -> None:
        """As `mountvol /N` does; it is kept."""
        with self._storage.opened(_MOUNT_MANAGER, READ_WRITE) as handle:
            self._storage.control(handle, SET_AUTO_MOUNT, _OFF)

    def disable(self, instance: str) -> None:
        self._tree.disable(instance)
