"""One sensor's life: start, break, try again while it is wanted. One that fails never stops the others."""

import asyncio
from collections.abc import Awaitable, Callable

from lamplighter_agent.backends.ports import Failed, SensorState
from lamplighter_agent.errors import BackendUnavailable

FIRST_RETRY_S = 2.0
LAST_RETRY_S = 30.0
_MINUTE_S = 60.0


class Sensor:
    """Runs one backend and knows its `SensorState`; `lost` is called when a working one breaks.

    What it counts is kept over stops and starts, for the life of the session helper.
    """

    def __init__(
        self,
        title: str,
        backend: str,
        *,
        start: Callable[[Failed], Awaitable[None]],
        stop: Callable[[], Awaitable[None]],
        lost: Callable[[], None],
        changed: Callable[[], None],
    ) -> None:
        self._title = title
        self._backend = backend
        self._start = start
        self._stop = stop
        self._lost = lost
        self._changed = changed
        self._problem: BackendUnavailable | None = BackendUnavailable(title, "not started", "")
        self._wanted = False
        self._retry: asyncio.Task[None] | None = None
        self.seen = 0
        self.dropped = 0
        self._seen_at: float | None = None

    def saw(self, now: float) -> None:
        """Count something that came, at a monotonic time."""
        self.seen += 1
        self._seen_at = now

    def quiet_minutes(self, now: float) -> int | None:
        """Return for how many whole minutes nothing has come; no finer, since it tells of a person's pace."""
        return None if self._seen_at is None else int((now - self._seen_at) // _MINUTE_S)

    def state(self) -> SensorState:
        """Return this sensor's line of `status`."""
        problem = self._problem
        return SensorState(
            sensor=self._title,
            working=problem is None,
            backend=self._backend,
            reason=problem.reason if problem else "",
            remedy=problem.remedy if problem else "",
            seen=self.seen,
            dropped=self.dropped,
        )

    @property
    def working(self) -> bool:
        return self._problem is None

    async def start(self) -> None:
        """Start the backend; where it can't, say why in `state` and try again later."""
        self._wanted = True
        if not await self._try():
            self._retry = asyncio.get_running_loop().create_task(
                self._try_again(), name=f"retry {self._title}"
            )

    def unwanted(self, reason: str) -> None:
        """Say why this one is not started."""
        self._tell(BackendUnavailable(self._title, reason, ""))

    async def stop(self) -> None:
        """Stop the backend and any further try."""
        self._wanted = False
        retry, self._retry = self._retry, None
        if retry is not None:
            retry.cancel()
            await asyncio.gather(retry, return_exceptions=True)
        await self._stop()
        self._problem = BackendUnavailable(self._title, "stopped", "")

    async def _try(self) -> bool:
        try:
            await self._start(self._failed)
        except BackendUnavailable as unavailable:
            problem = unavailable
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not end the tries
            problem = self._fault("started", error)
        else:
            self._tell(None)
            return True
        # What had begun before it failed must not go on while `state` says that nothing works.
        await self._cleared()
        self._tell(problem)
        return False

    async def _try_again(self) -> None:
        wait = FIRST_RETRY_S
        while self._wanted:
            await asyncio.sleep(wait)
            wait = min(wait * 2, LAST_RETRY_S)
            # What could not be stopped is not started a second time beside it.
            if await self._cleared() and await self._try():
                return

    async def _cleared(self) -> bool:
        """Stop what may still run; where that fails, say so in `state`, for the next try to do it again."""
        try:
            await self._stop()
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not end the tries
            self._tell(self._fault("stopped", error))
            return False
        return True

    def _fault(self, what: str, error: Exception) -> BackendUnavailable:
        """Tell a fault of ours by its kind alone: its words may be a person's."""
        reason = f"it could not be {what}: {type(error).__name__}"
        return BackendUnavailable(self._title, reason, "it is tried again by itself")

    def _failed(self, problem: BackendUnavailable) -> None:
        if not self._wanted or self._problem is not None:
            return
        self._tell(problem)
        self._lost()
        self._retry = asyncio.get_running_loop().create_task(self._try_again(), name=f"retry {self._title}")

    def _tell(self, problem: BackendUnavailable | None) -> None:
        # The same reason again is no news.
        same = (problem is None) == (self._problem is None) and (
            problem is None or (self._problem is not None and problem.reason == self._problem.reason)
        )
        self._problem = problem
        if not same:
            self._changed()
