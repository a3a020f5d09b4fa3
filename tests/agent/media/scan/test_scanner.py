"""What must never be called clean: all of it goes through the process that scans media and a real clamd."""

import os
import shutil
import socket
import subprocess
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lamplighter_agent.media.scan.outcome import Reason, ScanLimits, Verdict

from tests.support.archives import concatenated, locked_zip, nested_zip, zip64
from tests.support.clamav import EICAR, MARKS, Clamd, running_clamd
from tests.support.scanned import all_that_it_says, order, scan, scan_as_told

SECRET = "Report about Margaret"


def filled(folder: Path, count: int = 20) -> Path:
    for number in range(count):
        place = folder / f"part {number % 3}"
        place.mkdir(exist_ok=True)
        (place / f"{number}.txt").write_bytes(os.urandom(500 * number))
    return folder


def test_what_was_read_and_judged_is_clean_with_its_counts(clamd: Clamd, tmp_path: Path) -> None:
    filled(tmp_path)
    (tmp_path / "start.sh").write_text("#!/bin/sh\n")
    (tmp_path / "empty.pdf").touch()
    outcome = scan(clamd.socket, tmp_path)
    assert outcome.verdict is Verdict.CLEAN
    assert (outcome.files, outcome.unscanned, outcome.infected) == (22, 0, 0)
    assert outcome.bytes == sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file())
    assert outcome.kinds == {"document": 21, "program": 1}
    assert outcome.engine.startswith("ClamAV ")
    assert abs(outcome.signatures_at / 1000 - datetime.now(UTC).timestamp()) < 86_400
    assert len(outcome.digest) == 64


def test_malware_is_found_and_counted(clamd: Clamd, tmp_path: Path) -> None:
    filled(tmp_path)
    (tmp_path / "part 1" / "setup.exe").write_bytes(EICAR)
    (tmp_path / "part 2" / "two.doc").write_bytes(b"x".join(MARKS))
    outcome = scan(clamd.socket, tmp_path)
    assert outcome.verdict is Verdict.INFECTED
    assert (outcome.files, outcome.infected) == (22, 2)


def test_malware_counts_more_than_what_could_not_be_looked_at(clamd: Clamd, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "a").write_bytes(EICAR)
    outcome = scan(clamd.socket, tmp_path)
    assert (outcome.reason, outcome.unscanned, outcome.digest) == (Reason.MALWARE, 1, "")


def test_the_same_content_is_known_again_and_any_change_is_scanned(clamd: Clamd, tmp_path: Path) -> None:
    filled(tmp_path)
    first = scan(clamd.socket, tmp_path)
    again = scan(clamd.socket, tmp_path, known=first.digest)
    assert (again.reason, again.verdict, again.digest) == (Reason.UNCHANGED, Verdict.CLEAN, first.digest)
    changed = tmp_path / "part 0" / "3.txt"
    changed.write_bytes(changed.read_bytes()[:-1] + b"\0")
    other = scan(clamd.socket, tmp_path, known=first.digest)
    assert (other.reason, other.digest != first.digest) == (Reason.CLEAN, True)
    (tmp_path / "part 0" / "new.com").write_bytes(EICAR)
    assert scan(clamd.socket, tmp_path, known=first.digest).reason is Reason.MALWARE


