"""What KWin, the compositor of KDE Plasma, says of itself on the session bus: whether it hides all windows.

Its overview, desktop grid and window view paint a picture of their own over every window, those that stay
above all others too; its lock screen hides them. KWin tells of its effects only when it is asked:

    /Effects      org.kde.kwin.Effects         property activeEffects: names (found by trial with 5.27.5)
    /ScreenSaver  org.freedesktop.ScreenSaver  GetActive

Both are asked again and again, and an answer that has not come by the next question is none. An effect that
is not known to leave the strip in sight counts as one that hides it. Asked is the very process whose windows
are on the screen, by the bus's word, and it is never waited for.
"""

from collections.abc import Callable
from typing import Any, Final

from dbus_fast import Message, MessageType
from dbus_fast.errors import DBusError

from lamplighter_agent.backends.linux._bus_socket import BusSocket
from lamplighter_agent.backends.linux._dbus import DBUS, PROPERTIES, rule_of_owner
from lamplighter_agent.backends.linux._shell_word import flag_in, owner_of, value_in
from lamplighter_agent.backends.linux._xstrip import Hidden

NAME: Final = "org.kde.KWin"
EFFECTS_PATH: Final = "/Effects"
EFFECTS: Final = "org.kde.kwin.Effects"
ACTIVE: Final = "activeEffects"
LOCK_PATH: Final = "/ScreenSaver"
LOCK: Final = "org.freedesktop.ScreenSaver"
# They draw behind a window; in a session with them they are always active.
HARMLESS: Final = frozenset({"blur", "contrast"})
# The sensors stop 1.3 s after it is known, and 2 s after it is so.
ASK_EVERY_S: Final = 0.5


class KWin:
    """Asks one KWin. Fulfils ShellWord."""

    ask_every_s: float | None = ASK_EVERY_S

    def __init__(self, address: str, pid: int) -> None:
        """Connect to the session bus and ask; raises ConnectionError where `pid` is no KWin on it."""
        # None: not said yet, or not in time.
        self._effects: frozenset[str] | None = None
        self._locked: bool | None = None
        self._answers: dict[int, Callable[[Message], None]] = {}
        self._bus = BusSocket(address)
        self.descriptor = self._bus.descriptor
        try:
            self._owner = owner_of(self._bus, NAME, pid)
            self._bus.ask("AddMatch", "s", [rule_of_owner(self._owner)])
            self.ask()
        except (DBusError, ConnectionError) as error:
            self._bus.close()
            raise ConnectionError("no KWin of this session is on the message bus") from error

    def hides(self) -> Hidden | None:
        if self._effects is None or self._locked is None:
            return Hidden.UNTOLD
        if self._locked:
            return Hidden.LOCKED
        return None if self._effects <= HARMLESS else Hidden.EFFECT

    def ask(self) -> None:
        if self._answers:
            self._effects = self._locked = None
        self._answers = {
            self._post(EFFECTS_PATH, PROPERTIES, "Get", EFFECTS, ACTIVE): self._on_effects,
            self._post(LOCK_PATH, LOCK, "GetActive"): self._on_lock,
        }

    def take(self) -> bool:
        before = self.hides()
        for message in self._bus.taken():
            if message.message_type is MessageType.SIGNAL:
                if message.sender == DBUS and message.body[:1] == [self._owner]:
                    raise ConnectionError("KWin has left the message bus")
            elif (on_answer := self._answers.pop(message.reply_serial, None)) is not None:
                on_answer(message)
        return self.hides() is not before

    def close(self) -> None:
        self._bus.close()

    def _post(self, path: str, interface: str, member: str, *words: str) -> int:
        return self._bus.post((self._owner, path, interface), member, "s" * len(words), list(words))

    def _on_effects(self, answer: Message) -> None:
        names = value_in(_right(answer))
        told = isinstance(names, list) and all(isinstance(name, str) for name in names)
        self._effects = frozenset(names) if told else None

    def _on_lock(self, answer: Message) -> None:
        self._locked = flag_in(_right(answer))


def _right(answer: Message) -> list[Any]:
    """Return what was answered; nothing where that is an error."""
    return answer.body if answer.message_type is MessageType.METHOD_RETURN else []
