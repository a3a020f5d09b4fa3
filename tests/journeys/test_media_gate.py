"""No use without permission and a clean scan: what a person can and can not do, and what is on record."""

import contextlib
import signal

import pytest

from tests.journeys.media_school import ESSAY, MARKS, School
from tests.support.clamav import EICAR
from tests.support.waiting import wait_for

pytestmark = [*MARKS]


def test_a_permitted_clean_stick_is_mounted_for_its_person_and_can_be_read(school: School) -> None:
    permission = school.grant("CLEAN0001")
    with school.stick("CLEAN0001") as stick:
        school.wait_for("release", "allowed")
        place = school.mounted(stick)
        assert school.does("cat", f"{place}/essay.txt") == "about lamps\n"
        assert school.world.mount_options(stick) >= {"noexec", "nosuid", "nodev"}
        receipt = school.wait_for_receipt("CLEAN0001", "clean")
    assert receipt["files"] == 1
    assert receipt["given"] == "read_write"
    assert receipt["permission"] == permission


def test_a_permitted_stick_with_malware_is_blocked(school: School) -> None:
    school.grant("DIRTY0001")
    with school.stick("DIRTY0001", {**ESSAY, "games/setup.exe": EICAR}) as stick:
        school.wait_for("refuse", "infected")
        assert school.mount(stick) == ""
        receipt = school.wait_for_receipt("DIRTY0001", "infected")
    assert receipt["infected"] == 1
    assert school.stack.wait_for_theme("malware-media")["severity"] == 4
    told = "".join(log.read_text(errors="replace") for log in school.stack.children.logs.iterdir())
    assert "setup.exe" not in told


def test_an_unknown_stick_is_blocked_and_on_record(school: School) -> None:
    with school.stick("STRANGE01") as stick:
        school.wait_for("refuse", "no-permission")
        assert school.mount(stick) == ""
    assert school.stack.wait_for_theme("unapproved-media")
    assert not school.receipts("STRANGE01")


def test_what_may_be_read_only_can_not_be_written(school: School) -> None:
    school.grant("READER001", "--read-only")
    with school.stick("READER001") as stick:
        school.wait_for("release", "allowed")
        place = school.mounted(stick)
        assert school.does("cat", f"{place}/essay.txt") == "about lamps\n"
        assert "Read-only" in school.does("touch", f"{place}/new")
        school.wait_for_receipt("READER001", "clean")


def test_a_permission_that_ended_or_was_revoked_takes_the_stick_away(school: School) -> None:
    permission = school.grant("REVOKED01")
    with school.stick("REVOKED01") as stick:
        school.wait_for("release", "allowed")
        assert school.mounted(stick)
        school.revoke(permission)
        school.wait_for("refuse", "no-permission")
        wait_for(lambda: not school.world.mount_options(stick), "unmounted", seconds=30)
        assert school.mount(stick) == ""


def test_a_revoked_stick_is_taken_from_its_person_and_said_to_be_in_use_by_the_system(
    school: School,
) -> None:
    permission = school.grant("INUSE0001")
    with school.stick("INUSE0001") as stick, contextlib.ExitStack() as opened:
        school.wait_for("release", "allowed")
        place = school.mounted(stick)
        theirs, systems = (
            opened.enter_context(school.keeping(place, as_root=as_root)) for as_root in (False, True)
        )
        school.revoke(permission)
        school.wait_for("refuse", "still-in-use")
        assert theirs.wait(20) == -signal.SIGKILL
        assert systems.poll() is None
        assert school.mount(stick) == ""
        systems.kill()
        # Nothing else is said before it is so.
        school.wait_for("refuse", "no-permission")


def test_what_is_not_encrypted_is_blocked_where_that_is_asked(school: School) -> None:
    school.grant("PLAIN0001", "--read-write", "--encrypted")
    with school.stick("PLAIN0001") as stick:
        school.wait_for("refuse", "not-encrypted")
        assert school.mount(stick) == ""


def test_an_unchanged_stick_is_not_scanned_again_and_a_changed_one_is(school: School) -> None:
    school.grant("CHANGED01")
    with school.stick("CHANGED01") as stick:
        school.wait_for("release", "allowed")
        first = school.wait_for_receipt("CHANGED01", "clean")
    with school.inside(stick):
        school.wait_for("release", "allowed")
        assert school.media()["media"][0]["scan"] == "unchanged"
        place = school.mounted(stick)
        # By root: the files of an ext4 stick belong to another account.
        school.world.run("sh", "-c", f"echo more > {place}/new.txt && sync", check=True)
        school.unmount(stick)
    with school.inside(stick):
        school.wait_for("release", "allowed")
        assert school.media()["media"][0]["scan"] == "clean"
        # One of each use.
        last = school.wait_for_receipt("CHANGED01", "clean", count=3)
    assert last["files"] == 2
    assert last != first


def test_without_the_engine_nothing_is_used_and_it_goes_on_when_it_is_back(school: School) -> None:
    school.grant("ENGINE001")
    school.clamd.stop()
    with school.stick("ENGINE001") as stick:
        school.wait_for("refuse", "incomplete")
        assert school.mount(stick) == ""
        school.clamd.start()
        school.wait_for("release", "allowed")
        assert school.mounted(stick)


@pytest.mark.kill
@pytest.mark.parametrize("step", ["held", "scanned", "released", "mounted"])
def test_a_killed_agent_leaves_nothing_usable_that_was_not_scanned(school: School, step: str) -> None:
    serial = f"KILLED-{step}"
    if step != "held":
        school.grant(serial)
    if step == "scanned":
        school.clamd.pause()
    with school.stick(serial) as stick:
        try:
            if step == "held":
                school.wait_for("refuse", "no-permission")
            elif step == "scanned":
                school.wait_for("scan", "not-scanned")
            else:
                school.wait_for("release", "allowed")
            if step == "mounted":
                assert school.mounted(stick)
            school.stack.kill_service()
        finally:
            if step == "scanned":
                school.clamd.go_on()
        if step == "mounted":
            # It was scanned, and its person works with it; whatever comes in its place is not theirs.
            school.unmount(stick)
        assert school.mount(stick) == ""
        school.start()
        if step == "held":
            school.wait_for("refuse", "no-permission")
        else:
            school.wait_for("release", "allowed")


@pytest.mark.kill
def test_what_is_mounted_when_the_agent_is_killed_is_taken_away_before_it_is_back(school: School) -> None:
    school.grant("KILLED-use")
    with school.stick("KILLED-use", owner=school.stack.account.uid) as stick:
        school.wait_for("release", "allowed")
        place = school.mounted(stick)
        assert school.does("sh", "-c", f"echo more > {place}/new.txt && cat {place}/new.txt") == "more\n"
        school.stack.kill_service()

        def refused() -> bool:
            said = school.does("sh", "-c", f"echo later > {place}/later.txt; cat {place}/later.txt")
            return "later\n" not in said.splitlines(keepends=True)

        wait_for(refused, "no writing and reading")
        assert "No such file" in school.does("cat", f"{place}/new.txt")
        assert not school.world.mount_options(stick)
        assert school.mount(stick) == ""
        school.start()
        school.wait_for("release", "allowed")
        # What was written before the kill is scanned now.
        receipt = school.wait_for_receipt("KILLED-use", "clean", count=2)
        assert receipt["files"] == 2
        assert school.does("cat", f"{school.mounted(stick)}/new.txt") == "more\n"
