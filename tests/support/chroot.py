"""A clean Debian to install packages in, thrown away afterwards.

The base is made once, with everything that the package needs of Debian in it and a desktop for its journey,
and kept in `.packages`; each `Chroot` is a layer over it in memory. Its mounts and processes are in
namespaces of their own: when the one process that holds them ends, however it does, all of it is gone.
"""

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from installers.package.agent import FORMATS
from tests.support.built import KEPT
from tests.support.waiting import wait_for

SOURCES: Final = (Path("/etc/apt/sources.list"), Path("/etc/apt/sources.list.d/debian.sources"))
# What is in the memory of the machine: two versions of the agent, and what a test writes.
ROOM_MB: Final = 900
# An X server without a screen, a window manager, and who types; the text program is the dialogs' own.
DESKTOP: Final = ("openbox", "xdotool", "xvfb")
# In front of what makes or judges a system: its packages' scripts see no process of this machine. Where no
# systemd runs, polkit's ends each polkitd that it sees, in whatever tree.
UNSEEING: Final = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "--propagation", "private")
# What it has of its own.
_KINDS: Final = ("--mount", "--pid", "--ipc", "--net")
_HOLD: Final = """
set -eu
room=$1 base=$2 size=$3
mount -t tmpfs -o size="$size" tmpfs "$room"
mkdir "$room/upper" "$room/work" "$room/root"
mount -t overlay -o lowerdir="$base",upperdir="$room/upper",workdir="$room/work" overlay "$room/root"
mount -t proc proc "$room/root/proc"
mount --rbind /sys "$room/root/sys"
mount --rbind /dev "$room/root/dev"
printf '#!/bin/sh\\nexit 101\\n' >"$room/root/usr/sbin/policy-rc.d"
chmod 755 "$room/root/usr/sbin/policy-rc.d"
ip link set lo up
echo ready
exec cat
"""


def base() -> Path:
    """Return the folder of a Debian with what the agent's package depends on, and a desktop."""
    depends = ",".join([*(one.partition(" |")[0] for one in FORMATS["deb"].depends), *DESKTOP])
    folder = KEPT / "debian"
    mark = KEPT / "debian.depends"
    if not folder.exists() or not mark.exists() or mark.read_text(encoding="utf-8") != depends:
        KEPT.mkdir(exist_ok=True)
        subprocess.run(["rm", "-rf", str(folder)], check=True)
        sources = [str(path) for path in SOURCES if path.exists()]
        make = [*UNSEEING, "mmdebstrap", "--quiet", "--variant=minbase"]
        make += [f"--include={depends},libstdc++6,procps"]
        make += ["--dpkgopt=path-exclude=/usr/share/locale/*", "--dpkgopt=force-unsafe-io"]
        # All that is needed is there: nothing is ever fetched in it.
        make += ['--customize-hook=rm -rf "$1"/etc/apt/sources.list "$1"/etc/apt/sources.list.d/*']
        subprocess.run([*make, "--format=directory", "bookworm", str(folder), *sources], check=True)
        mark.write_text(depends, encoding="utf-8")
    return folder


class Chroot:
    """One clean Debian, with a network of its own that leads nowhere. Leave the block to have it gone."""

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="chroot-")
        hold = ["unshare", *_KINDS, "--fork", "--kill-child", "--propagation", "private", "sh", "-c", _HOLD]
        told = ["hold", self._folder.name, str(base()), f"{ROOM_MB}m"]
        self._holder = subprocess.Popen([*hold, *told], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._holder.stdout is not None
        if self._holder.stdout.readline() != b"ready\n":
            self.__exit__(None, None, None)
            raise AssertionError("no clean Debian here")
        children = Path(f"/proc/{self._holder.pid}/task/{self._holder.pid}/children")
        self._pid = int(wait_for(lambda: children.read_text(encoding="ascii").strip(), "the holder"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for pipe in (self._holder.stdin, self._holder.stdout):
            assert pipe is not None
            pipe.close()
        self._holder.wait(30)
        self._folder.cleanup()

    @property
    def root(self) -> Path:
        """Its files as this process may see them."""
        return Path(f"/proc/{self._pid}/root{self._folder.name}/root")

    def command(self, *command: str) -> list[str]:
        """Return a command that runs there, as root."""
        enter = ["nsenter", f"--target={self._pid}", *_KINDS, "--", "chroot", f"{self._folder.name}/root"]
        clean = [
            "env",
            "-i",
            "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
            "LANG=C.UTF-8",
            "DEBIAN_FRONTEND=noninteractive",
        ]
        return [*enter, *clean, *command]

    def beside(self, *command: str) -> list[str]:
        """Return a command that runs outside and shares its network alone."""
        return ["nsenter", f"--target={self._pid}", "--net", "--", *command]

    def run(self, *command: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
        """Run a command there to its end."""
        done = subprocess.run(
            self.command(*command),
            capture_output=True,
            text=True,
            check=False,
            timeout=110,
            stdin=subprocess.DEVNULL,
        )
        if check:
            assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done

    def as_pupil(self, *command: str) -> "subprocess.CompletedProcess[str]":
        """Run a command there as an account without rights."""
        return self.run("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *command, check=False)

    def on_it(self, program: str, *words: str) -> str:
        """Run a program of this machine on it, which takes `--root`; return what it printed."""
        enter = ["nsenter", f"--target={self._pid}", *_KINDS, "--", program]
        done = subprocess.run(
            [*enter, "--root", f"{self._folder.name}/root", *words],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{program} {words}: {done.stdout}{done.stderr}"
        return done.stdout

    @contextlib.contextmanager
    def running(self, *command: str) -> Iterator["subprocess.Popen[bytes]"]:
        """Have a program run there as long as the block; its output goes nowhere."""
        process = subprocess.Popen(
            self.command(*command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield process
        finally:
            # To the program itself: what entered the namespaces for it would keep the signal.
            name = Path(command[0]).name[:15]
            self.run("pkill", "-TERM", "-x", "--oldest", name, check=False)
            process.wait(30)

    def put(self, source: Path) -> str:
        """Copy a file there and return where it is."""
        place = f"/root/{source.name}"
        (self.root / place[1:]).write_bytes(source.read_bytes())
        return place

    def grow(self, size_mb: int) -> None:
        """Have more room or less, in all."""
        enter = ["nsenter", f"--target={self._pid}", "--mount", "--"]
        remount = ["mount", "-o", f"remount,size={size_mb}m", self._folder.name]
        subprocess.run([*enter, *remount], check=True)

    def used_mb(self) -> int:
        """Return how much of the room is taken."""
        about = os.statvfs(f"/proc/{self._pid}/root{self._folder.name}")
        return (about.f_blocks - about.f_bfree) * about.f_frsize >> 20

    def files(self) -> set[str]:
        """Return every file that was made or changed there, and what was deleted of the base."""
        upper = Path(f"/proc/{self._pid}/root{self._folder.name}/upper")
        found = subprocess.run(
            ["find", ".", "!", "-type", "d", "-print"], cwd=upper, capture_output=True, text=True, check=True
        )
        return {line.removeprefix(".") for line in found.stdout.splitlines()}
