"""`enrol-later`, and one try of the service's with what it left, against a school with real TLS."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from lamplighter_agent.enrolment.identity import IdentityStore
from lamplighter_agent.enrolment.pending import Outcome

from tests.agent.test_enrol_command import NO_ROOM
from tests.support.school import TOKEN, School, SchoolAuthority, open_school


@dataclass(frozen=True, slots=True)
class Device:
    """One device's folder, and its command line."""

    folder: Path
    school: School

    @property
    def state(self) -> Path:
        return self.folder / "state"

    @property
    def left(self) -> Path:
        return self.folder / "enrolment.toml"

    def config(self) -> Path:
        path = self.folder / "agent.toml"
        path.write_text(f'[paths]\nstate = "{self.state}"\nruntime = "{self.folder}/run"\n')
        return path

    async def later(self, **changes: str) -> subprocess.CompletedProcess[str]:
        told = {
            "collector": self.school.enrolment,
            "pin": self.school.authority.pin,
            "asset-tag": "AV-0042",
            "token": TOKEN,
        } | changes
        return await self.run("enrol-later", *(f"--{name}={value}" for name, value in told.items()))

    async def tried(self, *, before: Sequence[str] = ()) -> tuple[Outcome, str]:
        done = await self.run("enrol-left", before=before)
        assert done.returncode == 0, done.stderr
        assert TOKEN.partition(".")[2] not in done.stdout + done.stderr
        found = json.loads(done.stdout)
        return Outcome(found["outcome"]), found["problem"]

    async def run(self, *words: str, before: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
        command = [*before, sys.executable, "-m", "lamplighter_agent", *words, "--config", str(self.config())]
        return await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=False)

    @property
    def tag(self) -> str:
        identity = IdentityStore(self.state).load()
        return "" if identity is None else identity.asset_tag


@pytest.fixture
def device(tmp_path: Path, school: School) -> Device:
    return Device(tmp_path, school)


async def test_what_was_left_enrols_and_is_gone(device: Device) -> None:
    done = await device.later()
    assert (done.returncode, done.stderr) == (0, "")
    assert device.left.exists()
    assert await device.tried() == (Outcome.ENROLLED, "")
    assert device.tag == "AV-0042"
    assert not device.left.exists()
    assert await device.tried() == (Outcome.NONE, "")


async def test_the_token_s_own_file_goes_too(device: Device) -> None:
    token = device.folder / "token"
    token.write_text(TOKEN)
    token.chmod(0o600)
    device.left.write_text(
        f'collector = "{device.school.enrolment}"\npin = "{device.school.authority.pin}"\n'
        f'asset_tag = "AV-7"\ntoken_file = "{token}"\n'
    )
    device.left.chmod(0o600)
    assert await device.tried() == (Outcome.ENROLLED, "")
    assert not token.exists()


@pytest.mark.fault
async def test_a_wrong_pin_is_refused_for_good_and_says_which_was_found(device: Device) -> None:
    await device.later(pin=SchoolAuthority().pin)
    outcome, problem = await device.tried()
    assert outcome is Outcome.REFUSED
    assert device.school.authority.pin in problem
    assert not device.school.asked
    assert device.left.exists()


@pytest.mark.fault
@pytest.mark.parametrize("reason", ["token-used-up", "token-unknown", "asset-tag-enrolled"])
async def test_a_token_that_the_collector_refuses_is_refused_for_good(device: Device, reason: str) -> None:
    device.school.refuse = reason
    await device.later()
    outcome, problem = await device.tried()
    assert outcome is Outcome.REFUSED
    assert "tokens issue" in problem
    assert device.left.exists()


@pytest.mark.fault
async def test_without_a_network_and_where_it_is_crowded_it_is_tried_later(device: Device) -> None:
    await device.later(collector="127.0.0.1:1")
    outcome, problem = await device.tried()
    assert (outcome, "no connection" in problem) == (Outcome.LATER, True)
    device.school.busy = True
    await device.later()
    assert (await device.tried())[0] is Outcome.LATER


@pytest.mark.fault
async def test_a_clock_that_is_years_off_is_named_and_waited_for(tmp_path: Path) -> None:
    async with open_school(SchoolAuthority(days_ahead=4000)) as school:
        device = Device(tmp_path, school)
        await device.later()
        outcome, problem = await device.tried()
        assert not school.asked
    assert outcome is Outcome.LATER
    assert "set the clock" in problem
    assert device.left.exists()


@pytest.mark.fault
async def test_a_file_that_others_can_read_is_refused(device: Device) -> None:
    await device.later()
    device.left.chmod(0o644)
    outcome, problem = await device.tried()
    assert (outcome, "others than root" in problem) == (Outcome.REFUSED, True)
    assert not device.school.asked


@pytest.mark.fault
async def test_what_was_left_on_an_enrolled_device_is_tidied_away_or_named(device: Device) -> None:
    await device.later()
    await device.tried()
    await device.later()
    assert await device.tried() == (Outcome.OVER, "")
    assert not device.left.exists()
    await device.later(**{"asset-tag": "AV-0043"})
    assert (await device.tried())[0] is Outcome.IGNORED
    assert device.left.exists()
    assert device.tag == "AV-0042"
    assert len(device.school.asked) == 1


@pytest.mark.fault
async def test_a_state_folder_that_can_t_be_is_waited_for(device: Device) -> None:
    await device.later()
    device.state.write_text("a file in the way")
    outcome, problem = await device.tried()
    assert outcome is Outcome.LATER
    assert "paths.state" in problem
    assert not device.school.asked
    device.state.unlink()
    assert (await device.tried(before=NO_ROOM))[0] is Outcome.LATER
    assert not device.school.asked
    assert await device.tried() == (Outcome.ENROLLED, "")


async def test_what_can_t_be_right_is_said_at_once(device: Device) -> None:
    done = await device.later(pin="abc")
    assert done.returncode == 2
    assert "--pin" in done.stderr
    assert not device.left.exists()
