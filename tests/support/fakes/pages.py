"""Pages of programs without a bus."""

from collections.abc import Callable

from lamplighter_agent.backends.ports import PagesReport
from lamplighter_agent.errors import BackendUnavailable


class FakePages:
    """Reports what the test says or has prepared, and keeps who was in front."""

    name = "fake pages"

    def __init__(self) -> None:
        self.unavailable: BackendUnavailable | None = None
        self.front: list[tuple[int | None, str]] = []
        # What is reported when an application comes to the front.
        self.prepared: dict[str, PagesReport] = {}
        self._sink: Callable[[PagesReport], None] | None = None

    async def start(self, sink: Callable[[PagesReport], None]) -> None:
        if self.unavailable is not None:
            raise self.unavailable
        self._sink = sink

    def in_front(self, pid: int | None, application: str) -> None:
        if self._sink is not None:
            self.front.append((pid, application))
            if application in self.prepared:
                self.tell(self.prepared[application])

    async def stop(self) -> None:
        self._sink = None

    def tell(self, report: PagesReport) -> None:
        assert self._sink is not None
        self._sink(report)
