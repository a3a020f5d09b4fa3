"""A stick without hardware: a loop device to which udev gives the identity of one.

Changes the machine (a udev rule, a loop device, udev's daemon where none runs), so only for tests marked
`machine`. Everything is taken back.
"""

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.support.waiting import wait_for

RULE = Path("/run/udev/rules.d/00-lamplighter-test.rules")
DAEMON = Path("/lib/systemd/systemd-udevd")
SERIAL = "60A44C3F0042"
MEGABYTES = 16


class Stick:
    """Puts an image in as a portable medium, and takes it out again."""

    def __init__(self, image: Path) -> None:
        self._image = image
        self.node = ""
        self.size_bytes = image.stat().st_size // 512 * 512

    def put_in(self) -> None:
        shown = subprocess.run(
            ["losetup", "--find", "--show", str(self._image)], check=True, capture_output=True, text=True
        )
        self.node = shown.stdout.strip()
        # A loop device keeps this when it is detached, whoever had it before.
        subprocess.run(["blockdev", "--setrw", self.node], check=True)

    def take_out(self) -> None:
        if self.node:
            subprocess.run(["losetup", "--detach", self.node], check=True)
            self.node = ""


@contextlib.contextmanager
def stick(folder: Path) -> Iterator[Stick]:
    """Give a stick that is not in yet, on a machine whose udev knows it."""
    image = folder / "stick.img"
    with image.open("wb") as file:
        file.truncate(MEGABYTES * 1_000_000)
    subprocess.run(["mkfs.ext4", "-q", str(image)], check=True)
    with contextlib.ExitStack() as stack:
        stack.enter_context(_rule(folder))
        stack.enter_context(_udev())
        emulated = Stick(image)
        stack.callback(emulated.take_out)
        yield emulated


@contextlib.contextmanager
def _rule(folder: Path) -> Iterator[None]:
    RULE.parent.mkdir(parents=True, exist_ok=True)
    RULE.write_text(
        f'SUBSYSTEM=="block", KERNEL=="loop*", ATTR{{loop/backing_file}}=="{folder}/*", ENV{{ID_BUS}}="usb", '
        f'ENV{{ID_VENDOR}}="Example", ENV{{ID_MODEL}}="Stick_3.0", ENV{{ID_SERIAL_SHORT}}="{SERIAL}"\n'
    )
    try:
        yield
    finally:
        RULE.unlink()


@contextlib.contextmanager
def _udev() -> Iterator[None]:
    """Use the running daemon, or run one of our own for the test."""
    if _answers():
        subprocess.run(["udevadm", "control", "--reload"], check=True)
        yield
        return
    with subprocess.Popen([str(DAEMON)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as daemon:
        try:
            wait_for(_answers, "udev's daemon", step=0.1)
            yield
        finally:
            # Else its files still tell of the stick, and what comes next in that place is taken for it.
            subprocess.run(["udevadm", "settle", "--timeout=10"], check=True)
            daemon.terminate()
            daemon.wait(20)


def _answers() -> bool:
    ping = ["udevadm", "control", "--timeout=5", "--ping"]
    return subprocess.run(ping, check=False, capture_output=True).returncode == 0
