"""A press of "I need help": asked once, told to the school whatever else holds, never in silence."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NoReturn

import pytest
from lamplighter_agent.clock import SystemClock
from lamplighter_agent.detection import Detection, Speaker
from lamplighter_agent.launching import GraphicalSession
from lamplighter_agent.notice.dialog import Dialogs
from lamplighter_agent.notice.help_button import HelpButton, HelpPorts, detection_of
from lamplighter_protos.v1 import detection_pb2 as pb
from structlog.testing import capture_logs

from tests.agent.notice.test_open import SESSION, Viewers, settings
from tests.support.waiting import until

pytestmark = pytest.mark.notice
SPEAKER = Speaker(user="pia", kind=pb.USER_KIND_PUPIL, session=3)


@dataclass
class School:
    """What came of it."""

    found: list[Detection] = field(default_factory=list)
    pages: list[GraphicalSession] = field(default_factory=list)
    others: list[GraphicalSession] = field(default_factory=list)
    reachable: bool = True

    def ports(self) -> HelpPorts:
        return HelpPorts(
            found=self.found.append,
            can_tell=lambda: self.reachable,
            open_page=self.pages.append,
            somebody_else=self.others.append,
        )

    def button(
        self, programs: Viewers, ports: HelpPorts | None = None, *, name: str = "Oak School"
    ) -> HelpButton:
        dialogs = Dialogs(settings(), path=programs.path)
        return HelpButton(name, dialogs, SystemClock(), ports or self.ports())


def broken(_given: object = None) -> NoReturn:
    raise KeyError("a text of a person")


@pytest.fixture
def programs(tmp_path: Path) -> Viewers:
    return Viewers(tmp_path)


def answering(programs: Viewers, status: int) -> None:
    """Answer the question so, and close what is told."""
    programs.add("zenity", f'case "$1" in --question) exit {status};; *) exit 20;; esac')


async def test_a_yes_is_recorded_without_words_and_said(programs: Viewers) -> None:
    answering(programs, 20)
    school = School()
    button = school.button(programs)
    button.pressed(SESSION, SPEAKER)
    await until(lambda: "--info" in programs.ran("zenity"))
    await button.stop()
    (found,) = school.found
    message = found.message("Oak School")
    assert (message.source, message.theme, message.severity) == (pb.SOURCE_HELP_BUTTON, "help-seeking", 3)
    assert (message.user, message.user_kind) == ("pia", pb.USER_KIND_PUPIL)
    assert not message.HasField("evidence")
    assert "Nobody may be reading tonight" in programs.ran("zenity")
    assert not school.pages


@pytest.mark.parametrize("status", [21, 22])
async def test_a_slip_of_the_mouse_tells_nobody(programs: Viewers, status: int) -> None:
    answering(programs, status)
    school = School()
    button = school.button(programs)
    button.pressed(SESSION, SPEAKER)
    await until(lambda: not button.asking)
    assert not school.found
    assert "--info" not in programs.ran("zenity")


async def test_that_somebody_else_is_there_is_no_call_for_help(programs: Viewers) -> None:
    answering(programs, 23)
    school = School()
    button = school.button(programs)
    button.pressed(SESSION, SPEAKER)
    await until(lambda: "--info" in programs.ran("zenity"))
    await button.stop()
    assert (school.others, school.found, school.pages) == ([SESSION], [], [])
    assert "--extra-button=Somebody else is using this device" in programs.ran("zenity")
    assert "Checking goes on as before" in programs.ran("zenity")


async def test_without_any_dialog_the_press_counts_and_the_page_opens(programs: Viewers) -> None:
    school = School()
    button = school.button(programs)
    button.pressed(SESSION, SPEAKER)
    await until(lambda: bool(school.pages))
    assert len(school.found) == 1
    await button.stop()


async def test_a_device_that_can_tell_nobody_says_so(programs: Viewers) -> None:
    answering(programs, 20)
    school = School(reachable=False)
    button = school.button(programs)
    button.pressed(SESSION, SPEAKER)
    await until(lambda: "can't tell anybody" in programs.ran("zenity"))
    await button.stop()
    assert not school.found


async def test_a_press_whose_asking_fails_counts_and_is_told_at_once(programs: Viewers) -> None:
    # No program's environment can hold a zero byte: every dialog fails by something unforeseen.
    answering(programs, 20)
    school = School()
    button = school.button(programs)
    with capture_logs() as told:
        button.pressed(replace(SESSION, display=":7\0"), SPEAKER)
        await until(lambda: bool(school.pages))
    assert len(school.found) == 1
    assert {(one["event"], one["problem"]) for one in told} == {("help_not_asked", "ValueError")}
    await button.stop()


@pytest.mark.parametrize("port", ["found", "can_tell"])
async def test_a_press_that_can_not_be_recorded_is_never_said_to_be(programs: Viewers, port: str) -> None:
    answering(programs, 20)
    school = School()
    ports = school.ports()
    ports = replace(ports, found=broken) if port == "found" else replace(ports, can_tell=broken)
    button = school.button(programs, ports)
    with capture_logs() as told:
        button.pressed(SESSION, SPEAKER)
        await until(lambda: "can't tell anybody" in programs.ran("zenity"))
    assert [one["problem"] for one in told] == ["KeyError"]
    await button.stop()


async def test_what_fails_otherwise_is_told_at_once(programs: Viewers) -> None:
    answering(programs, 23)
    school = School()
    button = school.button(programs, replace(school.ports(), somebody_else=broken))
    with capture_logs() as told:
        button.pressed(SESSION, SPEAKER)
        await until(lambda: bool(told))
    assert [(one["task"], one["problem"]) for one in told] == [("help", "KeyError")]


async def test_one_question_at_a_time(programs: Viewers) -> None:
    programs.add("zenity", "exec /bin/sleep 60")
    button = School().button(programs)
    button.pressed(SESSION, SPEAKER)
    button.pressed(SESSION, SPEAKER)
    await until(lambda: "--question" in programs.ran("zenity"))
    assert programs.ran("zenity").count("--question") == 1
    await button.stop()


async def test_the_next_person_at_the_same_display_is_asked_too(programs: Viewers) -> None:
    programs.add("zenity", "exec /bin/sleep 60")
    button = School().button(programs)
    button.pressed(SESSION, SPEAKER)
    button.pressed(replace(SESSION, login="another"), SPEAKER)
    await until(lambda: programs.ran("zenity").count("--question") == 2)
    await button.stop()


def test_every_press_has_a_term_of_its_own_so_that_none_is_only_counted() -> None:
    one, two = (detection_of(SPEAKER, SystemClock()) for _ in range(2))
    assert one.term != two.term
