"""What disks say of themselves, and what is asked of them, in Windows' layouts."""

import struct

import pytest
from lamplighter_agent.backends.windows._storage import attributes, descriptor_in


def descriptor(*, serial: bytes = b"60A44C3FAC35", bus: int = 7, removable: int = 1) -> bytes:
    """Return what a stick answers: STORAGE_DEVICE_DESCRIPTOR, then its texts."""
    texts = b"Example \0Stick\0" + serial + b"\0"
    vendor, model, number = 40, 49, 55 if serial else 0
    head = struct.pack("<IIBBBBIIIII", 40, 40 + len(texts), 0, 0, removable, 0, vendor, model, 0, number, bus)
    return head.ljust(40, b"\0") + texts


def test_a_stick_says_bus_names_and_number() -> None:
    told = descriptor_in(descriptor())
    assert (told.bus, told.removable) == (7, True)
    assert (told.vendor, told.model, told.serial) == ("Example", "Stick", "60A44C3FAC35")


def test_one_without_a_number_has_none() -> None:
    assert descriptor_in(descriptor(serial=b"")).serial == ""


def test_what_can_t_be_shown_is_left_out() -> None:
    assert descriptor_in(descriptor(serial=b"\x1b[2J6\xff0")).serial == "[2J6\N{REPLACEMENT CHARACTER}0"


@pytest.mark.parametrize("told", [b"", bytes(10), descriptor()[:31]])
def test_what_is_too_short_is_none(told: bytes) -> None:
    with pytest.raises(OSError, match="descriptor"):
        descriptor_in(told)


def test_a_place_beyond_the_answer_is_no_text() -> None:
    cut = descriptor()[:45]
    assert descriptor_in(cut).serial == ""


def test_read_only_is_asked_for_as_the_structure_says_and_not_kept() -> None:
    assert attributes(read_only=True) == struct.pack("<IIQQ16x", 40, 0, 2, 2)
    assert attributes(read_only=False) == struct.pack("<IIQQ16x", 40, 0, 0, 2)
