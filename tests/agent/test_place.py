"""At school is where the school's own collector answers at an address that it has nowhere else."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import pytest
from lamplighter_agent.errors import NotEnrolled
from lamplighter_agent.place import (
    ASK_SECONDS,
    HOLDS_SECONDS,
    NO_ADDRESS,
    NO_ANSWER,
    NOT_ASKED,
    Whereabouts,
    is_private,
)

from tests.agent.delivery.ingest import Ingest, serving
from tests.support.certificates import Authority
from tests.support.channels import tls_of
from tests.support.waiting import until

pytestmark = pytest.mark.usefixtures("grpc_let_go")
SCHOOL = "Marrowby Vale School"
# Nothing listens there, and nothing can (RFC 5737).
ELSEWHERE = "192.0.2.1:9443"


class Laptop:
    """One device with its own idea of time; what it hears is awaited."""

    def __init__(self, authority: Authority, collector: str) -> None:
        files = authority.device("laptop-017")
        self.asked: list[str] = []
        self.moves: asyncio.Queue[bool] = asyncio.Queue()
        self.seconds = 1000.0
        self._files = files
        self.place = Whereabouts(collector, self._connect, awake=lambda: self.seconds, changed=self._moved)

    def _connect(self, address: str) -> grpc.aio.Channel:
        self.asked.append(address)
        return tls_of(self._files, address, server_name="localhost", direct=True).open()

    def _moved(self) -> None:
        self.moves.put_nowait(self.place.on_site)

    async def moved(self) -> bool:
        async with asyncio.timeout(20):
            return await self.moves.get()

    @contextlib.asynccontextmanager
    async def awake(self) -> AsyncIterator[None]:
        running = asyncio.create_task(self.place.run())
        try:
            yield
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(SCHOOL, tmp_path)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("10.1.2.3", True),
        ("172.16.0.1", True),
        ("172.32.0.1", False),
        ("192.168.178.1", True),
        ("169.254.3.4", True),
        ("127.0.0.1", True),
        ("::1", True),
        ("fd12:3456::1", True),
        ("fe80::1%eth0", True),
        ("2001:db8::1", False),
        ("192.0.2.1", False),
        ("8.8.8.8", False),
        ("collector.marrowby.example", False),
        ("", False),
    ],
)
def test_private_is_what_no_internet_reaches(host: str, *, expected: bool) -> None:
    assert is_private(host) is expected


async def test_the_collector_at_a_private_address_is_school_and_its_silence_is_not(
    authority: Authority,
) -> None:
    async with serving(Ingest(), authority.collector()) as port:
        laptop = Laptop(authority, f"localhost:{port}")
        assert laptop.place.describe() == {"on_site": False, "known": False, "reason": NOT_ASKED}
        async with laptop.awake():
            assert await laptop.moved()
            assert laptop.place.describe() == {"on_site": True, "known": True, "reason": ""}
            assert set(laptop.asked) <= {f"127.0.0.1:{port}", f"[::1]:{port}"}
            laptop.seconds += ASK_SECONDS - 1
            assert laptop.place.on_site
    async with laptop.awake():
        laptop.place.look()
        assert not await laptop.moved()
    assert laptop.place.describe() == {"on_site": False, "known": True, "reason": NO_ANSWER}


async def test_after_a_suspend_an_answer_from_before_counts_for_nothing(authority: Authority) -> None:
    async with serving(Ingest(), authority.collector()) as port:
        laptop = Laptop(authority, f"127.0.0.1:{port}")
        async with laptop.awake():
            assert await laptop.moved()
    laptop.seconds += HOLDS_SECONDS
    # Judged by that at once, also before anybody looks.
    assert not laptop.place.on_site
    async with laptop.awake():
        laptop.place.look()
        assert not await laptop.moved()


async def test_another_school_s_collector_at_the_same_address_is_not_school(
    authority: Authority, tmp_path: Path
) -> None:
    stranger = Authority("Somebody Else", tmp_path / "other")
    async with serving(Ingest(), stranger.collector()) as port:
        laptop = Laptop(authority, f"127.0.0.1:{port}")
        async with laptop.awake():
            await until(lambda: laptop.place.describe()["reason"] == NO_ANSWER)
        assert not laptop.place.on_site
        assert laptop.moves.empty()


async def test_a_public_collector_is_never_asked_and_the_policy_may_name_its_address_at_school(
    authority: Authority,
) -> None:
    async with serving(Ingest(), authority.collector()) as port:
        laptop = Laptop(authority, ELSEWHERE)
        async with laptop.awake():
            await until(lambda: laptop.place.describe()["reason"] == NO_ADDRESS)
            assert (laptop.asked, laptop.place.describe()["known"]) == ([], False)
            laptop.place.follow((f"127.0.0.1:{port}",))
            assert await laptop.moved()
            assert laptop.asked == [f"127.0.0.1:{port}"]
            # "Never on site", by policy: what was answered to another question is forgotten at once.
            laptop.place.follow(())
            assert not laptop.place.on_site
            assert not await laptop.moved()


async def test_a_name_that_means_nothing_here_and_an_identity_that_is_over_are_away(
    authority: Authority,
) -> None:
    laptop = Laptop(authority, "no-such-host.invalid:9443")
    async with laptop.awake():
        await until(lambda: laptop.place.describe()["reason"] == NO_ADDRESS)

    def over(_address: str) -> grpc.aio.Channel:
        raise NotEnrolled("certificate: expired")

    place = Whereabouts("127.0.0.1:1", over, awake=lambda: 0.0, changed=lambda: None)
    running = asyncio.create_task(place.run())
    await until(lambda: place.describe()["reason"] == NO_ANSWER)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert not place.on_site


async def test_a_name_that_can_be_none_is_away(authority: Authority) -> None:
    laptop = Laptop(authority, f"{'x' * 70}.example:9443")
    async with laptop.awake():
        await until(lambda: laptop.place.describe()["reason"] == NO_ADDRESS)
    assert laptop.asked == []