def test_a_name_alone_is_a_change(clamd: Clamd, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1")
    (tmp_path / "bc").write_bytes(b"2")
    digest = scan(clamd.socket, tmp_path).digest
    (tmp_path / "a").rename(tmp_path / "ab")
    (tmp_path / "bc").rename(tmp_path / "c")
    assert scan(clamd.socket, tmp_path).digest != digest


def test_pipes_and_sockets_are_no_files(clamd: Clamd, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(tmp_path / "s"))
        outcome = scan(clamd.socket, tmp_path)
    assert (outcome.reason, outcome.verdict, outcome.unscanned) == (
        Reason.NOT_A_FILE,
        Verdict.INCOMPLETE,
        2,
    )


@pytest.mark.root
def test_device_nodes_are_no_files(clamd: Clamd, tmp_path: Path) -> None:
    os.mknod(tmp_path / "disk", 0o60600, os.makedev(7, 0))
    os.mknod(tmp_path / "zero", 0o20600, os.makedev(1, 5))
    assert scan(clamd.socket, tmp_path).reason is Reason.NOT_A_FILE


@pytest.mark.parametrize("target", ["/etc/passwd", "../outside", "nowhere", "itself"])
def test_links_out_to_nothing_and_in_circles_are_not_followed(
    clamd: Clamd, tmp_path: Path, target: str
) -> None:
    (tmp_path / "outside").write_text("private")
    medium = tmp_path / "medium"
    medium.mkdir()
    (medium / "itself").symlink_to(target)
    outcome = scan(clamd.socket, medium)
    assert (outcome.reason, outcome.unscanned, outcome.files) == (Reason.LINK, 1, 0)


def test_folders_that_link_in_a_circle_end(clamd: Clamd, tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "up").symlink_to("../..")
    (tmp_path / "a" / "c").symlink_to("d")
    (tmp_path / "a" / "d").symlink_to("c")
    outcome = scan(clamd.socket, tmp_path)
    # The one to the medium's own root leads nowhere else; the two to each other lead nowhere.
    assert (outcome.reason, outcome.unscanned) == (Reason.LINK, 2)


def test_a_link_within_the_medium_is_fine(clamd: Clamd, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "real.txt").write_text("words")
    (tmp_path / "short.txt").symlink_to("a/real.txt")
    outcome = scan(clamd.socket, tmp_path)
    assert (outcome.reason, outcome.files) == (Reason.CLEAN, 1)
    (tmp_path / "short.txt").unlink()
    assert scan(clamd.socket, tmp_path).digest != outcome.digest


def test_a_hundred_thousand_folders_deep_ends_at_the_limit(clamd: Clamd) -> None:
    # In memory: a disk takes minutes to take them away again, and Python's own way can't get this deep.
    folder = tempfile.mkdtemp(dir="/dev/shm")
    place = os.open(folder, os.O_RDONLY)
    for _ in range(100_000):
        os.mkdir("d", dir_fd=place)
        below = os.open("d", os.O_RDONLY, dir_fd=place)
        os.close(place)
        place = below
    os.close(place)
    try:
        outcome = scan(clamd.socket, Path(folder))
    finally:
        subprocess.run(["rm", "-rf", folder], check=True)
    assert (outcome.reason, outcome.unscanned) == (Reason.TOO_DEEP, 1)


def test_a_file_that_says_it_is_four_terabytes_is_not_read(clamd: Clamd, tmp_path: Path) -> None:
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(4 * 10**12)
    outcome = scan(clamd.socket, tmp_path)
    assert (outcome.reason, outcome.unscanned, outcome.bytes) == (Reason.TOO_LARGE, 1, 0)


def test_many_files_that_say_they_are_large_end_at_the_limit(clamd: Clamd, tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"{number}").write_bytes(bytes(1000))
    told = order(clamd.socket, tmp_path, limits=ScanLimits(largest_bytes=3500))
    outcome = scan_as_told(told)
    assert (outcome.reason, outcome.files, outcome.unscanned) == (Reason.TOO_LARGE, 3, 1)
    told = order(clamd.socket, tmp_path, limits=ScanLimits(most_files=4))
    assert scan_as_told(told).reason is Reason.TOO_MANY


def test_names_are_any_bytes_and_forge_nothing(clamd: Clamd, tmp_path: Path) -> None:
    for name in (b"a: OK\nb", b"\xff\xfe.txt", b"fd[3]: OK", b" ", b"\x1b[2J", "ö".encode("latin-1")):
        (tmp_path / os.fsdecode(name)).write_bytes(b"words")
    assert scan(clamd.socket, tmp_path).files == 6
    (tmp_path / os.fsdecode(b"x: OK\n\xff")).write_bytes(EICAR)
    assert scan(clamd.socket, tmp_path).reason is Reason.MALWARE


def test_no_name_and_no_content_leaves_the_process(clamd: Clamd, tmp_path: Path) -> None:
    named = tmp_path / SECRET / f"{SECRET}.doc"
    named.parent.mkdir()
    named.write_bytes(SECRET.encode() * 50)
    (tmp_path / f"{SECRET}.zip").write_bytes(nested_zip(named.read_bytes(), name=f"{SECRET}.txt"))
    (tmp_path / f"{SECRET}.com").write_bytes(EICAR)
    (tmp_path / f"{SECRET} link").symlink_to(f"/{SECRET}")
    os.mkfifo(tmp_path / f"{SECRET} pipe")
    (tmp_path / os.fsdecode(b"Margaret\xff")).mkdir()
    told = all_that_it_says(order(clamd.socket, tmp_path / "."))
    assert b'"malware"' in told
    assert b"argaret" not in told
    assert b"pytest" not in told
    logs = (clamd.folder / "clamd.log").read_bytes()
    assert b"argaret" not in logs


def test_what_is_locked_with_a_password_was_not_looked_into(clamd: Clamd, tmp_path: Path) -> None:
    (tmp_path / "locked.zip").write_bytes(locked_zip(EICAR))
    outcome = scan(clamd.socket, tmp_path)
    assert (outcome.reason, outcome.infected, outcome.unscanned) == (Reason.ENCRYPTED_CONTENT, 0, 1)


def test_a_zip_bomb_is_over_the_limit(tmp_path: Path) -> None:
    with running_clamd({"MaxScanSize": "20M", "MaxFileSize": "10M"}) as small:
        (tmp_path / "bomb.zip").write_bytes(nested_zip(bytes(15 << 20)))
        assert scan(small.socket, tmp_path).reason is Reason.OVER_LIMIT


def test_archives_within_archives_end_at_the_limit(clamd: Clamd, tmp_path: Path) -> None:
    (tmp_path / "nine.zip").write_bytes(nested_zip(EICAR, depth=9))
    assert scan(clamd.socket, tmp_path).reason is Reason.MALWARE
    (tmp_path / "nine.zip").write_bytes(nested_zip(EICAR, depth=30))
    assert scan(clamd.socket, tmp_path).reason is Reason.OVER_LIMIT


def test_malware_is_found_where_clamav_alone_says_ok(clamd: Clamd, tmp_path: Path) -> None:
    for content in (zip64(EICAR), nested_zip(zip64(EICAR)), concatenated(EICAR, b"words")):
        (tmp_path / "a.zip").write_bytes(content)
        assert scan(clamd.socket, tmp_path).reason is Reason.MALWARE
    (tmp_path / "a.zip").write_bytes(zip64(b"words") + concatenated(b"more", b"words"))
    assert scan(clamd.socket, tmp_path).reason is Reason.CLEAN


def test_without_clamd_nothing_is_clean(tmp_path: Path) -> None:
    filled(tmp_path)
    outcome = scan(tmp_path / "nobody.sock", tmp_path)
    assert (outcome.reason, outcome.verdict) == (Reason.ENGINE_MISSING, Verdict.INCOMPLETE)
    with socket.socket(socket.AF_UNIX) as closed:
        closed.bind(str(tmp_path / "s"))
    assert scan(tmp_path / "s", tmp_path).reason is Reason.ENGINE_MISSING


def test_a_clamd_that_hangs_ends_the_scan(tmp_path: Path) -> None:
    filled(tmp_path)
    with running_clamd() as clamd:
        clamd.pause()
        told = order(clamd.socket, tmp_path)
        hung = scan_as_told(replace(told, answers_within_s=0.5))
        clamd.go_on()
        assert hung.reason is Reason.ENGINE_HUNG
        assert scan_as_told(told).reason is Reason.CLEAN


LITTLE = 96 << 20
"""Of memory: enough for clamd's threads, too little for `large`."""


def large(folder: Path) -> Path:
    with (folder / "film.mp4").open("wb") as film:
        film.truncate(256 << 20)
    return folder


def test_a_clamd_without_memory_for_a_file_calls_nothing_clean(tmp_path: Path) -> None:
    with running_clamd({"ExitOnOOM": "no"}) as clamd:
        told = replace(order(clamd.socket, large(filled(tmp_path))), answers_within_s=40)
        assert scan_as_told(told).reason is Reason.CLEAN
        clamd.leave_memory(LITTLE)
        outcome = scan_as_told(told)
        assert (outcome.reason, outcome.verdict) == (Reason.OUT_OF_MEMORY, Verdict.INCOMPLETE)
        clamd.leave_memory(None)
        assert scan_as_told(told).reason is Reason.CLEAN


def test_a_clamd_that_ends_without_memory_calls_nothing_clean(tmp_path: Path) -> None:
    with running_clamd({"ExitOnOOM": "yes"}) as clamd:
        told = replace(order(clamd.socket, large(filled(tmp_path))), answers_within_s=5)
        clamd.leave_memory(LITTLE)
        outcome = scan_as_told(told)
    assert outcome.verdict is Verdict.INCOMPLETE
    # It tells, or is gone, or hangs on its way out.
    told_as = {Reason.OUT_OF_MEMORY, Reason.ENGINE_FAILED, Reason.ENGINE_MISSING, Reason.ENGINE_HUNG}
    assert outcome.reason in told_as


def test_a_clamd_without_the_signatures_that_it_must_have_is_not_fit(tmp_path: Path) -> None:
    with running_clamd(eicar=False) as clamd:
        assert scan(clamd.socket, filled(tmp_path)).reason is Reason.SIGNATURES_MISSING


@pytest.mark.parametrize("days", [-30, 30])
def test_old_signatures_and_those_of_a_wrong_clock_are_none(tmp_path: Path, days: int) -> None:
    with running_clamd(made=datetime.now(UTC) - timedelta(days=days)) as clamd:
        outcome = scan(clamd.socket, filled(tmp_path))
        assert outcome.reason is Reason.SIGNATURES_STALE
        assert outcome.signatures_at
        told = order(clamd.socket, tmp_path, limits=ScanLimits(stale_days=31))
        assert (scan_as_told(told).reason is Reason.CLEAN) == (days > 0)


@pytest.mark.parametrize("setting", ["AlertExceedsMax", "AlertEncryptedArchive"])
def test_a_clamd_that_lets_pass_what_it_can_t_look_into_is_not_fit(tmp_path: Path, setting: str) -> None:
    with running_clamd({setting: "no"}) as clamd:
        assert scan(clamd.socket, filled(tmp_path)).reason is Reason.ENGINE_UNFIT


def test_an_empty_medium_is_clean(clamd: Clamd, tmp_path: Path) -> None:
    outcome = scan(clamd.socket, tmp_path)
    assert (outcome.reason, outcome.files) == (Reason.CLEAN, 0)


def test_a_folder_that_is_not_there_is_gone(clamd: Clamd, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path)
    assert scan(clamd.socket, tmp_path).verdict is Verdict.GONE
