"""Scans of real block devices and of file systems that fail: none of these may ever be called clean."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from lamplighter_agent.backends.linux import media_scanner
from lamplighter_agent.backends.linux.media_scanner import ClamavScanner
from lamplighter_agent.backends.media_ports import Volume
from lamplighter_agent.media.scan.outcome import Reason, ScanOutcome, Verdict

from tests.support.clamav import EICAR, Clamd, running_clamd
from tests.support.failing_fs import BROKEN_AT, failing_folder
from tests.support.images import attached, image_of, mounted
from tests.support.scanned import nothing, scan
from tests.support.sensed import eventually
from tests.support.sources import ROOT
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.machine, pytest.mark.media]
SCANS = """
import asyncio, sys
from pathlib import Path
from lamplighter_agent.backends.linux.media_scanner import ClamavScanner
from lamplighter_agent.backends.media_ports import Volume
scanner = ClamavScanner(clamd=Path(sys.argv[1]), room=Path(sys.argv[2]))
volume = Volume(node=sys.argv[3], file_system="ext4")
print(asyncio.run(scanner.scan(volume, lambda files, size: None)).reason.value)
"""


@pytest.fixture(scope="module")
def clamd() -> Iterator[Clamd]:
    with running_clamd() as running:
        yield running


@pytest.fixture
def content(tmp_path: Path) -> Path:
    folder = tmp_path / "content"
    (folder / "letters").mkdir(parents=True)
    for number in range(12):
        (folder / "letters" / f"{number}.odt").write_bytes(os.urandom(100_000))
    return folder


def scan_node(clamd: Clamd, node: str, room: Path, *, file_system: str = "ext4") -> ScanOutcome:
    scanner = ClamavScanner(clamd=clamd.socket, room=room)
    return asyncio.run(scanner.scan(Volume(node=node, file_system=file_system), nothing))


def mounts() -> str:
    return Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace")


def test_a_clean_volume_is_clean_and_nothing_has_it_mounted_then(
    clamd: Clamd, tmp_path: Path, content: Path
) -> None:
    with attached(image_of(content, tmp_path / "image")) as node:
        outcome = scan_node(clamd, node, tmp_path / "room")
        # mkfs makes lost+found.
        assert (outcome.reason, outcome.files, outcome.bytes) == (Reason.CLEAN, 12, 1_200_000)
        assert not [line for line in mounts().splitlines() if line.startswith(node)]
        # Another kind of mount of the same device is refused while any other is left.
        with mounted(node, tmp_path / "desk"):
            assert (tmp_path / "desk" / "letters" / "3.odt").stat().st_size == 100_000


def test_an_infected_volume_is_infected(clamd: Clamd, tmp_path: Path, content: Path) -> None:
    (content / "letters" / "setup.exe").write_bytes(EICAR)
    with attached(image_of(content, tmp_path / "image")) as node:
        outcome = scan_node(clamd, node, tmp_path / "room")
    assert (outcome.verdict, outcome.infected) == (Verdict.INFECTED, 1)


def test_a_volume_that_lost_its_end_is_never_clean(clamd: Clamd, tmp_path: Path, content: Path) -> None:
    (content / "film.mp4").write_bytes(os.urandom(12 << 20))
    image = image_of(content, tmp_path / "image")
    with attached(image) as node:
        os.truncate(image, 9 << 20)
        outcome = scan_node(clamd, node, tmp_path / "room")
    assert outcome.reason in {Reason.READ_ERROR, Reason.NOT_MOUNTABLE, Reason.MEDIUM_GONE}


def test_a_volume_that_was_not_ejected_is_not_scanned(clamd: Clamd, tmp_path: Path, content: Path) -> None:
    image = image_of(content, tmp_path / "image")
    desk, pulled = tmp_path / "desk", tmp_path / "pulled"
    desk.mkdir()
    subprocess.run(["mount", "-o", "loop", str(image), str(desk)], check=True)
    try:
        (desk / "new").write_bytes(EICAR)
        subprocess.run(["sync", "--file-system", str(desk)], check=True)
        pulled.write_bytes(image.read_bytes())
    finally:
        subprocess.run(["umount", str(desk)], check=True)
    with attached(pulled) as node:
        assert scan_node(clamd, node, tmp_path / "room").reason is Reason.NOT_EJECTED


def test_what_is_no_file_system_that_we_know_is_not_mounted(
    clamd: Clamd, tmp_path: Path, content: Path
) -> None:
    with attached(image_of(content, tmp_path / "image")) as node:
        for unknown in ("", "btrfs", "ext4/../x"):
            outcome = scan_node(clamd, node, tmp_path / "room", file_system=unknown)
            assert outcome.reason is Reason.FILE_SYSTEM_UNKNOWN
    (tmp_path / "noise").write_bytes(os.urandom(4 << 20))
    with attached(tmp_path / "noise") as node:
        assert scan_node(clamd, node, tmp_path / "room").reason is Reason.NOT_MOUNTABLE


def test_a_node_that_is_not_there_or_empty_is_gone(clamd: Clamd, tmp_path: Path) -> None:
    assert scan_node(clamd, str(tmp_path / "none"), tmp_path / "room").verdict is Verdict.GONE
    (tmp_path / "file").write_bytes(bytes(1 << 20))
    assert scan_node(clamd, str(tmp_path / "file"), tmp_path / "room").verdict is Verdict.GONE


def test_what_was_unmounted_before_is_gone(clamd: Clamd, tmp_path: Path, content: Path) -> None:
    with attached(image_of(content, tmp_path / "image")) as node, mounted(node, tmp_path / "desk"):
        assert scan(clamd.socket, tmp_path / "desk", mounted=True).reason is Reason.CLEAN
        subprocess.run(["umount", str(tmp_path / "desk")], check=True)
        assert scan(clamd.socket, tmp_path / "desk", mounted=True).verdict is Verdict.GONE


def test_an_error_while_reading_is_never_clean(clamd: Clamd, tmp_path: Path) -> None:
    with failing_folder(tmp_path) as failing:
        failing.put("fine", b"words")
        failing.put("broken", bytes(2 * BROKEN_AT))
        outcome = scan(clamd.socket, failing.mount, mounted=True)
    assert (outcome.reason, outcome.files, outcome.unscanned) == (Reason.READ_ERROR, 1, 1)


def test_what_is_unmounted_while_it_is_read_is_gone(clamd: Clamd, tmp_path: Path) -> None:
    with failing_folder(tmp_path) as failing:
        failing.put("slow", b"words")

        def pull() -> None:
            failing.wait_until_read()
            subprocess.run(["umount", "--lazy", str(failing.mount)], check=True)
            failing.go_on()

        puller = threading.Thread(target=pull)
        puller.start()
        outcome = scan(clamd.socket, failing.mount, mounted=True)
        puller.join()
    assert (outcome.reason, outcome.verdict) == (Reason.MOUNT_CHANGED, Verdict.GONE)


def test_a_file_system_whose_server_is_killed_is_never_clean(clamd: Clamd, tmp_path: Path) -> None:
    with failing_folder(tmp_path) as failing:
        for number in range(5):
            failing.put(f"a{number}", b"words")
        failing.put("slow", b"words")

        def kill() -> None:
            failing.wait_until_read()
            failing.server.kill()

        killer = threading.Thread(target=kill)
        killer.start()
        outcome = scan(clamd.socket, failing.mount, mounted=True)
        killer.join()
    assert outcome.verdict is Verdict.GONE


@pytest.mark.kill
def test_with_a_killed_agent_the_scan_ends_and_its_mount_is_gone(
    clamd: Clamd, tmp_path: Path, content: Path
) -> None:
    with attached(image_of(content, tmp_path / "image")) as node:
        clamd.pause()
        command = [sys.executable, "-c", SCANS, str(clamd.socket), str(tmp_path / "room"), node]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as agent:
            try:
                scanning = wait_for(lambda: holders(node), "the scan has it mounted")
            finally:
                agent.kill()
                clamd.go_on()
        wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in scanning), "the scan ended")
        wait_for(lambda: can_be_mounted(node, tmp_path / "desk"), "nothing has it mounted")


def holders(node: str) -> list[int]:
    """Return the processes that have it mounted where we don't see it."""
    found = []
    for table in Path("/proc").glob("[0-9]*/mounts"):
        try:
            held = any(line.startswith(f"{node} ") for line in table.read_text(errors="replace").splitlines())
        except OSError:
            continue
        if held:
            found.append(int(table.parent.name))
    return found


