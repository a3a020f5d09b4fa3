"""An indicator without a screen."""

from collections.abc import Callable

from lamplighter_agent.errors import BackendUnavailable


class FakeIndicator:
    """An indicator that a test shows and hides; `broken` makes it impossible to start."""

    def __init__(self) -> None:
        self.starts = 0
        self.running = False
        self.broken = False
        self.words: list[bool] = []
        self.rests_until = ""
        self.shown = False
        self._changed: Callable[[bool, str], None] | None = None

    async def start(self, changed: Callable[[bool, str], None]) -> None:
        if self.broken:
            raise BackendUnavailable("Indicator", "no display", "log in")
        self.starts += 1
        self.running = True
        self.shown = True
        self._changed = changed
        changed(True, "")

    def says(self, *, on: bool, rests_until: str = "") -> None:
        self.words.append(on)
        self.rests_until = rests_until

    async def stop(self) -> None:
        self.running = self.shown = False

    def say(self, *, shown: bool) -> None:
        assert self._changed is not None
        self.shown = shown
        self._changed(shown, "" if shown else "covered")
