"""A small machine for portable media: real udevd, UDisks2 and polkitd, two pupils, sticks without hardware.

All of it is in a mount namespace of its own: `/run` with the system bus in it, `/media`, the rules of udev
and polkit, and the accounts. The rules that are installed are the ones that we ship. What the machine outside
notices is a loop device for each stick and who may open its node; both are put back. Only for tests marked
`machine`, one world at a time.

Processes of the world are started with `run` and `start`; a path outside `/run` and `/media` is the same file
inside and outside.
"""

import contextlib
import fcntl
import json
import os
import shlex
import signal
import stat
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

from tests.support.sources import ROOT
from tests.support.waiting import wait_for

PUPIL: Final = "rowan"
OTHER: Final = "ash"
_UIDS: Final = {PUPIL: 61201, OTHER: 61202}
UDEV_RULES: Final = ROOT / "installers/linux/udev/72-lamplighter-media.rules"
POLKIT_RULES: Final = ROOT / "installers/linux/polkit/10-lamplighter-media.rules"
_UDEVD: Final = "/lib/systemd/systemd-udevd"
_UDISKSD: Final = "/usr/libexec/udisks2/udisksd"
_POLKITD: Final = "/usr/lib/polkit-1/polkitd"
_POLKIT: Final = "org.freedesktop.PolicyKit1"
_BUS_NAME: Final = "org.freedesktop.DBus"
# Whoever asks polkit starts it where it does not run, on each machine.
_POLKIT_SERVICE: Final = "{folder}/services/" + _POLKIT + ".service"
_POLKIT_STARTS: Final = f"""[D-BUS Service]
Name={_POLKIT}
Exec=/bin/sh -c "{_POLKITD} --no-debug >>{{folder}}/polkitd.log 2>&1; echo ended $? >>{{folder}}/polkitd.ends"
"""
_BUS: Final = "/run/dbus/system_bus_socket"
_BUS_CONFIG: Final = f"""<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><listen>unix:path={_BUS}</listen><auth>EXTERNAL</auth><servicedir>{{folder}}/services</servicedir>
<policy context="default"><allow user="*"/><allow send_destination="*" eavesdrop="true"/>
<allow receive_sender="*"/><deny own="*"/></policy><policy user="root"><allow own="*"/></policy>
<policy user="polkitd"><allow own="{_POLKIT}"/></policy></busconfig>
"""
_PRIVATE: Final = (
    *("/run", "/media", "/etc/udev/rules.d", "/etc/polkit-1/rules.d", "/usr/share/polkit-1/rules.d"),
    "/var/lib/udisks2",
)
# linux/loop.h
_LOOP_CHANGE_FD: Final = 0x4C06
# A version 1 header of LUKS: its magic number, its version, and an id where blkid looks for one.
LUKS_HEADER: Final = (
    "{ printf 'LUKS\\272\\276\\000\\001'; head -c 160 /dev/zero; "
    "printf '0b5b0a4e-7a3b-4f0e-9d43-1f2e3d4c5b6a'; } | dd of=\"$1\" conv=notrunc status=none"
)
_MEGABYTES: Final = 16
_TRIES: Final = 3
# What ended in a world though nobody ended it, and began anew: said at the end of a run.
deaths: list[str] = []
_HUNG_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a stick says of itself."""

    serial: str = "60A44C3F0042"
    vendor: str = "Example"
    model: str = "Stick_3.0"
    vendor_id: str = "0951"
    product_id: str = "1666"
    interfaces: str = ":080650:"


@dataclass(slots=True)
class WorldStick:
    """One stick. `folder` of `make_stick` is what its file system holds."""

    image: Path
    identity: Identity
    parts: int = 0
    node: str = ""
    _mode: tuple[int, int, int] = field(default=(0, 0, 0), repr=False)

    @property
    def nodes(self) -> list[str]:
        """The whole disk, then its partitions."""
        return [self.node, *(f"{self.node}p{number + 1}" for number in range(self.parts))]


class MediaWorld:
    """A running world; made by `media_world`."""

    def __init__(self, folder: Path, holder: int) -> None:
        self.folder = folder
        self._holder = holder
        self._sticks: list[WorldStick] = []
        self.said = ""
        self._daemons: dict[str, subprocess.Popen[bytes]] = {}
        # By a test.
        self.polkit_ends = 0

    def command(self, *arguments: str, user: str | None = None) -> list[str]:
        """Return the command line that runs this in the world, as root or as one of its pupils."""
        inside = ["nsenter", f"--mount=/proc/{self._holder}/ns/mnt", "--wd=/", "--"]
        if user is not None:
            uid = str(_UIDS[user])
            inside += ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", "--"]
        return [*inside, *arguments]

    def run(self, *arguments: str, user: str | None = None, check: bool = False) -> str:
        """Run it to its end; return what it said, both ways."""
        done = subprocess.run(
            self.command(*arguments, user=user), check=False, capture_output=True, text=True, timeout=60
        )
        assert not check or done.returncode == 0, (arguments, done.stdout, done.stderr)
        return done.stdout + done.stderr

    def start(
        self,
        *arguments: str,
        user: str | None = None,
        environment: Mapping[str, str] | None = None,
        **options: Any,
    ) -> subprocess.Popen[bytes]:
        """Start something that goes on; the caller ends it."""
        return subprocess.Popen(
            self.command(*arguments, user=user), env={**os.environ, **(environment or {})}, **options
        )

    # Daemons

    def start_daemon(self, name: str, *arguments: str) -> None:
        log = (self.folder / f"{name}.log").open("ab")
        with log:
            self._daemons[name] = self.start(*arguments, stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def start_polkit(self) -> None:
        """Have polkit here, which the bus starts, and anew when it has ended, as on each machine."""
        service = Path(_POLKIT_SERVICE.format(folder=self.folder))
        service.parent.mkdir(exist_ok=True)
        service.write_text(_POLKIT_STARTS.format(folder=self.folder))
        self._bus("ReloadConfig")
        self._bus("StartServiceByName", f"string:{_POLKIT}", "uint32:0")
        self.wait_for_name(_POLKIT)

    def end_polkit(self) -> None:
        """Kill it, and have nobody start it anew."""
        Path(_POLKIT_SERVICE.format(folder=self.folder)).unlink()
        self._bus("ReloadConfig")
        self.kill_polkit()

    def kill_polkit(self) -> None:
        told = self._bus("GetConnectionUnixProcessID", f"string:{_POLKIT}")
        os.kill(int(told.split()[-1]), signal.SIGKILL)
        wait_for(lambda: not self._has_owner(_POLKIT), "the end of polkit", step=0.05)
        self.polkit_ends += 1

    def polkit_deaths(self) -> list[str]:
        """How polkit ended, each time that nobody ended it."""
        ends = self.folder / "polkitd.ends"
        return ends.read_text().splitlines()[self.polkit_ends :] if ends.exists() else []

    def start_udev(self) -> None:
        self.start_daemon("udevd", _UDEVD)
        ping = ("udevadm", "control", "--timeout=5", "--ping")
        wait_for(lambda: self.run(*ping) == "", "udev's daemon", step=0.05)

    def end_daemon(self, name: str, *, kill: bool = False) -> None:
        """End one of "dbus", "udevd" and "udisksd", kindly or not."""
        daemon = self._daemons.pop(name)
        (daemon.kill if kill else daemon.terminate)()
        daemon.wait(20)

    def wait_for_name(self, name: str) -> None:
        wait_for(lambda: self._has_owner(name), name, step=0.05)

    def _has_owner(self, name: str) -> bool:
        return "true" in self._bus("NameHasOwner", f"string:{name}")

    def _bus(self, method: str, *arguments: str) -> str:
        """Ask the bus itself."""
        call = ("dbus-send", "--system", "--print-reply", f"--dest={_BUS_NAME}", "/org/freedesktop/DBus")
        return self.run(*call, f"{_BUS_NAME}.{method}", *arguments)

    def end(self) -> None:
        for stick in list(self._sticks):
            self.take_out(stick)
        deaths.extend(f"polkitd {how}" for how in self.polkit_deaths())
        for name in ("udisksd", "udevd", "dbus"):
            if name in self._daemons:
                self.end_daemon(name)

    # Sticks

    def make_stick(
        self,
        name: str,
        *,
        files: Mapping[str, bytes] | None = None,
        identity: Identity | None = None,
        make: Sequence[str] = ("mkfs.ext4", "-q"),
        megabytes: int = _MEGABYTES,
        fill: Callable[[Path], None] | None = None,
        owner: int = _UIDS[PUPIL],
    ) -> WorldStick:
        """Make a stick, formatted by `make`; `files` and what `fill` makes only on ext4, everybody's.

        `owner` is whose it is, a pupil of the world's if nothing is said: then only what is under test keeps
        them from writing.
        """
        image = self.folder / f"{name}.img"
        with image.open("wb") as file:
            file.truncate(megabytes << 20)
        content = self.folder / f"{name}.files"
        content.mkdir(mode=0o777)
        content.chmod(0o777)
        for path, data in (files or {}).items():
            (content / path).parent.mkdir(parents=True, exist_ok=True)
            (content / path).write_bytes(data)
        if fill is not None:
            fill(content)
        filled = ("-d", str(content), "-E", f"root_owner={owner}:{owner}") if make[0] == "mkfs.ext4" else ()
        subprocess.run([*make, *filled, str(image)], check=True, capture_output=True)
        return WorldStick(image, identity or Identity())

    def make_divided_stick(self, name: str, *makes: Sequence[str]) -> WorldStick:
        """Make one with a partition for each of `makes`, which formats it; an empty one leaves it alone."""
        first, sectors = 2048, (_MEGABYTES << 20) // 512
        image = self.folder / f"{name}.img"
        with image.open("wb") as file:
            file.truncate((first + sectors * len(makes)) * 512)
        table = "".join(f"{first + sectors * at},{sectors},83\n" for at in range(len(makes)))
        subprocess.run(["sfdisk", "-q", str(image)], input=b"label: dos\n" + table.encode(), check=True)
        for at, make in enumerate(makes):
            if make:
                part = self.make_stick(f"{name}.{at}", make=make).image
                with image.open("r+b") as file:
                    file.seek((first + sectors * at) * 512)
                    file.write(part.read_bytes())
        return WorldStick(image, Identity(), parts=len(makes))

    def put_in(self, stick: WorldStick, *, looked_at: bool = True, fixed: bool = False) -> WorldStick:
        """Put it in, and wait until udev has looked at it. `fixed`: it can never be written to."""
        self._identify(stick)
        how = ["--read-only"] if fixed else []
        shown = subprocess.run(
            ["losetup", "--find", "--show", "--partscan", *how, str(stick.image)],
            check=True,
            capture_output=True,
            text=True,
        )
        stick.node = shown.stdout.strip()
        # A loop device keeps this when it is detached, whoever had it before.
        subprocess.run(["blockdev", "--setro" if fixed else "--setrw", stick.node], check=True)
        if stick.parts:
            # A kernel may know no table of partitions; util-linux does.
            subprocess.run(["partx", "--update", stick.node], check=True)
        about = Path(stick.node).stat()
        stick._mode = (stat.S_IMODE(about.st_mode), about.st_uid, about.st_gid)
        self._sticks.append(stick)
        for node in stick.nodes if looked_at else ():
            wait_for(partial(self.property_of, node, "LAMPLIGHTER_MEDIA"), "udev's look", step=0.05)
            wait_for(partial(self._udisks_knows, node), "UDisks' look", step=0.05)
        return stick

    def swap(self, stick: WorldStick, other: WorldStick) -> None:
        """Have another medium of the same size in the same place, as a card in a reader is swapped.

        Between two looks: nobody is told that the first one went. `stick` was put in with `fixed`.
        """
        self._identify(other)
        with Path(stick.node).open("rb") as device, other.image.open("rb") as image:
            fcntl.ioctl(device, _LOOP_CHANGE_FD, image.fileno())
        stick.image, stick.identity = other.image, other.identity

    def _udisks_knows(self, node: str) -> bool:
        holds_files = self.property_of(node, "ID_FS_USAGE") == "filesystem"
        wanted = "UDisks2.Filesystem:" if holds_files else "UDisks2.Block:"
        return wanted in self.run("udisksctl", "info", "-b", node)

    def take_out(self, stick: WorldStick) -> None:
        """Pull it, mounted or not."""
        self._sticks.remove(stick)
        for node in stick.nodes * 3:
            self.run("umount", "--lazy", node)
        if stick.parts:
            subprocess.run(["partx", "--delete", stick.node], check=True)
        subprocess.run(["blockdev", "--setrw", stick.node], check=True)
        subprocess.run(["losetup", "--detach", stick.node], check=True)
        # One that a scan has mounted stays until that lets go, where a real disk goes at once and the kernel
        # says so.
        kernel = Path("/sys/class/block") / Path(stick.node).name
        if (kernel / "loop/backing_file").exists():
            (kernel / "uevent").write_text("remove")
        # In /dev of the whole machine.
        mode, uid, gid = stick._mode
        os.chown(stick.node, uid, gid)
        Path(stick.node).chmod(mode)
        wait_for(
            lambda: not self.property_of(stick.node, "ID_SERIAL_SHORT"), "the stick's removal", step=0.05
        )

    def property_of(self, node: str, name: str) -> str:
        """What udev says of a disk or a partition; "" where it says nothing."""
        told = self.run("udevadm", "info", "--query=property", f"--property={name}", "--value", node)
        return told.strip()

    def _identify(self, stick: WorldStick) -> None:
        told = stick.identity
        says = {
            "ID_BUS": "usb",
            "ID_VENDOR": told.vendor,
            "ID_MODEL": told.model,
            "ID_VENDOR_ID": told.vendor_id,
            "ID_MODEL_ID": told.product_id,
            "ID_SERIAL_SHORT": told.serial,
            "ID_USB_INTERFACES": told.interfaces,
        }
        assigned = ", ".join(f'ENV{{{key}}}="{value}"' for key, value in says.items() if value)
        rule = (
            f'SUBSYSTEM=="block", KERNEL=="loop*", ATTR{{loop/backing_file}}=="{stick.image}", {assigned}\n'
        )
        place = f"/etc/udev/rules.d/00-{stick.image.stem}.rules"
        self.run("sh", "-c", f"printf %s {shlex.quote(rule)} > {place}", check=True)
        # It may be dead in this test. Its answer to the ping comes after it has taken the other order; else
        # the stick's event could meet the old rules.
        self.run("udevadm", "control", "--timeout=30", "--reload")
        self.run("udevadm", "control", "--timeout=30", "--ping")

    # What a person does

    def mount_as(self, user: str, stick: WorldStick, *options: str, part: int = 0) -> str:
        """Let somebody mount it as a file manager does; return where, or "" where it was refused.

        `said` is then what UDisks said. `part` counts partitions from one.
        """
        extra = ("--options", ",".join(options)) if options else ()
        asked = ("udisksctl", "mount", "--no-user-interaction", "-b", stick.nodes[part], *extra)
        for _ in range(_TRIES):
            began = time.monotonic()
            self.said = said = self.run(*asked, user=user)
            # On a machine with too much to do polkitd may wait in vain for the end of its own helper; after
            # 15 s it breaks off and refuses. That is no refusal of the gate's.
            if said.startswith("Mounted ") or time.monotonic() - began < _HUNG_SECONDS:
                break
        # Else a stick that UDisks has not met yet would look like one that is refused.
        assert "looking up object" not in said, said
        return said.split(" at ")[1].strip().rstrip(".") if said.startswith("Mounted ") else ""

    def unmount_as(self, user: str, stick: WorldStick) -> None:
        self.run("udisksctl", "unmount", "--no-user-interaction", "-b", stick.node, user=user)

    def mount_options(self, stick: WorldStick) -> frozenset[str]:
        told = self.run("findmnt", "--json", "--output", "OPTIONS", "--source", stick.node)
        mounts = json.loads(told)["filesystems"] if told else []
        return frozenset(option for one in mounts for option in str(one["options"]).split(","))


@contextlib.contextmanager
def media_world(folder: Path, *, rules: bool = True) -> Iterator[MediaWorld]:
    """Run a world whose files lie in `folder`. Without `rules` it is a machine on which ours are missing."""
    folder.chmod(0o755)
    _accounts(folder)
    with subprocess.Popen(
        ["unshare", "--mount", "--propagation", "private", "--", "sh", "-euc", _setup(folder, rules=rules)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == b"ready\n"
        world = MediaWorld(folder, holder.pid)
        try:
            _start(world)
            yield world
        finally:
            world.end()
            holder.stdin.close()
            holder.wait(20)


def _setup(folder: Path, *, rules: bool) -> str:
    lines = [f"test ! -d {place} || mount -t tmpfs -o mode=755 world {place}" for place in _PRIVATE]
    lines += [f"mount --bind {folder}/{name} /etc/{name}" for name in ("passwd", "group")]
    lines += [
        "cd /run",
        "mkdir -p dbus lock systemd/seats systemd/sessions systemd/users systemd/machines",
        "cd /",
    ]
    if rules:
        lines += [f"cp {UDEV_RULES} /etc/udev/rules.d/", f"cp {POLKIT_RULES} /usr/share/polkit-1/rules.d/"]
    return "\n".join([*lines, "echo ready", "exec cat"])


def _accounts(folder: Path) -> None:
    passwd, group = Path("/etc/passwd").read_text(), Path("/etc/group").read_text()
    for name, uid in _UIDS.items():
        passwd += f"{name}:x:{uid}:{uid}:pupil:/nonexistent:/bin/sh\n"
        group += f"{name}:x:{uid}:\n"
    (folder / "passwd").write_text(passwd)
    (folder / "group").write_text(group)


def _start(world: MediaWorld) -> None:
    config = world.folder / "bus.conf"
    config.write_text(_BUS_CONFIG.format(folder=world.folder))
    world.start_daemon("dbus", "dbus-daemon", f"--config-file={config}", "--nofork")
    wait_for(lambda: "socket" in world.run("stat", "--format=%F", _BUS), "the bus", step=0.02)
    world.start_udev()
    world.start_polkit()
    world.start_daemon("udisksd", _UDISKSD)
    world.wait_for_name("org.freedesktop.UDisks2")
