"""What an enrolled device keeps over its restarts."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lamplighter_agent.backends.ports import Hardening
from lamplighter_agent.clock import SystemClock
from lamplighter_agent.config import AgentConfig, SessionConfig
from lamplighter_agent.context_counts import ContextCounts
from lamplighter_agent.enrolled import Enrolled, EnrolledPorts
from lamplighter_agent.enrolment.identity import IdentityStore
from lamplighter_agent.losses import LossLedger
from lamplighter_agent.membership import Membership, MembershipPorts
from lamplighter_agent.status import SAME_USER, ServiceStatus

from tests.support.bundled import ONE_WORD
from tests.support.identities import enrolled, issued_by
from tests.support.pair import GROUP
from tests.support.school import SCHOOL, SchoolAuthority

pytestmark = pytest.mark.usefixtures("grpc_let_go")
PORTS = MembershipPorts(
    renewed=lambda: None, silence=lambda: None, changed=lambda: None, ended=lambda _reason: None
)


def config(folder: Path, asset_tag: str = "AV-1") -> AgentConfig:
    """A device whose last run counted the context of two themes, and whose collector does not answer."""
    enrolled(folder / "state", issued_by(SchoolAuthority(), asset_tag), keywords=ONE_WORD)
    counts = ContextCounts()
    for theme in ("drugs", "weapons"):
        counts.add(datetime.now(UTC) - timedelta(days=2), theme)
    (folder / "state" / "context.json").write_text(counts.dump())
    return AgentConfig(
        state=folder / "state",
        runtime=folder / "run",
        session=SessionConfig(group=GROUP),
        desktop=None,
    )


async def stored_at_start(settings: AgentConfig, stored: Callable[[bytes], None]) -> ServiceStatus:
    """Start and stop; what start found to tell is in the spool then."""
    clock = SystemClock()
    identity = IdentityStore(settings.state).load()
    assert identity is not None
    membership = Membership(settings.state, identity, clock, PORTS)
    status = ServiceStatus(
        organisation=SCHOOL,
        not_enrolled="",
        boundary=SAME_USER,
        hardening=Hardening(not_dumpable=True, no_core=True, memory_locked=False),
        swap_forbidden=False,
    )
    ports = EnrolledPorts(
        stored=stored,
        changed=lambda: None,
        signed=lambda _signed: None,
        moved=lambda: None,
        status=status,
    )
    device = Enrolled(settings, membership, clock, LossLedger(), ports)
    await device.start()
    await device.describe(status)
    await device.stop()
    return status


async def test_another_asset_tag_costs_no_record_that_waits(tmp_path: Path) -> None:
    stored: list[bytes] = []
    await stored_at_start(config(tmp_path), stored.append)
    assert len(stored) == 2
    corrected = config(tmp_path, "AV-2")
    (tmp_path / "state" / "context.json").unlink()
    status = await stored_at_start(corrected, stored.append)
    assert (status.spool["records"], status.spool["losses_owed"], len(stored)) == (2, 0, 2)
