"""The page follows the running service."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lamplighter_agent.backends.ports import Hardening
from lamplighter_agent.config import parse
from lamplighter_agent.launching import LaunchSettings
from lamplighter_agent.notice.facts import Checking, Place
from lamplighter_agent.notice.files import PageFiles
from lamplighter_agent.notice.open import PageOpener
from lamplighter_agent.notice.running import RunningNotice, Signed, facts_of, themes_of
from lamplighter_agent.notice.words import ENGLISH
from lamplighter_agent.policy import NOT_ASSESSED, WAITING
from lamplighter_agent.status import SAME_USER, ServiceStatus, SessionStatus
from lamplighter_agent.timetable import local_now
from lamplighter_keywords.policy.device_policy import DevicePolicy, ReadingAge
from lamplighter_keywords.shipped import shipped_themes
from lamplighter_keywords.terms import KeywordPack

from tests.keywords.bundles.test_licensed import made
from tests.support.clock import SteppedClock

pytestmark = pytest.mark.notice

WORKING = {"sensor": "keys", "working": True, "backend": "x", "reason": "", "remedy": ""}
SIGNED = Signed(policy=DevicePolicy())
SENSING: dict[str, Any] = {
    "helper": "running",
    "allowed": True,
    "indicator_shown": True,
    "sensors": [WORKING],
}


def config(folder: Path, **session: Any) -> Any:
    return parse(
        {
            "paths": {"state": str(folder), "runtime": str(folder)},
            "session": session,
        }
    )


def status(not_enrolled: str = "", **session: Any) -> ServiceStatus:
    sessions = {":0": SessionStatus(display=":0", **session)} if session else {}
    return ServiceStatus(
        organisation="x",
        not_enrolled=not_enrolled,
        boundary=SAME_USER,
        hardening=Hardening(not_dumpable=True, no_core=True, memory_locked=True, reason=""),
        swap_forbidden=True,
        sessions=sessions,
    )


def pages(files: PageFiles) -> PageOpener:
    settings = LaunchSettings(interpreter="python3", socket=Path("/nowhere"), organisation="x", gid=None)
    return PageOpener(files, settings)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (SENSING, Checking.ON),
        (SENSING | {"helper": "starting"}, Checking.STOPPED),
        (SENSING | {"allowed": False, "policy_reason": NOT_ASSESSED}, Checking.STAFF_NOT_AGREED),
        (SENSING | {"indicator_shown": False, "indicator_reason": "covered"}, Checking.STRIP_HIDDEN),
        (SENSING | {"sensors": [WORKING | {"working": False, "reason": "gone"}]}, Checking.STOPPED),
        ({}, Checking.STOPPED),
    ],
)
def test_it_says_on_only_while_something_is_sensed(
    tmp_path: Path, said: dict[str, Any], expected: Checking
) -> None:
    facts = facts_of(config(tmp_path), status(**said), SIGNED, asset_tag="LB-0412")
    assert facts.checking is expected
    assert bool(facts.detail) is (expected is not Checking.ON)


def test_a_device_that_is_not_enrolled_says_so(tmp_path: Path) -> None:
    facts = facts_of(config(tmp_path), status("no asset tag", **SENSING), SIGNED, asset_tag="")
    assert (facts.checking, facts.detail) == (Checking.NOT_ENROLLED, "no asset tag")


def test_before_the_first_lists_it_waits(tmp_path: Path) -> None:
    facts = facts_of(config(tmp_path), status(), Signed(), asset_tag="")
    assert (facts.checking, facts.detail) == (Checking.WAITING, WAITING)
    refused = status()
    refused.bundle = {"reason": "manifest: not signed by those who may"}
    assert "not signed" in facts_of(config(tmp_path), refused, Signed(), asset_tag="").detail


def test_outside_the_hours_it_rests(tmp_path: Path) -> None:
    said = status(**SENSING | {"allowed": False, "resting": True, "rests_until": "Monday 07:00"})
    facts = facts_of(config(tmp_path), said, SIGNED, asset_tag="")
    assert (facts.checking, facts.rests_until) == (Checking.RESTING, "Monday 07:00")


def test_only_themes_with_a_list_are_named() -> None:
    assert themes_of(KeywordPack(lists=(), themes=shipped_themes())) == ()


def test_a_licensed_list_names_its_theme_and_how_many_words_it_has(tmp_path: Path) -> None:
    (theme,) = themes_of(KeywordPack(lists=(), themes=shipped_themes()), [made("quibblefen")])
    assert theme.slug == "csam"
    signed = Signed(policy=DevicePolicy(), licensed=12)
    assert facts_of(config(tmp_path), status(), signed, asset_tag="").licensed == 12


def test_every_shipped_theme_has_plain_words() -> None:
    assert set(shipped_themes()) - set(ENGLISH.themes) == set()


@pytest.mark.parametrize(
    ("session", "policy", "age"),
    [
        ({}, None, "7-11"),
        ({}, DevicePolicy(reading_age=ReadingAge.PICTURES), "pictures"),
        ({"default_kind": "pupil"}, DevicePolicy(reading_age=ReadingAge.OLDER), "11-18"),
        ({"default_kind": "staff"}, DevicePolicy(reading_age=ReadingAge.PICTURES), "adult"),
    ],
)
def test_it_is_written_for_those_who_read_it(
    tmp_path: Path, session: dict[str, Any], policy: DevicePolicy | None, age: str
) -> None:
    told = Signed(policy=policy)
    assert facts_of(config(tmp_path, **session), status(), told, asset_tag="").age == age


async def test_the_page_changes_with_the_status_and_says_when_it_ends(tmp_path: Path) -> None:
    notice = RunningNotice(config(tmp_path), pages, asset_tag="LB-0412")
    notice.signed_is(SIGNED)
    page = tmp_path / "what-this-device-checks.html"
    notice.tell(status(**SENSING))
    assert "Checking is on now" in page.read_text()
    notice.tell(status(**SENSING | {"indicator_shown": False, "indicator_reason": "covered"}))
    assert "strip at the top of the screen can&#x27;t be seen" in page.read_text()
    await notice.stop(status(**SENSING))
    assert "the service has stopped" in page.read_text()


async def test_a_full_disk_does_not_stop_the_service_and_is_tried_again(tmp_path: Path) -> None:
    state = tmp_path / "state"
    notice = RunningNotice(config(state), pages, asset_tag="LB-0412")
    notice.tell(status(**SENSING))
    state.mkdir()
    notice.tell(status(**SENSING))
    assert (state / "what-this-device-checks.html").exists()


def test_a_device_that_ended_or_is_silent_says_so(tmp_path: Path) -> None:
    said = status("the school retired this device", **SENSING)
    said.enrolment = {"ended": {"words": "the school retired this device"}}
    facts = facts_of(config(tmp_path), said, SIGNED, asset_tag="LB-0412")
    assert (facts.checking, facts.detail) == (Checking.ENDED, "the school retired this device")
    said = status(**SENSING | {"allowed": False, "policy_reason": "no contact"})
    said.enrolment = {"ended": None, "silent": "no contact"}
    facts = facts_of(config(tmp_path), said, SIGNED, asset_tag="LB-0412")
    assert (facts.checking, facts.detail) == (Checking.SILENT, "no contact")


async def test_the_page_of_a_device_that_ended_stays_when_the_service_stops(tmp_path: Path) -> None:
    notice = RunningNotice(config(tmp_path), pages, asset_tag="LB-0412")
    said = status("the school retired this device")
    said.enrolment = {"ended": {"words": "the school retired this device"}}
    notice.tell(said)
    await notice.stop(said)
    assert "Checking has ended on this device" in (tmp_path / "what-this-device-checks.html").read_text()


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ({"on_site": True, "known": True}, Place.AT_SCHOOL),
        ({"on_site": False, "known": True}, Place.AWAY),
        ({"on_site": False, "known": False}, Place.UNKNOWN),
        ({}, None),
    ],
)
def test_the_place_is_the_one_by_which_it_goes(
    tmp_path: Path, place: dict[str, Any], expected: Place | None
) -> None:
    said = status(**SENSING)
    said.place = place
    assert facts_of(config(tmp_path), said, SIGNED, asset_tag="").place is expected
    said.not_enrolled = "no asset tag"
    assert facts_of(config(tmp_path), said, SIGNED, asset_tag="").place is None


def test_the_time_on_the_page_is_that_of_its_last_change(tmp_path: Path) -> None:
    clock = SteppedClock(datetime(2026, 11, 20, 8, 0, tzinfo=UTC))
    notice = RunningNotice(config(tmp_path), pages, asset_tag="LB-0412", clock=clock)
    page = tmp_path / "what-this-device-checks.en.html"
    said = status(**SENSING)
    notice.tell(said)
    first = page.read_text()
    assert f"20 November {local_now(clock):%H:%M}" in first
    clock.step(timedelta(hours=1))
    notice.tell(said)
    assert page.read_text() == first
    said.place = {"on_site": True, "known": True}
    notice.tell(said)
    assert "Place: at school." in page.read_text()
    assert f"20 November {local_now(clock):%H:%M}" in page.read_text()
