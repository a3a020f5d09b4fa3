"""What a USB device is by its classes."""

import pytest
from lamplighter_agent.backends.media_ports import MediumKind
from lamplighter_agent.backends.usb_classes import is_deceptive, kind_of


@pytest.mark.parametrize(
    ("classes", "deceptive"),
    [
        ((), False),
        (("080650",), False),
        (("030101",), False),
        (("080650", "090000"), False),
        (("ffff00", "080650"), False),
        (("080662", "030000"), True),
        (("020201", "0a0000", "080650"), True),
    ],
)
def test_only_storage_can_deceive(classes: tuple[str, ...], *, deceptive: bool) -> None:
    assert is_deceptive(classes) is deceptive


@pytest.mark.parametrize(
    ("classes", "kind"),
    [
        (("080650",), None),
        (("ffff00", "ff4201"), MediumKind.PHONE),
        (("fffe02",), MediumKind.PHONE),
        (("060101",), MediumKind.CAMERA),
        (("060101", "ff4201"), MediumKind.PHONE),
    ],
)
def test_phones_and_cameras_are_known(classes: tuple[str, ...], kind: MediumKind | None) -> None:
    assert kind_of(classes) is kind
