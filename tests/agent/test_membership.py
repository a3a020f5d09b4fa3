"""What keeps a device enrolled, and the only words that end it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import grpc
import pytest
from lamplighter_agent.clock import SystemClock
from lamplighter_agent.enrolment.contact import ContactFile
from lamplighter_agent.enrolment.identity import Identity
from lamplighter_agent.enrolment.silence import GRACE_SECONDS, Contact
from lamplighter_agent.errors import NotEnrolled
from lamplighter_agent.membership import Membership, MembershipPorts

from tests.agent.enrolment.devices import enrolled
from tests.support import identities
from tests.support.bundled import ONE_WORD
from tests.support.school import open_school

pytestmark = pytest.mark.usefixtures("grpc_let_go")
DAY = timedelta(days=1)


class Told:
    """Whom a membership tells."""

    def __init__(self) -> None:
        self.reasons: asyncio.Queue[str] = asyncio.Queue()
        self.renewed = asyncio.Event()

    @property
    def ports(self) -> MembershipPorts:
        return MembershipPorts(
            renewed=self.renewed.set,
            silence=lambda: None,
            changed=lambda: None,
            ended=self.reasons.put_nowait,
        )


@contextlib.asynccontextmanager
async def kept(state: Path, identity: Identity, told: Told) -> AsyncIterator[Membership]:
    membership = Membership(state, identity, SystemClock(), told.ports)
    tasks = membership.start()
    try:
        yield membership
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def silent_since(state: Path, days: int, seconds: float) -> None:
    """Have a last contact so many days ago, and so much running time in silence."""
    now = SystemClock().now()
    ContactFile(state, otherwise=now).becomes(Contact(at=now - days * DAY, silent_seconds=seconds))


async def test_a_renewal_is_a_contact_and_has_connections_made_anew(tmp_path: Path) -> None:
    told = Told()
    async with open_school() as school:
        school.life = timedelta(seconds=2)
        identity = await enrolled(school, tmp_path)
        silent_since(tmp_path, 91, 0)
        school.life = 14 * DAY
        async with kept(tmp_path, identity, told) as membership:
            assert membership.silent
            async with asyncio.timeout(20):
                await told.renewed.wait()
            assert membership.identity.certificate != identity.certificate
            async with membership.connect() as channel:
                assert isinstance(channel, grpc.aio.Channel)
            found = membership.describe()
    assert found["renewal_problem"] == ""
    assert found["certificate_until"] > identity.until.isoformat()
    assert found["key"] == "a file, mode 0600"
    assert ContactFile(tmp_path, otherwise=identity.obtained_at).contact.silent_seconds == 0


@pytest.mark.parametrize(
    "reason", ["identity-replaced", "certificate-too-old", "token-unknown", "", "revoked"]
)
async def test_no_other_refusal_ends_a_device(tmp_path: Path, reason: str) -> None:
    told = Told()
    async with kept(tmp_path, identities.enrolled(tmp_path, keywords=ONE_WORD), told) as membership:
        membership.refused(reason)
        assert told.reasons.empty()
        membership.refused("device-revoked")
        assert told.reasons.get_nowait() == "device-revoked"


async def test_silence_stops_sensing_and_says_why(tmp_path: Path) -> None:
    told = Told()
    identity = identities.enrolled(tmp_path, keywords=ONE_WORD)
    silent_since(tmp_path, 91, GRACE_SECONDS - 60)
    async with kept(tmp_path, identity, told) as membership:
        assert membership.silent
        assert "clock" in membership.silent_why
        assert membership.describe()["silent"] == membership.silent_why
        assert told.reasons.empty()
        membership.heard()
        await asyncio.sleep(0.05)
        assert membership.silent_why == ""


async def test_silence_that_had_its_day_ends_the_device_at_the_start(tmp_path: Path) -> None:
    told = Told()
    identity = identities.enrolled(tmp_path, keywords=ONE_WORD)
    silent_since(tmp_path, 91, GRACE_SECONDS)
    async with kept(tmp_path, identity, told):
        assert told.reasons.get_nowait() == "silent"


async def test_a_certificate_that_is_over_is_named_before_anybody_is_asked(tmp_path: Path) -> None:
    told = Told()
    async with open_school() as school:
        school.life = -DAY
        identity = await enrolled(school, tmp_path)
        membership = Membership(tmp_path, identity, SystemClock(), told.ports)
        with pytest.raises(NotEnrolled, match="expired"):
            membership.connect()
