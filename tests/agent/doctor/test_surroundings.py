"""What lies around the service, really wrong: certificate, what was left, what a running service tells."""

import grp
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lamplighter_agent import config as configuration
from lamplighter_agent.config import AgentConfig
from lamplighter_agent.doctor import surroundings
from lamplighter_agent.doctor.surroundings import of_files, of_left, of_running
from lamplighter_agent.enrolment.standing import standing

from tests.support.bundled import ONE_WORD
from tests.support.identities import enrolled
from tests.support.school import TOKEN, SchoolAuthority, open_school

pytestmark = pytest.mark.fault
NOW = datetime.now(UTC)


@pytest.fixture
def config(tmp_path: Path, grpc_let_go: None) -> AgentConfig:
    file = tmp_path / "agent.toml"
    file.write_text(f'[paths]\nstate = "{tmp_path}/state"\nruntime = "{tmp_path}/run"\n')
    return configuration.load(file)


def files(config: AgentConfig, now: datetime = NOW) -> list[str]:
    return [one.id for one in of_files(config, standing(config.state), now)]


def test_a_device_that_is_well_has_none(config: AgentConfig) -> None:
    enrolled(config.state, keywords=ONE_WORD)
    assert files(config) == []
    assert list(of_left(config, standing(config.state), NOW)) == []


def test_a_certificate_that_ran_out(config: AgentConfig) -> None:
    enrolled(config.state, keywords=ONE_WORD)
    assert files(config, NOW + timedelta(days=30)) == ["certificate"]


def test_a_group_with_somebody_in_it(config: AgentConfig) -> None:
    peopled = next((one.gr_name for one in grp.getgrall() if one.gr_mem), None)
    if peopled is None:
        assert files(config) == []
        return
    config.file.write_text(config.file.read_text() + f'[session]\ngroup = "{peopled}"\n')
    assert files(configuration.load(config.file)) == ["group-members"]


def test_a_disk_that_is_full(config: AgentConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    # No disk has so much room.
    monkeypatch.setattr(surroundings, "ROOM_BYTES", 1 << 62)
    assert files(config) == ["disk"]


async def test_what_was_left_with_a_wrong_pin_is_found_before_it_is_tried(config: AgentConfig) -> None:
    async with open_school() as school:
        left = config.file.with_name("enrolment.toml")
        left.write_text(
            f'collector = "{school.enrolment}"\npin = "{SchoolAuthority().pin}"\n'
            f'asset_tag = "AV-1"\ntoken = "{TOKEN}"\n'
        )
        left.chmod(0o600)
        found = [one.id for one in of_left(config, standing(config.state), NOW)]
        assert found == ["collector-pin"]
        enrolled(config.state, keywords=ONE_WORD)
        (over,) = of_left(config, standing(config.state), NOW)
        assert (over.id, "is enrolled already" in over.reason) == ("enrolment-left", True)
        left.chmod(0o644)
        (shown,) = of_left(config, standing(config.state), NOW)
        assert (shown.id, "others than root" in shown.reason) == ("enrolment-left", True)


def told(**changes: Any) -> dict[str, Any]:
    well: dict[str, Any] = {
        "enrolment": {"renewal_problem": "", "silent": ""},
        "spool": {"bytes": 1000},
        "collector": {"clock_behind_s": 1.5},
    }
    return well | changes


@pytest.mark.parametrize(
    ("changes", "id_"),
    [
        ({"enrolment": {"renewal_problem": "the collector did not answer"}}, "renewal"),
        ({"enrolment": {"silent": "nothing heard"}}, "silent"),
        ({"collector": {"clock_behind_s": -7200.0}}, "clock"),
        ({"spool": {"bytes": 199 << 20}}, "spool-room"),
    ],
)
def test_what_a_running_service_tells_is_a_fault(
    config: AgentConfig, changes: dict[str, Any], id_: str
) -> None:
    config.runtime.mkdir()
    config.socket.touch()
    assert list(of_running(told(), config)) == []
    (found,) = of_running(told(**changes), config)
    assert (found.id, bool(found.matters and found.remedy)) == (id_, True)


def test_a_socket_that_is_gone(config: AgentConfig) -> None:
    assert [one.id for one in of_running(told(), config)] == ["socket"]
