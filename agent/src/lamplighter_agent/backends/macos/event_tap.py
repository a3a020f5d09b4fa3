"""Keys of a macOS session: a listen-only event tap on the main run loop, which can't change or delay a key.

No question is put to the Text Input Sources: asked off the main thread they end the process. The window
server has already given each event its text. While a program has secure input on (a password field), the
system withholds keys from taps; what comes all the same is dropped here.

The tap's callback does nothing but hand over. A tap that the system switches off, because a callback was
slow or the person withdrew the permission, is a source that broke: keys were lost, and that is said.
"""

from collections.abc import Callable

from lamplighter_agent.backends.macos._keys import classify
from lamplighter_agent.backends.macos.system import Close, OpensSystem, System, TapKey, TapStopped
from lamplighter_agent.backends.ports import Failed, KeyCapability, KeyPress
from lamplighter_agent.backends.to_loop import poster
from lamplighter_agent.errors import BackendUnavailable

PORT = "KeySource"
PERMISSION = "allow Lamplighter under Privacy and Security, Input Monitoring, or by the school's profile"


class EventTap:
    """Key presses of the session that this process belongs to."""

    name = "listen-only event tap"
    capabilities = frozenset({KeyCapability.ALT_GR, KeyCapability.LAYOUT_SWITCH, KeyCapability.GROUPS})

    def __init__(self, opens: OpensSystem) -> None:
        self._opens = opens
        self._system: System | None = None
        self._close: Close | None = None
        # Tells the news of this start from what an earlier one left on its way.
        self._run = 0
        self._sink: Callable[[KeyPress], None] = lambda _: None
        self._failed: Failed = lambda _: None

    async def start(self, sink: Callable[[KeyPress], None], failed: Failed) -> None:
        """Listen; the tap is enabled when this returns."""
        system = self._opens()
        if not system.may_listen():
            raise BackendUnavailable(PORT, "Input Monitoring is not granted", PERMISSION)
        post = poster()
        self._run += 1
        run = self._run
        self._system, self._sink, self._failed = system, sink, failed
        self._close = system.listen(lambda news: post(self._on_news, run, news))
        if self._close is None:
            raise BackendUnavailable(PORT, "the system refuses an event tap", PERMISSION)

    async def stop(self) -> None:
        close, self._close = self._close, None
        if close is not None:
            close()

    def _on_news(self, run: int, news: TapKey | TapStopped) -> None:
        if run != self._run or self._close is None or self._system is None:
            return
        if isinstance(news, TapStopped):
            close, self._close = self._close, None
            close()
            reason = f"the system switched the event tap off ({news.reason})"
            self._failed(BackendUnavailable(PORT, reason, PERMISSION))
            return
        if self._system.secure_input():
            return
        meaning = classify(news.code, news.flags, news.text)
        if meaning is not None:
            self._sink(KeyPress(kind=meaning[0], text=meaning[1], time_ms=news.time_ms))
