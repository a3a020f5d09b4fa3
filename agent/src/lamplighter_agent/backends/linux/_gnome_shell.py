"""What GNOME Shell says of itself on the session bus: whether it hides all windows, and the strip with them.

Its overview and its lock screen take the windows of every program off the screen, those that stay above all
others too, and the X server is not told. Both are told on the bus (found by trial with 43.9):

    org.gnome.Shell        property OverviewActive, true while any of the overview is there
    org.gnome.ScreenSaver  its lock screen's own; absent in a session that can't be locked

Asked is the very process whose windows are on the screen, by the bus's word, and it is never waited for:
until it has said both, the strip counts as hidden.
"""

from collections.abc import Callable
from typing import Final

from dbus_fast import Message, MessageType
from dbus_fast.errors import DBusError

from lamplighter_agent.backends.linux._bus_socket import BusSocket
from lamplighter_agent.backends.linux._dbus import DBUS, PROPERTIES, rule_of_owner
from lamplighter_agent.backends.linux._shell_word import flag_in, owner_of
from lamplighter_agent.backends.linux._xstrip import Hidden

NAME: Final = "org.gnome.Shell"
SHELL: Final = "/org/gnome/Shell"
LOCK: Final = "org.gnome.ScreenSaver"
LOCK_PATH: Final = "/org/gnome/ScreenSaver"
OVERVIEW: Final = "OverviewActive"
# What a shell answers that was started without a lock screen.
_ABSENT: Final = frozenset(
    f"org.freedesktop.DBus.Error.{name}" for name in ("UnknownMethod", "UnknownObject", "UnknownInterface")
)


class GnomeShell:
    """Follows one shell. Fulfils ShellWord."""

    ask_every_s: float | None = None

    def __init__(self, address: str, pid: int) -> None:
        """Connect to the session bus; raises ConnectionError where `pid` is no shell on it."""
        # None: not said yet.
        self._overview: bool | None = None
        self._locked: bool | None = None
        self._bus = BusSocket(address)
        self.descriptor = self._bus.descriptor
        try:
            self._owner = owner_of(self._bus, NAME, pid)
            for rule in _rules(self._owner):
                self._bus.ask("AddMatch", "s", [rule])
            self._answers: dict[int, Callable[[Message], None]] = {
                self._post(SHELL, PROPERTIES, "Get", NAME, OVERVIEW): self._on_overview,
                self._post(LOCK_PATH, LOCK, "GetActive"): self._on_lock,
            }
        except (DBusError, ConnectionError) as error:
            self._bus.close()
            raise ConnectionError("no shell of this session is on the message bus") from error

    def hides(self) -> Hidden | None:
        if self._overview is None or self._locked is None:
            return Hidden.UNTOLD
        if self._locked:
            return Hidden.LOCKED
        return Hidden.OVERVIEW if self._overview else None

    def take(self) -> bool:
        messages = self._bus.taken()
        for message in messages:
            if message.message_type is MessageType.SIGNAL:
                self._on_signal(message)
            elif (on_answer := self._answers.pop(message.reply_serial, None)) is not None:
                on_answer(message)
        return bool(messages)

    def close(self) -> None:
        self._bus.close()

    def ask(self) -> None:
        """Nothing has to be asked again."""

    def _post(self, path: str, interface: str, member: str, *words: str) -> int:
        return self._bus.post((self._owner, path, interface), member, "s" * len(words), list(words))

    def _on_signal(self, message: Message) -> None:
        if message.sender == DBUS and message.member == "NameOwnerChanged":
            if message.body[0] == self._owner:
                raise ConnectionError("the shell has left the message bus")
        elif message.sender != self._owner:
            # Any program may send us what it likes.
            return
        elif message.interface == LOCK and message.member == "ActiveChanged":
            self._locked = flag_in(message.body)
        elif message.interface == PROPERTIES and message.signature == "sa{sv}as":
            name, changed, _ = message.body
            if name == NAME and OVERVIEW in changed:
                self._overview = flag_in([changed[OVERVIEW]])

    def _on_overview(self, answer: Message) -> None:
        self._overview = flag_in(answer.body) if answer.message_type is MessageType.METHOD_RETURN else None

    def _on_lock(self, answer: Message) -> None:
        if answer.message_type is MessageType.METHOD_RETURN:
            self._locked = flag_in(answer.body)
        elif answer.error_name in _ABSENT:
            self._locked = False


def _rules(owner: str) -> tuple[str, ...]:
    return (
        f"type='signal',sender='{owner}',path='{SHELL}',interface='{PROPERTIES}',arg0='{NAME}'",
        f"type='signal',sender='{owner}',path='{LOCK_PATH}',interface='{LOCK}',member='ActiveChanged'",
        rule_of_owner(owner),
    )
