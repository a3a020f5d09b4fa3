from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.support.system_bus import system_bus


@pytest_asyncio.fixture
async def address(tmp_path: Path) -> AsyncIterator[str]:
    """Of a message bus that only this test has; its folder is the test's own."""
    async with system_bus(tmp_path) as address:
        yield address
