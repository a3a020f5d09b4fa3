"""A key source without a keyboard."""

import asyncio
from collections.abc import Callable

from lamplighter_agent.backends.ports import Failed, KeyCapability, KeyKind, KeyPress
from lamplighter_agent.errors import BackendUnavailable


class FakeKeys:
    """Reports what the test presses while it is started."""

    name = "fake keys"
    capabilities = frozenset(KeyCapability)

    def __init__(self) -> None:
        self.unavailable: BackendUnavailable | None = None
        self.starts = 0
        self.loop: asyncio.AbstractEventLoop | None = None
        self._sink: Callable[[KeyPress], None] | None = None
        self._failed: Failed | None = None

    async def start(self, sink: Callable[[KeyPress], None], failed: Failed) -> None:
        if self.unavailable is not None:
            raise self.unavailable
        self.starts += 1
        self.loop = asyncio.get_running_loop()
        self._sink, self._failed = sink, failed

    async def stop(self) -> None:
        self._sink = self._failed = None

    def press(self, kind: KeyKind, text: str = "", *, time_ms: int = 0) -> None:
        if self._sink is not None:
            self._sink(KeyPress(kind=kind, text=text, time_ms=time_ms))

    def fail(self, problem: BackendUnavailable) -> None:
        failed, self._sink = self._failed, None
        assert failed is not None
        failed(problem)
