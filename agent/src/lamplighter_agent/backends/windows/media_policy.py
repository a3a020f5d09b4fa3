"""The device's policy about portable media: what Windows itself keeps to, whether our service runs or not.

- Portable devices (phones, cameras by MTP or PTP, and the second way to a stick's files) are not installed.
- A device that deceives is not installed, by its instance path, once it was met.
- Programs on removable disks do not start. Windows reads that when it starts, so a restart may be due.

Lists of the school's own are added to, never replaced. An allow list of all devices would do more, and stop
each new keyboard and dock, so there is none. Never ran on Windows.
"""

from typing import Final

from lamplighter_agent.backends.windows.media_system import Registry

_POLICIES: Final = "SOFTWARE\\Policies\\Microsoft\\Windows"
RESTRICTIONS: Final = f"{_POLICIES}\\DeviceInstall\\Restrictions"
# Removable disks, by Windows' class of them.
REMOVABLE: Final = f"{_POLICIES}\\RemovableStorageDevices\\{{53f5630d-b6bf-11d0-94f2-00a0c91efb8b}}"
CLASSES: Final = "DenyDeviceClasses"
INSTANCES: Final = "DenyInstanceIDs"
NO_PROGRAMS: Final = "Deny_Execute"
PORTABLE_DEVICES: Final = "{eec5ad98-8080-425f-922a-dabf3de3f69a}"
RESTART_DUE: Final = "SOFTWARE\\Lamplighter\\RestartDue"


class MediaPolicy:
    """Writes the policy and keeps it. Any thread, one at a time; raises OSError."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def ensure(self) -> bool:
        """Write what is not there; False while a restart of Windows is due for it."""
        self._deny(CLASSES, PORTABLE_DEVICES)
        if self._registry.read(REMOVABLE, NO_PROGRAMS) != 1:
            self._registry.mark_until_restart(RESTART_DUE)
            self._registry.write(REMOVABLE, NO_PROGRAMS, 1)
        return not self._registry.is_there(RESTART_DUE)

    def refuse(self, instance: str) -> None:
        """Have a device not installed again, whenever and wherever it is plugged in."""
        self._deny(INSTANCES, instance)

    def _deny(self, kind: str, what: str) -> None:
        registry, listed = self._registry, f"{RESTRICTIONS}\\{kind}"
        names = registry.names(listed)
        if not any(str(registry.read(listed, name)).casefold() == what.casefold() for name in names):
            number = 1 + max((int(name) for name in names if name.isascii() and name.isdigit()), default=0)
            registry.write(listed, str(number), what)
        for name in (kind, f"{kind}Retroactive"):
            if registry.read(RESTRICTIONS, name) != 1:
                registry.write(RESTRICTIONS, name, 1)
