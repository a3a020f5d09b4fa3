"""A running collector for a module of page tests, and a laptop that delivers to it."""

import asyncio
import time
from collections.abc import Callable, Iterator

import pytest
from lamplighter_collector.people.roles import Role
from lamplighter_protos.v1 import detection_pb2

from tests.support.certificates import CertificateFiles
from tests.support.collector import Collector, device
from tests.support.signed_in import SignedIn, sign_in

Deliver = Callable[..., None]


@pytest.fixture(scope="module")
def collector(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collector]:
    with Collector(tmp_path_factory.mktemp("collector")) as running:
        yield running


@pytest.fixture(scope="module")
def dsl(collector: Collector) -> SignedIn:
    """A DSL who has signed in."""
    return sign_in(collector.web, collector.config, Role.DSL)


@pytest.fixture(scope="module")
def laptop(collector: Collector) -> CertificateFiles:
    return collector.enrol("lap-17")


@pytest.fixture
def deliver(collector: Collector, laptop: CertificateFiles) -> Deliver:
    """Deliver these detections and wait for their receipts."""
    return deliver_from(collector, laptop)


def deliver_from(collector: Collector, laptop: CertificateFiles) -> Deliver:
    async def send(messages: tuple[detection_pb2.Detection, ...]) -> None:
        async with device(collector.ingest, laptop) as lap:
            receipts = await lap.deliver(messages)
        assert not [receipt.reason for receipt in receipts if receipt.reason]

    return lambda *messages: asyncio.run(send(messages))


@pytest.fixture
def school_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine set to the time of the British Isles."""
    monkeypatch.setenv("TZ", "GMT0BST,M3.5.0/1,M10.5.0")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()
