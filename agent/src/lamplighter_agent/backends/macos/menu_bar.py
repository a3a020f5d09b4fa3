"""The permanent sign in the menu bar. It counts as shown only while the system says that it is visible."""

import asyncio
import contextlib
from collections.abc import Callable

from lamplighter_agent.backends.macos.system import Lamp, OpensSystem

# A lost lamp is seen within this time; each look is one question to our own process.
LOOK_S = 0.5


class MenuBarIndicator:
    """A status item with words, looked at twice a second: macOS hides items without telling anybody."""

    def __init__(self, *, organisation: str, clicked: Callable[[], None], opens: OpensSystem) -> None:
        self._organisation = " ".join(organisation.split())[:60]
        self._clicked = clicked
        self._opens = opens
        self._lamp: Lamp | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._shown = False
        self._on = False
        self._rests_until = ""
        self._changed: Callable[[bool, str], None] = lambda *_: None

    async def start(self, changed: Callable[[bool, str], None]) -> None:
        """Show it and say whether it can be seen; raises BackendUnavailable where there is no menu bar."""
        await self.stop()
        loop = asyncio.get_running_loop()

        def clicked() -> None:
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self._clicked)

        self._lamp = self._opens().show_lamp(self._words(), clicked)
        self._changed = changed
        reason = self._lamp.missing()
        self._shown = not reason
        changed(self._shown, reason)
        self._again()

    def says(self, *, on: bool, rests_until: str = "") -> None:
        """Tell in its words whether this device is checked."""
        self._on, self._rests_until = on, rests_until
        if self._lamp is not None:
            self._lamp.says(self._words())

    async def stop(self) -> None:
        """Take it off. Idempotent."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        lamp, self._lamp = self._lamp, None
        self._shown = False
        if lamp is not None:
            lamp.remove()

    def _again(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(LOOK_S, self._look)

    def _look(self) -> None:
        if self._lamp is None:
            return
        reason = self._lamp.missing()
        if reason:
            self._lamp.restore()
        if self._shown == bool(reason):
            self._shown = not reason
            self._changed(self._shown, reason)
        self._again()

    def _words(self) -> str:
        if self._on:
            return f"{self._organisation}: this device is checked"
        until = f" until {self._rests_until}" if self._rests_until else ""
        return f"{self._organisation}: not checked{until}"
