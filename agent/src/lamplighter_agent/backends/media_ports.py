"""What the agent needs of an operating system for portable media; the rules of `ports.py` hold here, too."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from lamplighter_agent.backends.ports import Failed, SensorState
from lamplighter_agent.errors import BackendUnavailable
from lamplighter_agent.media.scan.outcome import ScanLimits, ScanOutcome


class MediumKind(StrEnum):
    """What sort of portable medium it is."""

    STORAGE = "storage"
    CARD = "card"
    DISC = "disc"
    # These show their files by MTP or PTP: no volume, nothing to scan, and never released.
    PHONE = "phone"
    CAMERA = "camera"


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """One file system of a medium, or the locked container of one."""

    # Where the system finds it, such as "/dev/sdb1"; the next medium may get the same.
    node: str
    # The system's name of it, such as "ext4" or "vfat"; "" where none was recognised.
    file_system: str
    # "" plain, else by what: "luks", "bitlocker", "apfs". An open container's content has it, too.
    encrypted: str = ""
    # Must be opened by its person before anything in it can be read or scanned.
    locked: bool = False
    size_bytes: int = 0
    # Counts what was ever put in on this device, so that two media with one node differ; 0 where unknown.
    sequence: int = 0
    # The number that its file system got when it was made: with another one it is another content.
    uuid: str = field(repr=False, default="")
    # What its person calls it, printable and short. Shown on the device alone: never kept, sent or logged.
    label: str = field(repr=False, default="", compare=False)
    # It would show as something that it is not (`volume_label.py`).
    odd_label: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Medium:
    """One portable medium, whole, with whatever it says of itself. Its files are never looked at here."""

    # Names it as long as it is in.
    key: str
    bus: str
    vendor: str = ""
    model: str = ""
    # Of USB, four hexadecimal digits each, such as "0951"; "" where there are none.
    vendor_id: str = ""
    product_id: str = ""
    # "" where it has none: not every stick has one, and one can be copied.
    serial: str = ""
    size_bytes: int = 0
    kind: MediumKind = MediumKind.STORAGE
    # Storage that is also a keyboard, a mouse or a network card: refused, whoever has a permission for it.
    deceptive: bool = False
    # Classes of its USB interfaces in hexadecimal, class, subclass and protocol: "080650".
    interfaces: tuple[str, ...] = ()
    # The whole disk; "" where the system has none for it, as for a phone.
    node: str = ""
    # As a volume's; 0 where unknown.
    sequence: int = 0
    volumes: tuple[Volume, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaChange:
    """A medium came or went. `route` is how that became known.

    One that is in is told as present again when its volumes changed: opened, divided or formatted anew.
    """

    medium: Medium
    present: bool
    route: str


class MediaWatch(Protocol):
    """Reports portable media: those that are in at the start, and each that comes, changes or goes."""

    @property
    def name(self) -> str: ...

    async def start(self, sink: Callable[[MediaChange], None], failed: Failed) -> None: ...

    def lacks(self) -> BackendUnavailable | None:
        """Look now what it has to do without while it goes on; None: nothing. Quick, asked every few seconds.

        When it comes back the watch is started again, since what came meanwhile was known by halves.
        """
        ...

    async def stop(self) -> None: ...


# Asked on a thread of the caller's own whether an open file, by its descriptor, is clean; may take long.
FileCheck = Callable[[int], bool]


class LaterCheck(Protocol):
    """Judges files of a released medium that are opened later. `check` is a `FileCheck`."""

    def check(self, descriptor: int) -> bool:
        """Say whether an open file is clean."""
        ...

    def took_malware(self) -> bool:
        """Say, on the loop, whether malware was among what was refused since the last question."""
        ...

    def close(self) -> None:
        """Let go of the engine, once nobody asks any more."""
        ...


class MediaGuard(Protocol):
    """Decides with the system who may use a portable medium: nobody, until it is released to one account.

    Whatever is not released stays refused by itself: before the first call, after the last one, and when
    this process is killed. Used on the loop only; what takes long is done beside it.
    """

    @property
    def name(self) -> str: ...

    async def ready(self) -> SensorState:
        """Ask the system whether it really refuses what is not released; if not, media are recorded only."""
        ...

    async def answers(self) -> bool:
        """Say whether what lets people use media is there; cheap, asked on a beat.

        While it is not, nobody can use anything, whatever is released: so nothing is released or called
        usable then.
        """
        ...

    async def withdraw_all(self) -> None:
        """Take back every release, also of a run before this one. Called first of all."""
        ...

    async def hold(self, medium: Medium) -> None:
        """Take charge of a medium that came or changed: nobody may write to it, and it is not released.

        A deceptive one is disconnected as far as the system can do that.

        Raises:
            NotHeld: it went, or the system refused; nothing is released.
            StillInUse: somebody has it in use all the same, as far as the system can tell; where it can be,
                it is taken off the system behind this error.
        """
        ...

    async def release(self, volume: Volume, account_name: str, *, writable: bool) -> None:
        """Let one account use one volume of a held medium, without programs being started from it.

        A locked volume is only let be opened by its person: its content comes as a volume of its own, is
        scanned and then released. Further accounts may follow; `writable` of the last call counts.

        Raises:
            NotReleased: it is not what was held (gone, swapped), or the system would not keep to the rules,
                which it is asked each time.
        """
        ...

    async def withdraw(self, key: str) -> None:
        """Take back every release of a medium, in use or not; what is gone is no error.

        To release it again, it is held again first. Programs that keep it in use are ended.

        Raises:
            StillInUse: as `hold`.
        """
        ...

    async def stop(self) -> None:
        """Withdraw all and let go of everything."""
        ...


class MediaScanner(Protocol):
    """Looks through a volume for malware, in a process of its own, and says what that came to.

    Several scans may go on at once. Used on the loop only.
    """

    @property
    def name(self) -> str: ...

    def prepare(self) -> None:
        """Get ready for a scan that is likely soon: a medium was put in. Costs nothing if none follows."""
        ...

    async def scan(
        self,
        volume: Volume,
        progress: Callable[[int, int], None],
        *,
        limits: ScanLimits | None = None,
        known: str = "",
    ) -> ScanOutcome:
        """Read every byte of a volume that nobody can write to, and have each file judged.

        `progress` gets files and bytes done so far, about once a second. `known` is the digest of a receipt
        that still holds: where all names and contents are as then, the reason is UNCHANGED and no engine is
        asked. Never raises for what is wrong with medium, engine or process: that is an outcome. When it
        returns nothing of it has the volume mounted any more; a cancelled scan ends a moment later.
        """
        ...

    async def state(self, limits: ScanLimits | None = None) -> SensorState:
        """Ask whether a scan could be clean now: is the engine there, fit, and how old are its signatures.

        Too old for `limits`, or for those of a school that set none.
        """
        ...
