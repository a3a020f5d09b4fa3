"""What changed between two looks at the media."""

from dataclasses import replace

from lamplighter_agent.backends.media_changes import MediaSeen
from lamplighter_agent.backends.media_ports import MediaChange, Medium, Volume

STICK = Medium(key="1", bus="usb", serial="A", volumes=(Volume(node="disk4s1", file_system="vfat"),))


def looked(seen: MediaSeen, *media: Medium) -> list[tuple[bool, str, int]]:
    told: list[MediaChange] = []
    seen.look(media, "event", told.append)
    return [(one.present, one.medium.serial, one.medium.sequence) for one in told]


def test_each_arrival_has_its_own_number_and_its_volumes_have_it_too() -> None:
    seen = MediaSeen()
    assert looked(seen, STICK) == [(True, "A", 1)]
    assert looked(seen, STICK) == []
    assert seen.media["1"].volumes[0].sequence == 1
    assert looked(seen) == [(False, "A", 1)]
    assert looked(seen, STICK) == [(True, "A", 2)]


def test_other_volumes_are_the_same_insertion_and_another_stick_is_not() -> None:
    seen = MediaSeen()
    looked(seen, STICK)
    opened = replace(STICK, volumes=(Volume(node="disk4s1", file_system="ext4"),))
    assert looked(seen, opened) == [(True, "A", 1)]
    assert looked(seen, replace(STICK, serial="B")) == [(False, "A", 1), (True, "B", 2)]
