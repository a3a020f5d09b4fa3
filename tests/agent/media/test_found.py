import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lamplighter_agent.backends.ports import MediaChange, Medium
from lamplighter_agent.detection import Detection, Speaker
from lamplighter_agent.media.found import described, detection_of
from lamplighter_collector.devices.identity import DeviceName
from lamplighter_collector.ingest import detection as collected
from lamplighter_collector.ingest.mapping import item_from
from lamplighter_protos.v1 import detection_pb2 as pb

from tests.support.clock import SteppedClock
from tests.support.fakes.media import STICK

IDENTITY = "0b7f2009-e5ac-4390-a843-3f865fa4e42a"
PUPIL = Speaker(user="wren", kind=pb.USER_KIND_PUPIL, session=1)


def found(medium: Medium = STICK, *, present: bool = True, speaker: Speaker | None = PUPIL) -> Detection:
    return detection_of(MediaChange(medium=medium, present=present, route="udev"), speaker, SteppedClock())


def test_a_medium_without_permission_is_a_detection_of_the_person_signed_in() -> None:
    detection = found()
    assert (detection.theme, detection.severity) == ("unapproved-media", 2)
    assert (detection.user, detection.user_kind) == ("wren", pb.USER_KIND_PUPIL)
    assert detection.source == pb.SOURCE_PORTABLE_MEDIA
    assert detection.evidence is None


def test_nobody_is_named_where_it_is_not_one_person() -> None:
    assert found(speaker=None).user == ""


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


def test_two_sticks_and_two_directions_are_four_terms() -> None:
    other = dataclasses.replace(STICK, serial="0043")
    terms = {found(medium, present=present).term for medium in (STICK, other) for present in (True, False)}
    assert len(terms) == 4


@given(told=st.text(max_size=300), size=st.integers(0, 2**63 - 1), present=st.booleans())
def test_whatever_a_medium_calls_itself_the_collector_takes_it(told: str, size: int, present: bool) -> None:  # noqa: FBT001
    medium = Medium(key="k", bus="usb", vendor=told, model=told, serial=told, size_bytes=size)
    message = found(medium, present=present).message("Alder Vale School").SerializeToString()
    item = item_from(message, DeviceName(organisation="Alder Vale School", device="AV-1", identity=IDENTITY))
    assert isinstance(item, collected.Detection)
    assert item.source is collected.Source.PORTABLE_MEDIA
