"""The scanner on Windows, with a pretended Windows' mounts and real processes in Defender's place."""

import sys
from pathlib import Path

import pytest
from lamplighter_agent.backends.media_ports import Volume
from lamplighter_agent.backends.room_scanner import RoomScanner
from lamplighter_agent.backends.windows.media_scanner import defender_scanner
from lamplighter_agent.backends.windows.volume_locks import VolumeLocks
from lamplighter_agent.media.scan.outcome import Reason, ScanOutcome

from tests.support.fakes.windows_media import VOLUME, PretendedMedia
from tests.support.scanned import nothing

# Says what a test wants of whatever it is to scan.
SAYS = """
import sys
from lamplighter_agent.backends.scan_process import carry_out
from lamplighter_agent.media.scan.outcome import Reason, ScanOutcome
reason = Reason(sys.argv[1])
sys.exit(carry_out(lambda order, said: ScanOutcome(reason=reason, files=2, engine="Microsoft Defender 1")))
"""


class Windows(PretendedMedia):
    """Notes whether the volume was locked while it was scanned, and may lose it then."""

    def __init__(self) -> None:
        super().__init__("rowan")
        self.locked_in_room: list[bool] = []
        self.goes = False
        self.swaps = False
        self.keeps = False

    def mount(self, volume: str, folder: str) -> None:
        super().mount(volume, folder)
        self.locked_in_room.append(volume in self.locks)

    def mounted_at(self, folder: str) -> str:
        if self.goes and folder in self.paths:
            self.take_out()
        return "another" if self.swaps and folder in self.paths else super().mounted_at(folder)

    def remove_path(self, path: str) -> None:
        if self.keeps:
            raise PermissionError(13, "in use")
        super().remove_path(path)


@pytest.fixture
def windows() -> Windows:
    made = Windows()
    made.put_in()
    made.paths.clear()
    return made


async def scan(windows: Windows, room: Path, says: Reason = Reason.CLEAN) -> ScanOutcome:
    locks = VolumeLocks(windows)
    locks.lock(VOLUME)
    scanner = defender_scanner(windows, locks, room, command=[sys.executable, "-c", SAYS, says.value])
    return await scanner.scan(Volume(node=VOLUME, file_system="fat32"), nothing)


@pytest.mark.parametrize("says", [Reason.CLEAN, Reason.MALWARE, Reason.READ_ERROR])
async def test_the_lock_is_lent_for_the_scan_and_nothing_stays_mounted(
    windows: Windows, tmp_path: Path, says: Reason
) -> None:
    outcome = await scan(windows, tmp_path / "room", says)
    assert (outcome.reason, outcome.files) == (says, 2)
    assert windows.locked_in_room == [False]
    assert (windows.paths, windows.locks) == ({}, {VOLUME})


async def test_what_a_killed_scan_left_in_the_room_is_taken_out_first(
    windows: Windows, tmp_path: Path
) -> None:
    windows.paths[str(tmp_path)] = "\\\\?\\Volume{old}\\"
    assert (await scan(windows, tmp_path)).reason is Reason.CLEAN


async def test_a_medium_that_went_meanwhile_is_not_clean(windows: Windows, tmp_path: Path) -> None:
    windows.goes = True
    assert (await scan(windows, tmp_path)).reason in {Reason.MEDIUM_GONE, Reason.MOUNT_CHANGED}


async def test_another_volume_in_the_room_is_not_clean(windows: Windows, tmp_path: Path) -> None:
    windows.swaps = True
    assert (await scan(windows, tmp_path)).reason is Reason.MOUNT_CHANGED


async def test_what_stays_mounted_is_not_clean(windows: Windows, tmp_path: Path) -> None:
    windows.keeps = True
    assert (await scan(windows, tmp_path)).reason is Reason.STILL_MOUNTED


async def test_what_can_t_be_mounted_is_not_clean(windows: Windows, tmp_path: Path) -> None:
    locks = VolumeLocks(windows)
    scanner = defender_scanner(windows, locks, tmp_path, command=[sys.executable, "-c", SAYS, "clean"])
    windows.broken = PermissionError(13, "access is denied")
    volume = Volume(node=VOLUME, file_system="fat32")
    assert (await scanner.scan(volume, nothing)).reason is Reason.NOT_MOUNTABLE
    windows.broken = None
    windows.take_out()
    assert (await scanner.scan(volume, nothing)).reason is Reason.MEDIUM_GONE


async def test_the_state_is_the_engine_s(windows: Windows, tmp_path: Path) -> None:
    def scanner(says: Reason) -> RoomScanner:
        command = [sys.executable, "-c", SAYS, says.value]
        return defender_scanner(windows, VolumeLocks(windows), tmp_path, command=command)

    state = await scanner(Reason.CLEAN).state()
    assert (state.working, state.backend, state.reason) == (True, "Microsoft Defender 1", "")
    state = await scanner(Reason.ENGINE_UNFIT).state()
    assert (state.working, state.reason) == (False, "the engine says clean to what it did not look into")
    assert "real-time" in state.remedy
