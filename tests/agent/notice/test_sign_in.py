"""The notice at sign-in: nothing before it is agreed to; asked once, and again when what holds changes."""

import asyncio
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from lamplighter_agent.clock import SystemClock
from lamplighter_agent.detection import Detection, Speaker
from lamplighter_agent.launching import GraphicalSession
from lamplighter_agent.notice import languages
from lamplighter_agent.notice import sign_in as tuning
from lamplighter_agent.notice.consent import Consents, Terms
from lamplighter_agent.notice.dialog import Dialogs
from lamplighter_agent.notice.sign_in import DECLINED, FAILED, UNSHOWN, WAITING, SignInNotice, SignInPorts
from lamplighter_keywords.policy.device_policy import DevicePolicy, NoticeMode, ReadingAge
from lamplighter_protos.v1 import detection_pb2 as pb
from structlog.testing import capture_logs

from tests.agent.notice.test_dialog import VERSION
from tests.agent.notice.test_open import SESSION, Viewers, settings
from tests.support.waiting import until

pytestmark = pytest.mark.notice
PUPIL = Speaker(user="pia", kind=pb.USER_KIND_PUPIL, session=3)


@dataclass
class School:
    """What came of it."""

    programs: Viewers
    policy: DevicePolicy | None = field(default_factory=DevicePolicy)
    found: list[Detection] = field(default_factory=list)
    changes: int = 0
    pages: list[GraphicalSession] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)

    def notice(self) -> SignInNotice:
        ports = SignInPorts(
            policy=lambda: self.policy,
            found=self.found.append,
            changed=self._changed,
            open_page=self.pages.append,
            end=self._end,
        )
        dialogs = Dialogs(settings(), path=self.programs.path)
        return SignInNotice("Oak School", dialogs, Consents(self.programs.out), SystemClock(), ports)

    def _changed(self) -> None:
        self.changes += 1

    async def _end(self, session: GraphicalSession) -> bool:
        self.ended.append(session.display)
        return False


def notice_terms(notice: SignInNotice) -> Terms:
    terms = notice._terms()
    assert terms is not None
    return terms


def asking() -> bool:
    return any(task.get_name() == "notice" for task in asyncio.all_tasks())


class Full(list[Detection]):
    """Has no room the first time."""

    full = True

    def append(self, found: Detection) -> None:
        if self.full:
            self.full = False
            raise KeyError("a text of a person")
        super().append(found)


@pytest.fixture
def school(tmp_path: Path) -> School:
    return School(Viewers(tmp_path))


async def test_agreeing_is_recorded_and_holds_after_a_restart(school: School) -> None:
    school.programs.add("zenity", "exit 20")
    notice = school.notice()
    assert notice.why_not("pia") == WAITING
    notice.look(SESSION, PUPIL)
    await until(lambda: school.changes > 0)
    assert notice.why_not("pia") == ""
    assert school.notice().why_not("pia") == ""
    message = school.found[0].message("Oak School")
    assert (message.source, message.severity, message.theme) == (pb.SOURCE_NOTICE, 0, "")
    assert (message.answer.accepted, message.answer.language) == (True, "en")
    assert (message.answer.version, message.answer.reading_age) == (languages.VERSION, "7-11")
    assert "Oak School" in school.programs.ran("zenity")
    await notice.stop()


async def test_escape_in_kdialog_is_no_answer_and_signs_nobody_out(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tuning, "AGAIN_SECONDS", 0.01)
    school.programs.add("kdialog", f"{VERSION} exit 1")
    notice = school.notice()
    notice.look(SESSION, PUPIL)
    await until(lambda: school.programs.ran("kdialog").count("--menu") >= 2)
    assert notice.why_not("pia") == WAITING
    assert (school.ended, school.found) == ([], [])
    school.programs.add("kdialog", "echo n")
    await until(lambda: bool(school.ended))
    assert notice.why_not("pia") == DECLINED
    await notice.stop()


async def test_what_is_of_no_one_account_waits_for_all_of_them(school: School) -> None:
    school.programs.add("zenity", "exit 20")
    notice = school.notice()
    notice.look(SESSION, PUPIL)
    await until(lambda: notice.all_agreed(["pia"]))
    assert not notice.all_agreed(["pia", "tom"])
    assert notice.all_agreed([])
    await notice.stop()


async def test_the_last_person_s_leaving_takes_no_question_away_from_the_next(school: School) -> None:
    school.programs.add("zenity", "exec /bin/sleep 60")
    notice = school.notice()
    after = replace(SESSION, login="another")
    notice.look(SESSION, PUPIL)
    notice.look(after, replace(PUPIL, user="tom"))
    await until(lambda: school.programs.ran("zenity").count("--question") == 2)
    notice.leave(SESSION)
    # Still asked: a second look begins nothing.
    notice.look(after, replace(PUPIL, user="tom"))
    await asyncio.sleep(0)
    assert [task.get_name() for task in asyncio.all_tasks()].count("notice") == 1
    await notice.stop()


