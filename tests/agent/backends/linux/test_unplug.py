"""Which switch of the kernel's takes which device off, on trees as /sys has them."""

from pathlib import Path

import pytest
from lamplighter_agent.backends.linux import _unplug

STICK = "/devices/pci0/usb1/1-1/1-1:1.0/host0/target0:0:0/0:0:0:0/block/sdb"
CARD = "/devices/pci0/mmc_host/mmc0/mmc0:0001/block/mmcblk0"
DISK = "/devices/pci0/0000:01:00.0/nvme/nvme0/nvme0n1"
PLAIN = "/devices/virtual/block/loop0"


def switch(system: Path, name: str) -> Path:
    made = system / name.lstrip("/")
    made.parent.mkdir(parents=True, exist_ok=True)
    made.write_text("1" if name.endswith("authorized") else "")
    return made


@pytest.mark.parametrize(
    ("key", "place", "word"),
    [
        (STICK, "/devices/pci0/usb1/1-1/1-1:1.0/host0/target0:0:0/0:0:0:0/delete", "1"),
        (CARD, "/devices/pci0/mmc_host/mmc0/mmc0:0001/driver/unbind", "mmc0:0001"),
        (DISK, "/devices/pci0/0000:01:00.0/remove", "1"),
    ],
)
def test_a_disk_is_taken_off_by_the_nearest_switch(tmp_path: Path, key: str, place: str, word: str) -> None:
    (tmp_path / key.lstrip("/")).mkdir(parents=True)
    nearest, further = switch(tmp_path, place), switch(tmp_path, "/devices/pci0/remove")
    _unplug.take_off(key, system=tmp_path)
    assert (nearest.read_text(), further.read_text()) == (word, "")


def test_a_usb_device_without_another_switch_is_disconnected(tmp_path: Path) -> None:
    (tmp_path / STICK.lstrip("/")).mkdir(parents=True)
    authorized = switch(tmp_path, "/devices/pci0/usb1/1-1/authorized")
    switch(tmp_path, "/devices/pci0/usb1/1-1/idVendor")
    # Of an interface, not of the device.
    other = switch(tmp_path, "/devices/pci0/usb1/1-1/1-1:1.0/authorized")
    _unplug.take_off(STICK, system=tmp_path)
    assert (authorized.read_text(), other.read_text()) == ("0", "1")


def test_what_has_no_switch_is_an_error(tmp_path: Path) -> None:
    (tmp_path / PLAIN.lstrip("/")).mkdir(parents=True)
    # Outside: nothing above /sys is ever written to.
    switch(tmp_path.parent, "/remove")
    with pytest.raises(FileNotFoundError):
        _unplug.take_off(PLAIN, system=tmp_path)
    assert (tmp_path.parent / "remove").read_text() == ""
