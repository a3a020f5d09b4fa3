"""The permanent sign in the menu bar. It counts as shown only while the system says that it is visible."""

import asyncio
from collections.abc import Callable

from lamplighter_agent.backends.macos.system import Lamp, LampPresses, LampWords, OpensSystem
from lamplighter_agent.backends.sign import Sign
from lamplighter_agent.backends.to_loop import poster
from lamplighter_agent.notice.languages import filled, language_of, moment_in

# A lost lamp is seen within this time; each look is one question to our own process.
LOOK_S = 0.5


class MenuBarIndicator:
    """A status item with words, looked at twice a second: macOS hides items without telling anybody.

    Its menu holds the whole sentence, the way to the page and "I need help", in the session's language.
    """

    def __init__(self, sign: Sign, opens: OpensSystem) -> None:
        """Take what to show, and what opens the system."""
        self._sign = sign
        self._organisation = " ".join(sign.organisation.split())[:60]
        self._language = language_of(sign.language)
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
        post = poster()
        sign = self._sign
        presses = LampPresses(page=lambda: post(sign.clicked), help=lambda: post(sign.help_clicked))
        self._lamp = self._opens().show_lamp(self._words(), presses)
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

    def _words(self) -> LampWords:
        texts = self._language.strip
        if self._on:
            title, about = texts.on_short, filled(texts.on, self._organisation)
        elif self._rests_until:
            until = moment_in(texts, self._rests_until)
            title, about = (one.replace("{until}", until) for one in (texts.rests_short, texts.rests))
        else:
            title, about = texts.off_short, texts.off
        return LampWords(title=title, about=about, page=texts.link, help=self._language.help.title)