def can_be_mounted(node: str, folder: Path) -> bool:
    folder.mkdir(exist_ok=True)
    # To write: the kernel refuses that while the same is mounted to read only.
    subprocess.run(["blockdev", "--setrw", node], check=False)
    command = ["mount", "-o", "rw", node, str(folder)]
    if subprocess.run(command, check=False, capture_output=True).returncode != 0:
        return False
    subprocess.run(["umount", str(folder)], check=True)
    return True


async def test_a_scan_that_is_cancelled_ends(clamd: Clamd, tmp_path: Path, content: Path) -> None:
    with attached(image_of(content, tmp_path / "image")) as node:
        clamd.pause()
        try:
            scanner = ClamavScanner(clamd=clamd.socket, room=tmp_path / "room")
            task = asyncio.create_task(scanner.scan(Volume(node=node, file_system="ext4"), nothing))
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(None, wait_for, lambda: holders(node), "the scan has it mounted")
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        finally:
            clamd.go_on()
        assert not holders(node)


async def test_a_scanner_that_falls_silent_is_ended(clamd: Clamd, tmp_path: Path, content: Path) -> None:
    clamd.pause()
    try:
        scanner = ClamavScanner(clamd=clamd.socket, silent_at_most_s=0.5)
        outcome = await scanner.scan_folder(content, nothing, mounted=False)
    finally:
        clamd.go_on()
    assert outcome.reason is Reason.SCANNER_HUNG


