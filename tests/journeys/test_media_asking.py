"""What a person does about a stick that is not permitted: ask on the screen, or type a technician's code."""

from pathlib import Path
from typing import Any

import pytest
from lamplighter_collector.people.roles import Role

from tests.journeys.media_dialogs import ASK, CHOICE, CODE, ENTRY, QUESTION, TELL, Dialogs
from tests.journeys.media_school import ESSAY, MARKS, School
from tests.support.clamav import EICAR
from tests.support.signed_in import sign_in
from tests.support.waiting import wait_for

pytestmark = [*MARKS]


@pytest.fixture
def dialogs(school: School) -> Dialogs:
    return Dialogs(school.stack.desktop)


def test_a_no_of_the_page_is_told_on_the_screen_and_a_yes_works_while_it_is_in(
    school: School, dialogs: Dialogs
) -> None:
    collector = school.stack.collector
    technician = sign_in(collector.web, collector.config, Role.TECHNICIAN)
    with school.stick("ASKED0001") as stick:
        asked = ask(school, dialogs, "ASKED0001")
        assert (asked["reason"], asked["read_write"]) == ("lesson", True)
        shown = technician.request("/media").body
        assert "for a lesson" in shown
        assert "essay" not in shown
        for role in (Role.DSL, Role.CHAIR):
            assert sign_in(collector.web, collector.config, role).request("/media").status in {403, 404}
        path = f"/media/requests/{asked['request']}"
        assert technician.request(path, method="POST", form={"answer": "refuse"}).status == 303
        said = dialogs.answer(TELL, "Return", saying="no, not this time")
        assert "You have done nothing wrong" in " ".join(said.split())
    with school.inside(stick):
        # A no is an answer: who asks anew is heard anew.
        asked = ask(school, dialogs, "ASKED0001")
        form = {"answer": "grant", "access": "read_write", "until": "2h", "reason": "poetry"}
        path = f"/media/requests/{asked['request']}"
        assert technician.request(path, method="POST", form=form).status == 303
        school.wait_for("release", "allowed")
        assert school.does("cat", f"{school.mounted(stick)}/essay.txt") == "about lamps\n"
        school.wait_for_receipt("ASKED0001", "clean")
    assert school.stack.wait_for_theme("unapproved-media")


def test_a_code_permits_without_a_network_and_never_skips_the_scan(school: School, dialogs: Dialogs) -> None:
    stack = school.stack
    stack.children.kill(stack.collector.process)
    try:
        with school.stick("CODE00001") as stick:
            school.wait_for("refuse", "no-permission")
            enter(dialogs, school.unlock_code("CODE00001"), serial="CODE00001")
            school.wait_for("release", "allowed")
            assert school.media()["media"][0]["scan"] == "clean"
            assert school.mounted(stick)
        with school.stick("CODE00002", {**ESSAY, "setup.exe": EICAR}) as stick:
            school.wait_for("refuse", "no-permission")
            enter(dialogs, school.unlock_code("CODE00002"), serial="CODE00002")
            school.wait_for("refuse", "infected")
            assert school.mount(stick) == ""
    finally:
        stack.restart_collector()
    assert school.wait_for_receipt("CODE00001", "clean")["permission"] == "unlock-code"
    assert school.wait_for_receipt("CODE00002", "infected")["given"] != "read_write"


def test_five_wrong_codes_are_all_that_an_hour_has(school: School, dialogs: Dialogs) -> None:
    # Right for another stick.
    other = school.unlock_code("CODE00006")
    with school.stick("CODE00005") as stick:
        school.wait_for("refuse", "no-permission")
        dialogs.answer(QUESTION, *CODE)
        dialogs.answer(TELL, "Return", saying="CODE00005")
        for _ in range(4):
            dialogs.answer(ENTRY, "Return", typed=other)
            dialogs.answer(TELL, "Return", saying="not the right code")
        dialogs.answer(ENTRY, "Return", typed=other)
        dialogs.answer(TELL, "Return", saying="wrong too often")
    with school.inside(stick):
        school.wait_for("refuse", "no-permission")
        # Nor is a code asked for: the right one would not help.
        question, _ = dialogs.wait_for(QUESTION)
        assert b"I have a code" not in Path(f"/proc/{question}/cmdline").read_bytes()
        dialogs.answer(QUESTION, "Escape")
        assert school.media()["media"][0]["step"] == "refuse"
        assert school.mount(stick) == ""


def ask(school: School, dialogs: Dialogs, serial: str) -> dict[str, Any]:
    """Ask as the pupil; return what the technician has of it."""
    school.wait_for("refuse", "no-permission")
    said = dialogs.answer(QUESTION, *ASK)
    assert "You have done nothing wrong" in " ".join(said.split())
    # The second reason of the list.
    dialogs.answer(CHOICE, "Home", "Down", "Return")
    dialogs.answer(QUESTION, *ASK, saying="save files on it")
    dialogs.answer(TELL, "Return", saying="is told that you ask")
    (asked,) = wait_for(lambda: school.requests(serial), "the request", seconds=60, step=0.3)
    return asked


def enter(dialogs: Dialogs, code: str, *, serial: str) -> None:
    dialogs.answer(QUESTION, *CODE)
    dialogs.answer(TELL, "Return", saying=serial)
    dialogs.answer(ENTRY, "Return", typed=code)
