"""The scanner of a Mac, with a pretended Mac's mounts, the real process and a real clamd."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from lamplighter_agent.backends.macos.media_scanner import OPTIONS, mac_scanner
from lamplighter_agent.backends.media_ports import Volume
from lamplighter_agent.media.scan.outcome import Reason, ScanOutcome

from tests.support.clamav import Clamd, running_clamd
from tests.support.fakes.mac_media import PretendedMac
from tests.support.scanned import nothing

VOLUME = Volume(node="disk4s1", file_system="vfat")
# The real process; but a room of this machine is a folder, where a Mac has a mount.
SCAN = """
import sys
from dataclasses import replace
from lamplighter_agent.backends.macos.scan_process import work
from lamplighter_agent.backends.scan_process import carry_out
sys.exit(carry_out(lambda order, said: work(replace(order, mounted=False), said)))
"""
COMMAND = (sys.executable, "-c", SCAN)


class Mac(PretendedMac):
    """Shows in the room what is on the stick."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.content: dict[str, bytes] = {}
        self.goes_at_unmount = False

    def mount(self, name: str, file_system: str, folder: str, options: Sequence[str]) -> None:
        super().mount(name, file_system, folder, options)
        for file, content in self.content.items():
            (Path(folder) / file).write_bytes(content)

    def unmount(self, name: str) -> None:
        if self.goes_at_unmount and self.mounted_at(name):
            self.take_out()
        super().unmount(name)


@pytest.fixture(scope="module")
def clamd() -> Iterator[Clamd]:
    with running_clamd() as running:
        yield running


@pytest.fixture
def mac(tmp_path: Path) -> Mac:
    made = Mac(tmp_path)
    made.put_in()
    made.unmount("disk4s1")
    return made


async def scan(mac: Mac, clamd: Path, *, known: str = "") -> ScanOutcome:
    scanner = mac_scanner(mac, clamd=clamd, room=mac.folder / "room", command=COMMAND)
    return await scanner.scan(VOLUME, nothing, known=known)


async def test_a_clean_stick_is_clean_and_mounted_no_more(mac: Mac, clamd: Clamd) -> None:
    mac.content = {"essay.txt": b"words", "empty": b""}
    outcome = await scan(mac, clamd.socket)
    assert (outcome.reason, outcome.files, outcome.bytes) == (Reason.CLEAN, 2, 5)
    assert (mac.mounted_at("disk4s1"), mac.options["disk4s1"]) == ("", OPTIONS)
    again = await scan(mac, clamd.socket, known=outcome.digest)
    assert again.reason is Reason.UNCHANGED


async def test_malware_on_it_is_found(mac: Mac, clamd: Clamd) -> None:
    mac.content = {
        "essay.txt": b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
    }
    outcome = await scan(mac, clamd.socket)
    assert (outcome.reason, outcome.infected) == (Reason.MALWARE, 1)


async def test_without_clamd_nothing_is_clean(mac: Mac) -> None:
    assert (await scan(mac, mac.folder / "nowhere")).reason is Reason.ENGINE_MISSING


async def test_what_went_or_stays_mounted_is_not_clean(mac: Mac, clamd: Clamd) -> None:
    mac.goes_at_unmount = True
    assert (await scan(mac, clamd.socket)).reason is Reason.MEDIUM_GONE
    assert (await scan(mac, clamd.socket)).reason is Reason.MEDIUM_GONE


async def test_what_can_t_be_mounted_is_not_clean(mac: Mac, clamd: Clamd) -> None:
    mac.stubborn = True
    assert (await scan(mac, clamd.socket)).reason is Reason.NOT_MOUNTABLE


async def test_the_state_is_the_engine_s(mac: Mac, clamd: Clamd) -> None:
    scanner = mac_scanner(mac, clamd=clamd.socket, room=mac.folder / "room", command=COMMAND)
    state = await scanner.state()
    assert (state.working, state.reason, state.remedy) == (True, "", "")
    assert state.backend.startswith("ClamAV 1.")
    missing = mac_scanner(mac, clamd=mac.folder / "nowhere", room=mac.folder / "room", command=COMMAND)
    state = await missing.state()
    assert (state.working, state.reason) == (False, "engine missing")
    assert "LocalSocket" in state.remedy


async def test_another_mount_in_the_room_is_not_clean(mac: Mac, clamd: Clamd) -> None:
    class Moved(Mac):
        def mounted_at(self, name: str) -> str:
            place = super().mounted_at(name)
            return place and "/Volumes/elsewhere"

    mac.__class__ = Moved
    outcome = await scan(mac, clamd.socket)
    assert outcome.reason is Reason.MOUNT_CHANGED
    assert replace(outcome, reason=Reason.CLEAN).files == 0
