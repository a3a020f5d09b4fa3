"""Sticks that are broken, hostile or pulled, and an engine out of order: never used, a reason, a record.

What a scan makes of each single thing is in tests/agent/media/scan; here it goes the whole way.
"""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.journeys.media_school import ESSAY, MARKS, School
from tests.support.clamav import EICAR, write_signatures
from tests.support.media_world import LUKS_HEADER
from tests.support.waiting import wait_for

pytestmark = [*MARKS]
DEEPER_THAN_ALLOWED = 210
FOUR_TERABYTES = 4 << 40


def links_out(folder: Path) -> None:
    (folder / "out").symlink_to("../../../etc/passwd")
    (folder / "round").symlink_to("round")


def pipes_and_nodes(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    os.mknod(folder / "disk", 0o660 | 0o060000, os.makedev(7, 0))


def deep(folder: Path) -> None:
    for number in range(DEEPER_THAN_ALLOWED):
        folder /= str(number % 10)
    folder.mkdir(parents=True)


def very_large(folder: Path) -> None:
    with (folder / "film.mp4").open("wb") as file:
        file.truncate(FOUR_TERABYTES)


@pytest.mark.parametrize(
    ("fill", "found"),
    [(links_out, "link"), (pipes_and_nodes, "not-a-file"), (deep, "too-deep"), (very_large, "too-large")],
)
def test_what_can_not_be_looked_at_is_not_used(
    school: School, fill: Callable[[Path], None], found: str
) -> None:
    serial = f"BAD-{found}"
    school.grant(serial)
    with school.stick(serial, fill=fill, make=("mkfs.ext4", "-q", "-b", "4096")) as stick:
        school.wait_for("refuse", "incomplete")
        assert school.media()["media"][0]["scan"] == found
        assert school.mount(stick) == ""
        receipt = school.wait_for_receipt(serial, "incomplete")
    assert (receipt["why"], receipt["given"]) == (found, "")
    assert receipt["unscanned"] >= 1
    assert school.stack.wait_for_theme("unscanned-media")["severity"] == 2


def test_what_has_no_serial_number_can_not_be_permitted(school: School) -> None:
    with school.stick("") as stick:
        school.wait_for("refuse", "no-serial")
        assert school.mount(stick) == ""
    assert school.stack.wait_for_theme("unapproved-media")


def test_a_copy_of_a_permitted_serial_number_is_scanned_for_itself(school: School) -> None:
    school.grant("CLONED001")
    with school.stick("CLONED001"):
        school.wait_for("release", "allowed")
    with school.stick("CLONED001", {**ESSAY, "new.exe": EICAR}) as stick:
        school.wait_for("refuse", "infected")
        assert school.mount(stick) == ""
    said = wait_for(lambda: scans_of(school, "CLONED001", 2), "both receipts", seconds=60)
    assert [one["verdict"] for one in said] == ["clean", "infected"]


def scans_of(school: School, serial: str, count: int) -> list[dict[str, str]]:
    """Return the receipts of a stick, oldest first, once there are so many."""
    found = school.receipts(serial)
    return found if len(found) == count else []


def test_a_label_goes_nowhere(school: School) -> None:
    school.grant("LABEL0001")
    with school.stick("LABEL0001", make=("mkfs.ext4", "-q", "-L", "a Zwxqvkp")):
        school.wait_for("release", "allowed")
        school.wait_for_receipt("LABEL0001", "clean")
    said = [log.read_bytes() for log in school.stack.children.logs.iterdir()]
    said += [path.read_bytes() for path in (school.stack.folder / "collector").glob("collector.db*")]
    assert not any(b"Zwxqvkp" in text for text in said)


@pytest.mark.parametrize(
    "label", ["a\x1b[31mZw", "a\nZwxqvkp", "essay\u202efdp"], ids=["escape", "line", "direction"]
)
def test_a_label_that_would_show_as_something_else_is_not_used(school: School, label: str) -> None:
    school.grant("LABEL0002")
    with school.stick("LABEL0002", make=("mkfs.ext4", "-q", "-L", label)) as stick:
        school.wait_for("refuse", "odd-label")
        assert school.mount(stick) == ""
    assert school.stack.wait_for_theme("unscanned-media")["severity"] == 2


def test_storage_that_is_also_a_keyboard_is_deceptive(school: School) -> None:
    school.grant("RUBBER001")
    with school.stick("RUBBER001", interfaces=":080650:030101:") as stick:
        school.wait_for("refuse", "deceptive")
        assert school.mount(stick) == ""
    assert school.stack.wait_for_theme("deceptive-device")["severity"] == 4


def test_a_locked_container_waits_for_its_password_and_is_not_mounted(school: School) -> None:
    school.grant("LOCKED001", "--read-write", "--encrypted")
    with school.stick("LOCKED001", make=("sh", "-c", LUKS_HEADER, "sh")) as stick:
        school.wait_for("open", "locked")
        assert school.mount(stick) == ""


def test_one_whose_end_is_missing_is_not_used(school: School) -> None:
    made = school.make("TORN00001", {**ESSAY, "big.bin": b"words " * 1_000_000})
    with school.inside(made) as stick:
        school.wait_for("refuse", "no-permission")
        os.truncate(made.image, 1 << 20)
        school.grant("TORN00001")
        wait_for(lambda: refused_by_its_scan(school), "a refusal", seconds=60)
        assert school.mount(stick) == ""


def refused_by_its_scan(school: School) -> bool:
    inside = school.media().get("media", [])
    return bool(inside) and (inside[0]["step"], inside[0]["reason"]) in {
        ("refuse", "incomplete"),
        ("refuse", "gone"),
    }


def test_one_that_is_pulled_while_it_is_scanned_is_scanned_anew(school: School) -> None:
    school.grant("PULLED001")
    made = school.make("PULLED001")
    school.clamd.pause()
    try:
        with school.inside(made):
            school.wait_for("scan", "not-scanned")
    finally:
        school.clamd.go_on()
    with school.inside(made) as stick:
        school.wait_for("release", "allowed")
        assert school.media()["media"][0]["scan"] == "clean"
        assert school.mounted(stick)
    said = wait_for(lambda: scans_of(school, "PULLED001", 2), "both receipts", seconds=60)
    assert [(one["verdict"], one["why"]) for one in said] == [("gone", "medium-gone"), ("clean", "")]
    assert not said[0]["given"]


def test_an_engine_that_dies_in_a_scan_says_nothing_and_is_waited_for(school: School) -> None:
    """As the kernel ends it when memory runs out."""
    school.grant("CRASH0001")
    school.clamd.pause()
    with school.stick("CRASH0001") as stick:
        school.wait_for("scan", "not-scanned")
        school.clamd.kill()
        school.wait_for("refuse", "incomplete")
        assert school.mount(stick) == ""
        school.clamd.start()
        school.wait_for("release", "allowed")


@pytest.mark.parametrize(
    ("made", "eicar", "reason"),
    [
        (timedelta(days=30), True, "signatures-stale"),
        (timedelta(), False, "signatures-missing"),
    ],
)
def test_without_signatures_of_today_nothing_is_used(
    school: School,
    made: timedelta,
    eicar: bool,  # noqa: FBT001
    reason: str,
) -> None:
    serial = f"{reason[-5:]}-0001"
    school.grant(serial)
    school.clamd.stop()
    write_signatures(school.clamd.database, made=datetime.now(UTC) - made, eicar=eicar)
    school.clamd.start()
    try:
        with school.stick(serial) as stick:
            school.wait_for("refuse", "incomplete")
            assert school.media()["media"][0]["scan"] == reason
            assert school.mount(stick) == ""
            assert school.wait_for_receipt(serial, "incomplete")["why"] == reason
    finally:
        school.clamd.stop()
        write_signatures(school.clamd.database)
        school.clamd.start()


def test_what_is_in_when_the_service_starts_is_held_and_scanned_first(school: School) -> None:
    school.grant("EARLY0001")
    school.stack.stop_service()
    made = school.make("EARLY0001")
    school.world.put_in(made)
    try:
        assert school.mount(made) == ""
        school.start()
        school.wait_for("release", "allowed")
        assert school.mounted(made)
    finally:
        school.world.take_out(made)


def test_a_permission_that_ends_takes_the_stick_away_by_itself(school: School) -> None:
    school.grant("ENDING001", "--read-write", span="1m")
    with school.stick("ENDING001") as stick:
        school.wait_for("release", "allowed")
        assert school.mounted(stick)
        school.wait_for("refuse", "expired", seconds=120)
        wait_for(lambda: not school.world.mount_options(stick), "unmounted", seconds=30)
        assert school.mount(stick) == ""
