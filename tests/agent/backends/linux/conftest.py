from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.support.guard_driver import DrivenGuard
from tests.support.media_world import MediaWorld, media_world
from tests.support.system_bus import system_bus


@pytest_asyncio.fixture
async def address(tmp_path: Path) -> AsyncIterator[str]:
    """Of a message bus that only this test has; its folder is the test's own."""
    async with system_bus(tmp_path) as address:
        yield address


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MediaWorld]:
    """The small machine with udev, UDisks and polkit that portable media are put into."""
    with media_world(tmp_path_factory.mktemp("world")) as running:
        yield running


@pytest_asyncio.fixture
async def guard(world: MediaWorld) -> AsyncIterator[DrivenGuard]:
    """A guard of its own for each test, in a world where nothing is released."""
    driven = DrivenGuard(world)
    await driven.withdraw_all()
    yield driven
    driven.close()
