import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from lamplighter_agent.media import gate

from tests.agent.media.gated import World


@pytest.fixture
async def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    """A gate that runs, on a stick of its own."""
    monkeypatch.setattr(gate, "FIRST_RETRY_SECONDS", 0.01)
    monkeypatch.setattr(gate, "LONGEST_WAIT_SECONDS", 0.05)
    made = World(tmp_path)
    running = asyncio.create_task(made.gate.run())
    yield made
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    assert not made.guard.released
