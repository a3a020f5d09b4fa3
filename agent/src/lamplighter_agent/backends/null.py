"""Explicit nothing: each port with the reason why nothing fills it here, so that `status` can say it."""

from collections.abc import Callable
from typing import Any

from lamplighter_agent.backends.media_ports import Medium, Volume
from lamplighter_agent.backends.ports import Failed, FocusCheck, KeyCapability, SensorState, TerminalState
from lamplighter_agent.errors import BackendUnavailable, NotReleased
from lamplighter_agent.media.scan.outcome import Reason, ScanLimits, ScanOutcome


class NullSource:
    """Fills every port that is started with a sink: never starts, always says why."""

    name = "none"

    def __init__(self, port: str, reason: str, remedy: str) -> None:
        self._port = port
        self._reason = reason
        self._remedy = remedy

    @property
    def capabilities(self) -> frozenset[KeyCapability]:
        return frozenset(KeyCapability)

    async def start(self, sink: Callable[[Any], None], failed: Failed) -> None:  # noqa: ARG002
        """Refuse, with the reason."""
        raise BackendUnavailable(self._port, self._reason, self._remedy)

    def check(self) -> FocusCheck:
        return FocusCheck(window_id=None, time_ms=0)

    def lacks(self) -> BackendUnavailable | None:
        """All of it, which `start` says."""
        return None

    async def stop(self) -> None: ...


class NullTerminal:
    """Fills `Terminal` where nothing can be known of terminals: no key in one is read."""

    name = "none"

    def state(self, pid: int) -> TerminalState:  # noqa: ARG002
        """Whatever it is doing, it can't be told."""
        return TerminalState.UNKNOWN


class NullNames:
    """Fills `ApplicationNames` where processes have no names."""

    def name_of(self, pid: int | None) -> str:  # noqa: ARG002
        """Return no name."""
        return ""


class NullActivity:
    """Fills `Activity` where nothing tells of the keyboard's use."""

    def keyboard_idle_ms(self) -> int | None:
        """Nothing is known."""
        return None

    def slept_seconds(self) -> float:
        """Nothing is known."""
        return 0.0

    def close(self) -> None: ...


class NullIndicator:
    """Fills `IndicatorPort` where nothing could be shown for sure: so nothing is sensed."""

    def __init__(self, reason: str, remedy: str) -> None:
        self._reason = reason
        self._remedy = remedy

    async def start(self, changed: Callable[[bool, str], None]) -> None:  # noqa: ARG002
        """Refuse, with the reason."""
        raise BackendUnavailable("indicator", self._reason, self._remedy)

    def says(self, *, on: bool, rests_until: str = "") -> None: ...

    async def stop(self) -> None: ...


class NullGuard:
    """Fills `MediaGuard` where the system can't be made to refuse portable media: they are recorded only."""

    name = "none"

    def __init__(self, reason: str, remedy: str) -> None:
        self._reason = reason
        self._remedy = remedy

    async def ready(self) -> SensorState:
        """Say that nothing is enforced, and why."""
        return SensorState(
            sensor="media guard", working=False, backend=self.name, reason=self._reason, remedy=self._remedy
        )

    async def answers(self) -> bool:
        """Whoever lets media be used here does so without us."""
        return True

    async def withdraw_all(self) -> None: ...

    async def hold(self, medium: Medium) -> None: ...

    async def release(self, volume: Volume, account_name: str, *, writable: bool) -> None:  # noqa: ARG002
        """Refuse: nothing can be let be used that is not kept from being used."""
        raise NotReleased(self._reason)

    async def withdraw(self, key: str) -> None: ...

    async def stop(self) -> None: ...


class NullScanner:
    """Looks through no medium, and so calls none clean."""

    name = "none"

    def __init__(self, reason: str, remedy: str) -> None:
        self._reason = reason
        self._remedy = remedy

    def prepare(self) -> None:
        """Nothing is to be made ready."""

    async def scan(
        self,
        volume: Volume,  # noqa: ARG002 - the port's
        progress: Callable[[int, int], None],  # noqa: ARG002
        *,
        limits: ScanLimits | None = None,  # noqa: ARG002
        known: str = "",  # noqa: ARG002
    ) -> ScanOutcome:
        return ScanOutcome(reason=Reason.ENGINE_MISSING)

    async def state(self, limits: ScanLimits | None = None) -> SensorState:  # noqa: ARG002
        return SensorState(
            sensor="scan of portable media",
            working=False,
            backend=self.name,
            reason=self._reason,
            remedy=self._remedy,
        )
