"""A copy of a disk says so once, with the identity that it has, and again on a further machine."""

import asyncio
from pathlib import Path

import pytest
from lamplighter_agent.backends.machine_port import MachineFacts
from lamplighter_agent.clock import SystemClock
from lamplighter_agent.copy_report import CopyReport
from lamplighter_agent.delivery.backoff import Backoff, BackoffSettings
from lamplighter_agent.enrolment.identity import Identity
from lamplighter_protos.v1.enrolment_pb2 import CopiedRequest

from tests.agent.enrolment.devices import enrolled
from tests.support.identities import enrolled as alone
from tests.support.school import School
from tests.support.waiting import until

pytestmark = pytest.mark.usefixtures("grpc_let_go")
QUICK = BackoffSettings(base_seconds=0.02, cap_seconds=0.05)
HERE, THERE = MachineFacts(product_uuid="two-2"), MachineFacts(product_uuid="three-3")


def report(state: Path, identity: Identity, facts: MachineFacts = HERE) -> CopyReport:
    return CopyReport(state, identity, SystemClock(), facts=facts, backoff=Backoff(QUICK))


def copies(school: School) -> int:
    return sum(isinstance(one, CopiedRequest) for one in school.asked)


async def test_it_is_said_once_and_again_on_a_further_machine(school: School, tmp_path: Path) -> None:
    identity = await enrolled(school, tmp_path)
    for facts, said in ((HERE, 1), (HERE, 1), (THERE, 2)):
        async with asyncio.timeout(20):
            await report(tmp_path, identity, facts).run()
        assert copies(school) == said


async def test_a_collector_that_is_away_is_told_later(school: School, tmp_path: Path) -> None:
    identity = await enrolled(school, tmp_path)
    school.busy = True
    task = asyncio.create_task(report(tmp_path, identity).run())
    async with asyncio.timeout(20):
        await school.asked_for(CopiedRequest)
        await task
    # Too many tries is the collector's word: it was heard, and is asked again at the next start.
    assert not (tmp_path / "copied.json").exists()
    school.busy = False
    async with asyncio.timeout(20):
        await report(tmp_path, identity).run()
    assert (tmp_path / "copied.json").exists()


async def test_where_nobody_answers_it_tries_on(tmp_path: Path) -> None:
    identity = alone(tmp_path / "state")
    task = asyncio.create_task(report(tmp_path, identity).run())
    await asyncio.sleep(0.1)
    assert not task.done()
    task.cancel()
    await until(task.done)
