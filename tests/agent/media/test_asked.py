"""Requests are remembered until they are answered, and a no is told once, to who asked."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from lamplighter_agent.backends.linux.keystore import FileKeyStore
from lamplighter_agent.media.asked import Asked
from lamplighter_agent.media.kept import Kept, SealedFile
from lamplighter_agent.media.permissions import Permissions
from lamplighter_agent.media.rules import DAY_MS
from lamplighter_agent.media.scanning import identity_of
from lamplighter_keywords.media.register import Refusal

from tests.agent.media.gated import somebody
from tests.agent.media.samples import NOW, PERMISSION
from tests.agent.media.test_permissions import ROOT, signed
from tests.support.clock import SteppedClock
from tests.support.fakes.media import STICK

WREN, ROOK = somebody(), somebody("rook")
OTHER = replace(STICK, serial="0099")
IDS = [bytes([number]) * 16 for number in range(1, 4)]
NO = tuple(Refusal(request=one.hex(), until=NOW + 90 * DAY_MS) for one in IDS)


class Device:
    """One of which everything but the folder is lost at each `restart`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = SteppedClock()
        self.restart()

    def restart(self) -> None:
        keys = FileKeyStore(self.folder / "keys")
        self.kept = Kept(SealedFile(self.folder / "kept", keys))
        self.permissions = Permissions(SealedFile(self.folder / "register", keys), self.kept, self.clock)
        self.permissions.load(ROOT)
        self.asked = Asked(self.kept, self.permissions)

    def refuse(self, version: int = 1) -> None:
        self.permissions.take(signed(version, permits=False, refused=NO))


@pytest.fixture
def device(tmp_path: Path) -> Device:
    return Device(tmp_path)


def test_a_no_outlives_a_restart_and_is_told_once(device: Device) -> None:
    device.asked.note(IDS[0], STICK, WREN)
    assert device.asked.take_refused(WREN) is None
    device.refuse()
    device.restart()
    assert device.asked.has_refused(WREN)
    told = device.asked.take_refused(WREN)
    assert told is not None
    assert told.called == "Example Stick (16 GB)"
    device.restart()
    assert not device.asked.has_refused(WREN)
    assert device.asked.take_refused(WREN) is None
    # It could not be shown.
    device.asked.put_back(told)
    device.restart()
    assert device.asked.take_refused(WREN) == told


def test_nobody_else_hears_of_it_and_each_medium_is_told_of_once(device: Device) -> None:
    device.asked.note(IDS[0], STICK, WREN)
    device.asked.note(IDS[1], STICK, WREN)
    device.asked.note(IDS[2], OTHER, WREN)
    device.asked.note(b"x" * 16, OTHER, WREN)
    device.refuse()
    assert not device.asked.has_refused(ROOK)
    told = [device.asked.take_refused(WREN) for _ in range(3)]
    assert [one and one.medium for one in told] == [identity_of(STICK), identity_of(OTHER), None]


def test_what_was_permitted_after_all_is_not_said_to_be_refused(device: Device) -> None:
    device.asked.note(IDS[0], STICK, WREN)
    device.permissions.take(signed(named=identity_of(STICK), refused=NO))
    assert PERMISSION.covers(mark=WREN.mark, group=WREN.group)
    assert device.asked.take_refused(WREN) is None


def test_an_hour_is_for_one_wish_unless_it_is_answered(device: Device) -> None:
    assert not device.asked.lately(STICK, WREN)
    device.asked.note(IDS[0], STICK, WREN)
    device.restart()
    assert device.asked.lately(STICK, WREN)
    assert not device.asked.lately(OTHER, WREN)
    assert not device.asked.lately(STICK, ROOK)
    device.refuse()
    device.asked.take_refused(WREN)
    assert not device.asked.lately(STICK, WREN)
    device.asked.note(IDS[1], STICK, WREN)
    device.clock.step(timedelta(hours=1))
    assert not device.asked.lately(STICK, WREN)


def test_it_does_not_grow_and_keeps_nothing_for_long(device: Device) -> None:
    for number in range(150):
        device.asked.note(number.to_bytes(16), STICK, WREN)
    assert len(device.kept.get("asked")) == 100
    device.clock.step(timedelta(days=61))
    device.asked.note(IDS[0], STICK, WREN)
    assert len(device.kept.get("asked")) == 1
    # Of another version of the agent.
    device.kept.put({"asked": [{"id": "of later"}, "rubbish"]})
    assert not device.asked.lately(STICK, WREN)
