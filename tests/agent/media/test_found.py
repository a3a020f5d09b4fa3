"""How a medium is described: by its own word, in one short line."""

import dataclasses

import pytest
from lamplighter_agent.backends.media_ports import Medium
from lamplighter_agent.media.found import called, described, mark_of

from tests.support.fakes.media import STICK


@pytest.mark.parametrize(
    ("medium", "line"),
    [
        (STICK, "USB, Example Stick, serial 0042, 16 GB"),
        (Medium(key="k", bus="mmc", size_bytes=512), "MMC, no name, no serial number, 512 bytes"),
        (
            dataclasses.replace(STICK, vendor="\x1b[2J\n", model="A" * 500, serial=""),
            f"USB, [2J {'A' * 64}, no serial number, 16 GB",
        ),
    ],
)
def test_a_medium_is_described_in_one_short_line(medium: Medium, line: str) -> None:
    assert described(medium) == line


def test_a_person_knows_it_by_its_name_and_size() -> None:
    assert called(STICK) == "Example Stick (16 GB)"
    assert called(Medium(key="k", bus="usb")) == "USB"


def test_two_sticks_have_two_marks() -> None:
    assert mark_of(STICK) == mark_of(dataclasses.replace(STICK, key="elsewhere"))
    assert mark_of(STICK) != mark_of(dataclasses.replace(STICK, serial="0043"))
