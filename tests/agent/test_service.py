"""The service as a whole: it ends when a part of it does, and never shares its folders."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from lamplighter_agent import status
from lamplighter_agent.backends.machine_port import MachineFacts
from lamplighter_agent.backends.ports import Hardening
from lamplighter_agent.config import AgentConfig, SessionConfig
from lamplighter_agent.errors import PartEnded
from lamplighter_agent.service import Service
from lamplighter_protos.v1.enrolment_pb2 import CopiedRequest

from tests.agent.test_enrolled import config, stored_at_start
from tests.support.bundled import ONE_WORD
from tests.support.identities import enrolled, issued_by
from tests.support.pair import GROUP, Pair, running_pair
from tests.support.school import open_school
from tests.support.waiting import until, wait_for

pytestmark = pytest.mark.usefixtures("grpc_let_go")
COMMAND = [sys.executable, "-m", "lamplighter_agent"]
PLAIN = Hardening(not_dumpable=False, no_core=False, memory_locked=False)


@pytest.mark.fault
async def test_a_recorder_that_dies_ends_the_service_and_the_spool_keeps_everything(tmp_path: Path) -> None:
    told: list[bytes] = []

    def dying(stored: bytes) -> None:
        told.append(stored)
        raise RuntimeError("zebra lantern")

    settings = config(tmp_path)
    async with asyncio.timeout(30):
        with pytest.raises(PartEnded, match=r"^recorder ended: RuntimeError$"):
            await Service(settings, PLAIN, stored=dying).run(asyncio.Event())
    assert len(told) == 2
    assert not settings.socket.exists()
    assert not settings.status_file.exists()
    again = await stored_at_start(settings, told.append)
    assert (again.spool["records"], again.spool["losses_owed"], len(told)) == (2, 0, 2)


@pytest.mark.fault
def test_a_second_service_is_refused_and_the_first_goes_on() -> None:
    with running_pair(COMMAND, None, keywords=ONE_WORD) as pair:
        wait_for(pair.status, "the first service")
        second = service(pair)
        assert second.wait(timeout=30) == 2
        assert "paths.state: another service uses it" in pair.log()
        assert pair.service.poll() is None
        assert pair.socket.is_socket()
        assert pair.status()

        pair.service.kill()
        pair.service.wait()
        pair.service = service(pair)
        wait_for(pair.status, "a service after the first was killed")


def service(pair: Pair) -> subprocess.Popen[bytes]:
    """Start another on the same folders."""
    with (pair.folder / "service.log").open("ab") as log:
        return subprocess.Popen([*COMMAND, "service", "--config", str(pair.config)], stdout=log, stderr=log)


@pytest.mark.fault
async def test_on_a_copy_of_a_disk_nothing_is_delivered_and_status_says_why(tmp_path: Path) -> None:
    async with open_school() as school:
        issued = issued_by(school.authority, ingest=school.ingest)
        enrolled(tmp_path / "state", issued, keywords=ONE_WORD, machine=MachineFacts(product_uuid="other-1"))
        settings = AgentConfig(
            state=tmp_path / "state",
            runtime=tmp_path / "run",
            session=SessionConfig(group=GROUP),
            desktop=None,
        )
        stop = asyncio.Event()
        running = asyncio.create_task(Service(settings, PLAIN, stored=lambda _: None).run(stop))
        try:
            await school.asked_for(CopiedRequest)
            await until(lambda: status.read(settings.status_file) is not None)
            found = status.read(settings.status_file)
        finally:
            stop.set()
            await asyncio.gather(running)
    assert found is not None
    assert not found["enrolled"]
    assert "another machine" in found["not_enrolled"]
    assert found["collector"] == {}
    assert len(school.asked) == 1
