"""Accessible text without a bus."""

import asyncio
from collections.abc import Callable

from lamplighter_agent.backends.ports import AccessibleEvent, Failed, FieldFocused
from lamplighter_agent.errors import BackendUnavailable


class FakeAccessible:
    """Reports the events that the test tells."""

    name = "fake fields"

    def __init__(self) -> None:
        self.unavailable: BackendUnavailable | None = None
        # Whether the field of the last event was told by its focus since the start.
        self.field_known = False
        # It stops only once this is set, as where a bus answers nothing.
        self.lets_go = asyncio.Event()
        self.lets_go.set()
        self._sink: Callable[[AccessibleEvent], None] | None = None
        self._failed: Failed | None = None

    async def start(self, sink: Callable[[AccessibleEvent], None], failed: Failed) -> None:
        if self.unavailable is not None:
            raise self.unavailable
        self._sink, self._failed = sink, failed

    async def stop(self) -> None:
        await self.lets_go.wait()
        self._sink = self._failed = None
        self.field_known = False

    def tell(self, *events: AccessibleEvent) -> None:
        for event in events:
            if self._sink is not None:
                self.field_known = self.field_known or isinstance(event, FieldFocused)
                self._sink(event)

    def fail(self, problem: BackendUnavailable) -> None:
        failed, self._sink = self._failed, None
        assert failed is not None
        failed(problem)
