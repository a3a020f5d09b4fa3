"""One volume at a time in one folder: real processes look at it, and whatever happens it is taken out."""

import asyncio
import os
import sys
import threading
from pathlib import Path

import pytest
from lamplighter_agent.backends.media_ports import Volume
from lamplighter_agent.backends.room_scanner import RoomScanner
from lamplighter_agent.media.scan.order import Order
from lamplighter_agent.media.scan.outcome import Reason, ScanLimits, ScanOutcome

from tests.support.scanned import nothing
from tests.support.sensed import eventually

VOLUME = Volume(node="one", file_system="vfat")
# Says what a test wants of whatever it is to scan, with what it was told.
SAYS = """
import sys
from lamplighter_agent.backends.scan_process import carry_out
from lamplighter_agent.media.scan.outcome import Reason, ScanOutcome
def work(order, said):
    size = order.limits.most_files
    return ScanOutcome(reason=Reason(sys.argv[1]), files=2, bytes=size, engine=f"Engine {order.known}")
sys.exit(carry_out(work))
"""
SILENT = "import sys; sys.stdin.read()"


class Folder:
    """Fills `Room`: holds one volume by its node, and fails as a test wants."""

    def __init__(self) -> None:
        self.inside: list[str] = []
        self.been: list[str] = []
        self.broken: OSError | None = None
        self.found = Reason.CLEAN
        self.left = Reason.CLEAN
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def put_in(self, volume: Volume) -> None:
        assert not self.inside
        self.inside.append(volume.node)
        assert self.may_go_on.wait(30)
        if self.broken is not None:
            raise self.broken

    def same(self, volume: Volume) -> Reason:
        assert self.inside == [volume.node]
        return self.found

    def take_out(self, volume: Volume) -> Reason:
        self.inside.remove(volume.node)
        self.been.append(volume.node)
        return self.left


@pytest.fixture
def folder() -> Folder:
    return Folder()


def scanner(folder: Folder, says: Reason = Reason.CLEAN, code: str = SAYS) -> RoomScanner:
    order = Order(parent=os.getpid(), folder=str(Path("room")), clamd="", answers_within_s=1.0)
    command = [sys.executable, "-c", code, says.value]
    remedies = {Reason.ENGINE_MISSING: "install it"}
    return RoomScanner(folder, order, command, engine="Engine", remedies=remedies)


async def scan(folder: Folder, says: Reason = Reason.CLEAN) -> Reason:
    return (await scanner(folder, says).scan(VOLUME, nothing)).reason


async def test_what_the_process_says_counts_and_it_is_told_the_limits_and_what_is_known(
    folder: Folder,
) -> None:
    limits = ScanLimits(most_files=7)
    outcome = await scanner(folder).scan(VOLUME, nothing, limits=limits, known="ab")
    assert outcome == ScanOutcome(reason=Reason.CLEAN, files=2, bytes=7, engine="Engine ab")
    assert (folder.inside, folder.been) == ([], ["one"])


async def test_the_gravest_of_scan_medium_and_taking_out_counts(folder: Folder) -> None:
    folder.left = Reason.STILL_MOUNTED
    assert await scan(folder) is Reason.STILL_MOUNTED
    folder.found = Reason.MOUNT_CHANGED
    assert await scan(folder) is Reason.MOUNT_CHANGED
    assert await scan(folder, Reason.MALWARE) is Reason.MALWARE


async def test_what_can_t_be_put_in_is_not_clean_and_taken_out_all_the_same(folder: Folder) -> None:
    folder.broken = PermissionError(13, "access is denied")
    assert await scan(folder) is Reason.NOT_MOUNTABLE
    folder.broken = FileNotFoundError(2, "went")
    assert await scan(folder) is Reason.MEDIUM_GONE
    assert (folder.inside, folder.been) == ([], ["one", "one"])


async def test_two_scans_are_never_in_the_folder_at_once(folder: Folder) -> None:
    one = scanner(folder)
    other = Volume(node="other", file_system="vfat")
    outcomes = await asyncio.gather(one.scan(VOLUME, nothing), one.scan(other, nothing))
    assert [outcome.reason for outcome in outcomes] == [Reason.CLEAN, Reason.CLEAN]
    assert folder.been == ["one", "other"]


async def test_a_cancelled_scan_leaves_behind_an_empty_folder(folder: Folder) -> None:
    scanning = asyncio.create_task(scanner(folder, code=SILENT).scan(VOLUME, nothing))
    await eventually(lambda: folder.inside == ["one"], "it is in")
    scanning.cancel()
    with pytest.raises(asyncio.CancelledError):
        await scanning
    assert (folder.inside, folder.been) == ([], ["one"])


async def test_a_scan_that_is_cancelled_while_it_is_put_in_waits_and_takes_it_out(folder: Folder) -> None:
    folder.may_go_on.clear()
    scanning = asyncio.create_task(scanner(folder).scan(VOLUME, nothing))
    await eventually(lambda: folder.inside == ["one"], "it is on its way in")
    for _ in range(2):
        scanning.cancel()
        await asyncio.sleep(0)
    assert not scanning.done()
    folder.may_go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await scanning
    assert (folder.inside, folder.been) == ([], ["one"])


async def test_its_state_is_the_engine_s(folder: Folder) -> None:
    state = await scanner(folder).state()
    assert (state.working, state.backend) == (True, "Engine ")
    state = await scanner(folder, Reason.ENGINE_MISSING).state()
    assert (state.working, state.reason, state.remedy) == (False, "engine missing", "install it")
    assert folder.been == []