async def test_it_is_asked_again_for_another_policy(school: School) -> None:
    school.programs.add("zenity", "exit 20")
    notice = school.notice()
    notice.look(SESSION, PUPIL)
    await until(lambda: notice.why_not("pia") == "")
    school.policy = DevicePolicy(reading_age=ReadingAge.OLDER)
    assert notice.why_not("pia") == WAITING
    notice.look(SESSION, PUPIL)
    await until(lambda: notice.why_not("pia") == "")
    assert [one.answer.reading_age for one in school.found if one.answer] == ["7-11", "11-18"]
    await notice.stop()


async def test_declining_ends_the_session_and_is_reported_once(school: School) -> None:
    school.programs.add("zenity", "exit 21")
    notice = school.notice()
    notice.look(SESSION, PUPIL)
    await until(lambda: bool(school.ended))
    notice.look(SESSION, PUPIL)
    await notice.stop()
    assert notice.why_not("pia") == DECLINED
    assert [one.answer.accepted for one in school.found if one.answer] == [False]


async def test_read_more_opens_the_page_and_asks_again(school: School) -> None:
    again = school.programs.out / "again"
    school.programs.add("zenity", f"[ -e {again} ] && exit 20; : > {again}; exit 23")
    notice = school.notice()
    notice.look(SESSION, PUPIL)
    await until(lambda: notice.why_not("pia") == "")
    assert school.pages == [SESSION]
    await notice.stop()


async def test_a_closed_dialog_is_no_answer(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tuning, "AGAIN_SECONDS", 0.0)
    again = school.programs.out / "again"
    school.programs.add("zenity", f"[ -e {again} ] && exit 20; : > {again}; exit 22")
    notice = school.notice()
    notice.look(SESSION, PUPIL)
    await until(lambda: notice.why_not("pia") == "")
    assert len(school.found) == 1
    await notice.stop()


async def test_without_a_dialog_nobody_agreed_and_the_reason_is_said(school: School) -> None:
    notice = school.notice()
    notice.look(SESSION, PUPIL)
    await until(lambda: school.changes > 0)
    assert notice.why_not("pia") == UNSHOWN
    assert not school.found
    await notice.stop()


async def test_paper_asks_nobody(school: School) -> None:
    school.programs.add("zenity", "exit 20")
    school.policy = DevicePolicy(acknowledgement=NoticeMode.ON_PAPER)
    notice = school.notice()
    notice.look(SESSION, PUPIL)
    await asyncio.sleep(0)
    assert notice.why_not("pia") == ""
    assert not school.programs.ran("zenity")


async def test_a_session_that_is_over_is_asked_nothing_more(school: School) -> None:
    school.programs.add("zenity", "exec /bin/sleep 60")
    notice = school.notice()
    notice.look(SESSION, PUPIL)
    notice.look(SESSION, PUPIL)
    await until(lambda: "--question" in school.programs.ran("zenity"))
    notice.leave(SESSION)
    await until(lambda: not Path(f"/proc/{school.programs.pid('zenity')}").exists())
    assert school.programs.ran("zenity").count("--question") == 1
    await notice.stop()


async def test_staff_read_the_words_for_adults(school: School) -> None:
    school.programs.add("zenity", "exit 20")
    notice = school.notice()
    notice.look(SESSION, Speaker(user="ada", kind=pb.USER_KIND_STAFF, session=4))
    await until(lambda: bool(school.found))
    assert school.found[0].answer is not None
    assert school.found[0].answer.reading_age == "adult"
    await notice.stop()


async def test_an_asking_that_fails_is_told_and_begun_again_by_itself(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tuning, "FIRST_TRY_SECONDS", 0.05)
    school.programs.add("zenity", "exit 20")
    school.found = Full()
    notice = school.notice()
    with capture_logs() as told:
        notice.look(SESSION, PUPIL)
        await until(lambda: notice.why_not("pia") == FAILED)
        assert school.changes == 1
        await until(lambda: notice.why_not("pia") == "")
    assert [(one["event"], one["problem"]) for one in told] == [("notice_failed", "KeyError")]
    await notice.stop()


async def test_what_can_not_be_shown_is_tried_again_after_growing_pauses(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    paused: list[float] = []
    sleep = asyncio.sleep

    async def pause(seconds: float) -> None:
        paused.append(seconds)
        if len(paused) == 9:
            school.programs.add("zenity", "exit 20")
        await sleep(0)

    notice = school.notice()
    monkeypatch.setattr("asyncio.sleep", pause)
    await notice._ask(SESSION, PUPIL, notice_terms(notice))
    assert paused == [5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 320.0, 600.0, 600.0]
    assert notice.why_not("pia") == ""


async def test_who_declined_is_not_asked_again_where_ending_the_session_fails(school: School) -> None:
    async def fail(_session: GraphicalSession) -> bool:
        raise KeyError("a text of a person")

    school.programs.add("zenity", "exit 21")
    notice = school.notice()
    notice._ports = replace(notice._ports, end=fail)
    with capture_logs():
        notice.look(SESSION, PUPIL)
        await until(lambda: not asking())
    assert notice.why_not("pia") == DECLINED
    await notice.stop()
