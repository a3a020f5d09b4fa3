"""Whether a Mac slept; never whether somebody types. Never ran on a Mac."""

from collections.abc import Callable

from lamplighter_agent.backends.macos import power


class MacActivity:
    """Fills `Activity`. No key source runs by itself here, so that nothing asks when the last key was."""

    def __init__(self, slept: Callable[[], float] = power.slept_seconds) -> None:
        self._slept = slept

    def keyboard_idle_ms(self) -> int | None:
        """It is not asked for."""
        return None

    def slept_seconds(self) -> float:
        return self._slept()

    def close(self) -> None: ...