async def test_a_scanner_that_is_killed_is_no_clean_scan(clamd: Clamd, content: Path) -> None:
    clamd.pause()
    try:
        scanner = ClamavScanner(clamd=clamd.socket)
        task = asyncio.create_task(scanner.scan_folder(content, nothing, mounted=False))
        loop = asyncio.get_running_loop()
        (child,) = await loop.run_in_executor(None, wait_for, children, "the scanner runs")
        os.kill(child, signal.SIGKILL)
        assert (await task).reason is Reason.SCANNER_FAILED
    finally:
        clamd.go_on()


def children() -> list[int]:
    """Return our scanners; one that was begun a moment ago may not show yet what it runs."""
    told = Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii").split()
    return [int(pid) for pid in told if b"scan_process" in Path(f"/proc/{pid}/cmdline").read_bytes()]


async def test_a_process_that_was_prepared_is_used_and_one_that_is_not_wanted_ends(
    clamd: Clamd, content: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scanner = ClamavScanner(clamd=clamd.socket)
    scanner.prepare()
    scanner.prepare()
    (waiting,) = wait_for(children, "its start")
    assert (await scanner.scan_folder(content, nothing, mounted=False)).reason is Reason.CLEAN
    assert waiting not in children()
    monkeypatch.setattr(media_scanner, "WAITS_S", 0.01)
    scanner.prepare()
    await eventually(lambda: not children(), "it ended")
    assert (await scanner.scan_folder(content, nothing, mounted=False)).reason is Reason.CLEAN
    monkeypatch.undo()
    scanner.prepare()
    (waiting,) = wait_for(children, "its start")
    os.kill(waiting, signal.SIGKILL)
    # Nobody was told of its end yet.
    outcome = await scanner.scan_folder(content, nothing, mounted=False)
    assert outcome.reason in {Reason.CLEAN, Reason.SCANNER_FAILED}


async def test_its_state_says_what_is_missing(clamd: Clamd, tmp_path: Path) -> None:
    state = await ClamavScanner(clamd=clamd.socket).state()
    assert (state.working, state.backend) == (True, "ClamAV 1.4.6") or state.backend.startswith("ClamAV")
    state = await ClamavScanner(clamd=tmp_path / "none").state()
    assert (state.working, state.reason.partition(":")[0]) == (False, "engine missing")
    assert "start clamav-daemon" in state.remedy
