"""Certificates are renewed in time, recovered when late, and a refusal is told by its reason."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from lamplighter_agent.clock import SystemClock
from lamplighter_agent.enrolment import wire
from lamplighter_agent.enrolment.identity import Identity, IdentityStore
from lamplighter_agent.enrolment.renew import Renewal, RenewalPorts
from lamplighter_protos.v1.enrolment_pb2 import RecoverRequest, RenewRequest

from tests.agent.enrolment.devices import enrolled
from tests.support.school import School, open_school

T = TypeVar("T")


class Told:
    """What the renewal told, and how long it waits after a failure."""

    def __init__(self, clock: SystemClock) -> None:
        self._clock = clock
        self.identities: list[Identity] = []
        self.problems: list[str] = []
        self.reasons: list[str] = []
        self.failures: list[Exception] = []
        self._something = asyncio.Event()

    @property
    def ports(self) -> RenewalPorts:
        return RenewalPorts(
            connect=lambda identity: wire.mutual_tls(identity, self._clock),
            wait_after=self._wait,
            renewed=lambda identity: self._note(self.identities, identity),
            problem=lambda problem: self._note(self.problems, problem),
            refused=lambda reason: self._note(self.reasons, reason),
        )

    def _note(self, where: list[T], what: T) -> None:
        where.append(what)
        self._something.set()

    async def until(self, condition: Callable[[], object]) -> None:
        """Look after each thing that was told."""
        async with asyncio.timeout(15):
            while not condition():
                self._something.clear()
                await self._something.wait()

    def _wait(self, error: Exception | None) -> float:
        if error is not None:
            self._note(self.failures, error)
        return 0.05


@contextlib.asynccontextmanager
async def renewing(state: Path, identity: Identity) -> AsyncIterator[Told]:
    clock = SystemClock()
    told = Told(clock)
    task = asyncio.create_task(Renewal(IdentityStore(state), identity, told.ports, clock).run())
    try:
        yield told
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def short(school: School, state: Path, seconds: float = 6.0) -> Identity:
    school.life = timedelta(seconds=seconds)
    return await enrolled(school, state)


async def test_at_half_its_life_a_new_key_takes_over(tmp_path: Path) -> None:
    async with open_school() as school:
        old = await short(school, tmp_path)
        school.life = timedelta(days=14)
        async with renewing(tmp_path, old) as told:
            await school.asked_for(RenewRequest)
            await told.until(lambda: told.identities)
        (fresh,) = told.identities
        assert IdentityStore(tmp_path).load() == fresh
        assert fresh.private_key().public_key() == fresh.certificate.public_key()
        assert fresh.certificate.public_key() != old.certificate.public_key()
        assert fresh.obtained_at < old.until
        assert not [one for one in school.asked if isinstance(one, RecoverRequest)]


async def test_a_certificate_of_a_fortnight_is_left_alone(tmp_path: Path) -> None:
    async with open_school() as school:
        identity = await enrolled(school, tmp_path)
        async with renewing(tmp_path, identity) as told:
            await asyncio.sleep(0.2)
        assert len(school.asked) == 1
        assert not told.problems


async def test_one_that_ran_out_is_recovered_by_the_old_key(tmp_path: Path) -> None:
    async with open_school() as school:
        school.life = -timedelta(days=3)
        old = await enrolled(school, tmp_path)
        school.life = timedelta(days=14)
        async with renewing(tmp_path, old) as told:
            await told.until(lambda: told.identities)
        assert isinstance(school.asked[-1], RecoverRequest)
        found = IdentityStore(tmp_path).load()
        assert found is not None
        assert found.until > old.until + timedelta(days=10)


async def test_one_that_only_the_collector_holds_for_over_is_recovered(tmp_path: Path) -> None:
    async with open_school() as school:
        # Nobody is let in at the devices' port, as with a certificate that ran out by the school's clock.
        school.ingest = "127.0.0.1:1"
        old = await short(school, tmp_path, 0.5)
        school.life = timedelta(days=14)
        async with renewing(tmp_path, old) as told:
            await told.until(lambda: told.identities)
        assert isinstance(school.asked[-1], RecoverRequest)


@pytest.mark.parametrize("reason", ["device-revoked", "device-retired", "certificate-too-old"])
async def test_a_refusal_is_told_by_its_reason_and_changes_nothing(tmp_path: Path, reason: str) -> None:
    async with open_school() as school:
        old = await short(school, tmp_path, 0.2)
        school.refuse = reason
        async with renewing(tmp_path, old) as told:
            await told.until(lambda: told.reasons)
        assert told.reasons[0] == reason
        assert IdentityStore(tmp_path).load() == old


async def test_a_collector_that_is_away_is_asked_again(tmp_path: Path) -> None:
    async with open_school() as school:
        old = await short(school, tmp_path, 0.2)
        school.busy = True
        async with renewing(tmp_path, old) as told:
            await told.until(lambda: len(told.failures) >= 2)
            school.busy = False
            school.life = timedelta(days=14)
            await told.until(lambda: told.identities)
        assert told.problems[-1] == ""


@pytest.mark.fault
async def test_an_answer_that_does_not_fit_leaves_the_old_identity(tmp_path: Path) -> None:
    async with open_school() as school:
        old = await short(school, tmp_path, 0.2)
        school.wrong = {"certificate": b"nonsense"}
        async with renewing(tmp_path, old) as told:
            await told.until(lambda: told.problems)
        assert "can't be used" in told.problems[0]
        assert IdentityStore(tmp_path).load() == old


@pytest.mark.fault
async def test_a_key_that_is_gone_is_told_and_nothing_is_sent(tmp_path: Path) -> None:
    async with open_school() as school:
        old = await short(school, tmp_path, -1)
        old.key_file.unlink()
        async with renewing(tmp_path, old) as told:
            await told.until(lambda: told.problems)
        assert "key.pem" in told.problems[0]
        assert len(school.asked) == 1
