"""The emulated computer itself: QEMU without KVM, its monitor, its serial console and two lines into it."""

import contextlib
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.machine.image import Image
from tests.machine.lines import Monitor, Shell

PROGRAM: Final = "qemu-system-x86_64"
BOOT_SECONDS: Final = 600.0
# An address of the emulated network that leads to the collector, whose two ports are forwarded.
COLLECTOR_ADDRESS: Final = "10.0.2.100"
_MEGABYTES: Final = 1408
_APPENDED: Final = "root=/dev/vda rw console=tty0 console=ttyS0 mitigations=off random.trust_cpu=on panic=-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Computer:
    """One that runs."""

    folder: Path
    process: subprocess.Popen[bytes]
    monitor: Monitor
    root: Shell
    pupil: Shell

    def console(self) -> str:
        """Return what the kernel and systemd wrote on the serial console."""
        return (self.folder / "console").read_text(encoding="utf-8", errors="replace")


@contextlib.contextmanager
def running_computer(
    image: Image, carried: Path, folder: Path, *, forwarded: tuple[int, ...] = ()
) -> Iterator[Computer]:
    """Start one and wait until systemd has booted; nothing of it outlives this.

    Args:
        carried: The disk that is seen at /carried.
        folder: For sockets and logs; its path is short.
        forwarded: Ports of this machine's loopback that the emulated network leads to; no other is reached.
    """
    with (folder / "qemu").open("wb") as said:
        process = subprocess.Popen(
            ["nice", "-n", "10", *_command(image, carried, folder, forwarded)],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        )
    with contextlib.ExitStack() as opened:
        opened.callback(_end, process)
        monitor = Monitor(folder / "qmp")
        opened.callback(monitor.close)
        lines = [Shell(folder / name) for name in ("control", "pupil")]
        for line in lines:
            opened.callback(line.close)
        computer = Computer(folder=folder, process=process, monitor=monitor, root=lines[0], pupil=lines[1])
        computer.root.wait(seconds=BOOT_SECONDS)
        yield computer


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait(30)


def _command(image: Image, carried: Path, folder: Path, forwarded: tuple[int, ...]) -> list[str]:
    disk = "if=virtio,format=raw,cache=unsafe"
    relays = "".join(
        f",guestfwd=tcp:{COLLECTOR_ADDRESS}:{port}-cmd:socat - TCP:127.0.0.1:{port}" for port in forwarded
    )
    return [
        *(PROGRAM, "-nodefaults", "-no-user-config", "-no-reboot", "-display", "none", "-vga", "std"),
        *("-machine", "q35", "-accel", "tcg", "-cpu", "max", "-smp", "1", "-m", str(_MEGABYTES)),
        *("-kernel", str(image.kernel), "-initrd", str(image.initrd), "-append", _APPENDED),
        *("-drive", f"file={image.disk},{disk},snapshot=on", "-drive", f"file={carried},{disk},readonly=on"),
        *("-chardev", f"file,id=console,path={folder / 'console'}", "-serial", "chardev:console"),
        *("-qmp", f"unix:{folder / 'qmp'},server=on,wait=off", "-device", "virtio-serial-pci"),
        *_port("control", folder),
        *_port("pupil", folder),
        *("-netdev", f"user,id=net,restrict=on{relays}", "-device", "virtio-net-pci,netdev=net"),
        *("-device", "virtio-rng-pci", "-device", "qemu-xhci,id=usb"),
    ]


def _port(name: str, folder: Path) -> tuple[str, ...]:
    return (
        *("-chardev", f"socket,id={name},path={folder / name},server=on,wait=off"),
        *("-device", f"virtserialport,chardev={name},name={name}"),
    )
