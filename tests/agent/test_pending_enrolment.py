"""A device that enrols by itself: with the real program, a school with real TLS and a real service."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from lamplighter_agent import config, status
from lamplighter_agent.backends.ports import Hardening
from lamplighter_agent.backends.posix.pending_file import PendingFile
from lamplighter_agent.config import AgentConfig
from lamplighter_agent.delivery.backoff import Backoff, BackoffSettings
from lamplighter_agent.enrolment.identity import IdentityStore
from lamplighter_agent.enrolment.pending import Outcome
from lamplighter_agent.pending_enrolment import PendingEnrolment, PendingPorts, command_for
from lamplighter_agent.service import Service

from tests.support.pair import GROUP
from tests.support.school import TOKEN, School, SchoolAuthority
from tests.support.waiting import until

QUICK = BackoffSettings(base_seconds=0.05, cap_seconds=0.1)
PLAIN = Hardening(not_dumpable=False, no_core=False, memory_locked=False)


class Device:
    """What was left on it, and what is told of it."""

    def __init__(self, folder: Path, school: School) -> None:
        file = folder / "agent.toml"
        file.write_text(
            f'[paths]\nstate = "{folder}/state"\nruntime = "{folder}/run"\n[session]\ngroup = "{GROUP}"\n'
        )
        self.config: AgentConfig = config.load(file)
        self.school = school
        self.place = PendingFile(file)
        self.told: list[str] = []
        self.enrolled = asyncio.Event()

    def leave(self, **changes: str) -> None:
        told = {
            "collector": self.school.enrolment,
            "pin": self.school.authority.pin,
            "asset_tag": "AV-0042",
            "token": TOKEN,
        }
        self.place.write(told | changes)

    def enrolment(self, command: list[str] | None = None) -> PendingEnrolment:
        ports = PendingPorts(waiting=self.told.append, enrolled=self.enrolled.set)
        words = command or command_for(self.config.file)
        return PendingEnrolment(self.place, words, ports, backoff=Backoff(QUICK), look_seconds=0.02)

    @property
    def is_enrolled(self) -> bool:
        return IdentityStore(self.config.state).load() is not None


@pytest.fixture
def device(tmp_path: Path, school: School) -> Device:
    return Device(tmp_path, school)


@pytest.fixture
async def running(device: Device) -> AsyncIterator[PendingEnrolment]:
    enrolment = device.enrolment()
    task = asyncio.create_task(enrolment.run())
    yield enrolment
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_what_is_left_while_it_runs_is_taken_up(device: Device, running: PendingEnrolment) -> None:
    assert running.describe() is None
    device.leave()
    async with asyncio.timeout(60):
        await device.enrolled.wait()
    assert device.is_enrolled
    assert device.place.mark() is None


@pytest.mark.fault
async def test_without_a_network_it_is_tried_until_there_is_one(
    device: Device, running: PendingEnrolment
) -> None:
    device.leave(collector="127.0.0.1:1")
    await until(lambda: (running.describe() or {}).get("tries", 0) >= 2, seconds=60)
    assert "no connection" in device.told[-1]
    assert "tries again by itself" in device.told[-1]
    device.leave()
    async with asyncio.timeout(60):
        await device.enrolled.wait()


@pytest.mark.fault
async def test_a_wrong_pin_is_not_tried_again_before_something_else_lies_there(
    device: Device, running: PendingEnrolment
) -> None:
    device.leave(pin=SchoolAuthority().pin)
    await until(lambda: running.describe() is not None and device.told, seconds=60)
    found = running.describe()
    assert found is not None
    assert found["outcome"] == Outcome.REFUSED
    assert device.school.authority.pin in device.told[-1]
    assert TOKEN.partition(".")[2] not in json.dumps(found)
    # Long enough for many looks; the mark is the same, so that nothing is tried.
    await asyncio.sleep(0.3)
    found = running.describe()
    assert found is not None
    assert found["tries"] == 1
    device.leave()
    async with asyncio.timeout(60):
        await device.enrolled.wait()


@pytest.mark.fault
async def test_a_program_that_says_nothing_is_tried_again(device: Device) -> None:
    device.leave()
    enrolment = device.enrolment([sys.executable, "-c", "print('zebra lantern')"])
    task = asyncio.create_task(enrolment.run())
    await until(lambda: (enrolment.describe() or {}).get("tries", 0) >= 2, seconds=60)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert "zebra" not in " ".join(device.told)
    assert not device.is_enrolled


async def test_a_file_that_is_taken_away_is_forgotten(device: Device, running: PendingEnrolment) -> None:
    device.leave(pin=SchoolAuthority().pin)
    await until(lambda: device.told, seconds=60)
    device.place.clear()
    await until(lambda: running.describe() is None)
    assert device.told[-1] == ""


async def test_a_service_says_why_it_is_not_enrolled_and_begins_anew_once_it_is(device: Device) -> None:
    device.leave(pin=SchoolAuthority().pin)
    stop, again = asyncio.Event(), asyncio.Event()
    service = asyncio.create_task(Service(device.config, PLAIN, stored=lambda _: None).run(stop, again))
    try:
        file = device.config.status_file
        await until(
            lambda: "the pin does not fit" in (status.read(file) or {}).get("not_enrolled", ""), seconds=60
        )
        found = status.read(file)
        assert found is not None
        assert found["enrolment"]["pending"]["outcome"] == "refused"
        assert not found["sensing"]
        device.leave()
        async with asyncio.timeout(60):
            await again.wait()
    finally:
        stop.set()
        await asyncio.gather(service, return_exceptions=True)
    assert device.is_enrolled
    assert device.place.mark() is None
