"""launchd's jobs and the profile, as a Mac would read them; no Mac has."""

import plistlib
from pathlib import Path
from typing import Any

import pytest

from installers.macos.__main__ import main
from installers.macos.launchd import service_job, session_job
from installers.macos.profile import Enrolment, ProfileRefused, profile

SCHOOL, TEAM = "Larkhill Bridge School", "A1B2C3D4E5"


def payloads() -> dict[str, dict[str, Any]]:
    read = plistlib.loads(profile(organisation=SCHOOL, team=TEAM))
    return {payload["PayloadType"]: payload for payload in [read, *read["PayloadContent"]]}


def test_both_jobs_start_at_once_come_back_soon_and_leave_no_core() -> None:
    for job in map(plistlib.loads, (service_job(), session_job())):
        assert job["RunAtLoad"] is job["KeepAlive"] is True
        assert job["ThrottleInterval"] < 5
        assert job["HardResourceLimits"] == job["SoftResourceLimits"] == {"Core": 0}
        assert job["ProgramArguments"][0].startswith("/Library/")


def test_the_helper_runs_only_where_there_is_a_screen() -> None:
    job = plistlib.loads(session_job())
    assert job["LimitLoadToSessionType"] == "Aqua"
    assert job["ProgramArguments"][1] == "session"
    assert job["ProgramArguments"][-2:] == ["--organisation-file", "/Library/Lamplighter/run/organisation"]
    assert "LimitLoadToSessionType" not in plistlib.loads(service_job())


def test_the_profile_asks_for_these_three_rights_and_no_other() -> None:
    services = payloads()["com.apple.TCC.configuration-profile-policy"]["Services"]
    assert set(services) == {"Accessibility", "ListenEvent", "SystemPolicyRemovableVolumes"}
    (accessibility,), (listen,) = services["Accessibility"], services["ListenEvent"]
    (volumes,) = services["SystemPolicyRemovableVolumes"]
    # Every entry has one of the two, never both.
    for granted in (accessibility, volumes):
        assert granted["Allowed"] is True
        assert "Authorization" not in granted
    assert listen["Authorization"] == "AllowStandardUserToSetSystemService"
    assert "Allowed" not in listen
    for entry in (accessibility, listen, volumes):
        assert f'leaf[subject.OU] = "{TEAM}"' in entry["CodeRequirement"]
        assert f'identifier "{entry["Identifier"]}"' in entry["CodeRequirement"]


def test_full_disk_access_is_asked_for_only_where_the_school_says_so() -> None:
    read = plistlib.loads(profile(organisation=SCHOOL, team=TEAM, full_disk_access=True))
    (services,) = [one["Services"] for one in read["PayloadContent"] if "Services" in one]
    assert set(services) - {"Accessibility", "ListenEvent"} == {
        "SystemPolicyAllFiles",
        "SystemPolicyRemovableVolumes",
    }
    (files,) = services["SystemPolicyAllFiles"]
    assert files["Allowed"] is True
    assert f'leaf[subject.OU] = "{TEAM}"' in files["CodeRequirement"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("collector", "lamp.school.example"), ("pin", "sha256:00"), ("pin", ""), ("asset_tag", "AV 42")],
)
def test_settings_that_no_device_could_enrol_with_are_refused(name: str, value: str) -> None:
    told = {"collector": "lamp.school.example:7444", "pin": "sha256:" + "0" * 64, "asset_tag": "serial"}
    with pytest.raises(ProfileRefused, match=name):
        Enrolment(**told | {name: value})


def test_nobody_takes_it_off_and_the_jobs_stay_on() -> None:
    found = payloads()
    assert found["Configuration"]["PayloadRemovalDisallowed"] is True
    assert found["Configuration"]["PayloadScope"] == "System"
    assert found["Configuration"]["PayloadOrganization"] == SCHOOL
    assert found["com.apple.servicemanagement"]["Rules"] == [
        {"RuleType": "TeamIdentifier", "RuleValue": TEAM}
    ]


def test_the_same_settings_give_the_same_profile_and_each_part_its_own_name() -> None:
    assert profile(organisation=SCHOOL, team=TEAM) == profile(organisation=SCHOOL, team=TEAM)
    found = payloads().values()
    assert len({payload["PayloadUUID"] for payload in found}) == 3
    assert len({payload["PayloadIdentifier"] for payload in found}) == 3


@pytest.mark.parametrize("team", ["", "a1b2c3d4e5", "A1B2C3D4E", 'A" or true', "A1B2C3D4E5\n"])
def test_a_team_that_is_none_is_refused(team: str) -> None:
    with pytest.raises(ProfileRefused, match="team"):
        profile(organisation=SCHOOL, team=team)


@pytest.mark.parametrize("name", ["", "  ", "two\nlines", "bell\x07"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(ProfileRefused, match="organisation"):
        profile(organisation=name, team=TEAM)


def test_the_command_writes_six_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "out"
    assert main(["--organisation", SCHOOL, "--team", TEAM, str(folder)]) == 0
    written = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    assert written == [
        "Info.plist",
        "LaunchAgents/lamplighter.session.plist",
        "LaunchDaemons/lamplighter.service.plist",
        "components.plist",
        "lamplighter.entitlements",
        "lamplighter.mobileconfig",
    ]
    assert len(capsys.readouterr().out.splitlines()) == 6
    assert main(["--organisation", SCHOOL, "--team", "nobody", str(tmp_path / "none")]) == 2
    assert not (tmp_path / "none").exists()


def test_the_command_takes_what_macs_enrol_with(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = ["--organisation", SCHOOL, "--team", TEAM, "--collector", "lamp.school.example:7444"]
    assert main([*own, str(tmp_path)]) == 2
    assert "pin" in capsys.readouterr().out
    assert main([*own, "--pin", "sha256:" + "0" * 64, "--full-disk-access", str(tmp_path)]) == 0
    written = (tmp_path / "lamplighter.mobileconfig").read_text(encoding="utf-8")
    assert "SystemPolicyAllFiles" in written
    assert "<string>serial</string>" in written
