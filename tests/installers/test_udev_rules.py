"""What our rules for udev make of USB devices, by udev itself; disks have test_media_guard.py."""

import pytest

from tests.support.udev_bench import Node, node_of
from tests.support.usb_bench import Usb

pytestmark = [pytest.mark.media, pytest.mark.machine]
ROOTS = Node(mark="held", person=False, owner="0", group="0", mode="0600")


@pytest.mark.parametrize(
    "interfaces",
    [
        ("080650",),
        ("080662",),
        ("070102", "ff0000", "080650"),
        ("080650", "030101"),
        ("060101",),
        ("ff4201",),
    ],
    ids=["stick", "UAS", "printer with a slot", "stick that types", "camera", "phone"],
)
def test_nobody_at_the_screen_opens_what_holds_files(interfaces: tuple[str, ...]) -> None:
    assert node_of(Usb(name="1-7", interfaces=interfaces)) == ROOTS


@pytest.mark.parametrize(
    "interfaces",
    [("030101",), ("010100", "010200"), ("090000",), ("0e0100",)],
    ids=["keyboard", "headset", "hub", "webcam"],
)
def test_other_devices_are_left_as_they_are(interfaces: tuple[str, ...]) -> None:
    assert node_of(Usb(name="1-7", interfaces=interfaces)) == Node(
        mark="", person=True, owner="", group="", mode=""
    )
