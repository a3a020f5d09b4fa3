"""What the backends of portable media ask of a Mac: real modules answer there, a pretended one in tests.

A disk or volume goes by its BSD name, such as "disk4" or "disk4s1". Calls of `Disks` may take a while and are
made beside the loop. `OSError` where macOS refuses, `FileNotFoundError` where what is meant is gone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

# A property list, as macOS' own programs print one.
Plist = Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """What Disk Arbitration says of a disk that somebody wants to mount."""

    # None where it does not say.
    internal: bool | None
    protocol: str
    # A server's folder, not a disk.
    network: bool = False


class DiskNews(Protocol):
    """Disk Arbitration: what comes and goes, and who may mount."""

    @property
    def is_on(self) -> bool:
        """Whether it is asked about mounts now."""
        ...

    def start(self, changed: Callable[[], None], may_mount: Callable[[Attached], bool]) -> None:
        """Have both called on a thread of the system's; `may_mount` about each mount but root's own.

        Raises BackendUnavailable.
        """
        ...

    def stop(self) -> None: ...


class Disks(Protocol):
    """Disks, by macOS' own programs."""

    def registry(self) -> Plist:
        """Return the USB devices with all that is below them, as `ioreg` prints them."""
        ...

    def listed(self) -> Plist:
        """Return all disks and volumes, as `diskutil list` prints them."""
        ...

    def about(self, name: str) -> Plist:
        """Return one of them, as `diskutil info` prints it."""
        ...

    def private_folder(self, account: "Account") -> str:
        """Make the folder that only this account and root come through, and root alone writes to."""
        ...

    def mount(self, name: str, file_system: str, folder: str, options: Sequence[str]) -> None:
        """Mount a volume in a folder, as root, past whoever is asked about mounts."""
        ...

    def unmount(self, name: str) -> None:
        """Unmount a volume wherever it is, whoever uses it; one that is not mounted is fine."""
        ...

    def mounted_at(self, name: str) -> str:
        """Return the folder that a volume is mounted in; "" where it is in none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who is signed in in front."""

    name: str
    user: int
    group: int


class Keeper(Protocol):
    """What unmounts when this process has ended, however it did."""

    def keep(self, name: str) -> None:
        """Have a volume unmounted then; raises OSError."""
        ...

    def forget(self, name: str) -> None: ...

    def close(self) -> None: ...


class Console(Protocol):
    """Who sits at this Mac."""

    def in_front(self) -> Account | None: ...
