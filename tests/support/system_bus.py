"""A real message bus with a stand-in for logind on it, made with dbus-fast after logind's documentation."""

import contextlib
import subprocess
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus
from lamplighter_agent.backends.linux._dbus import PROPERTIES

NAME: Final = "org.freedesktop.login1"
ROOT: Final = "/org/freedesktop/login1"
CONFIG: Final = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><listen>unix:path={socket}</listen><auth>EXTERNAL</auth><policy context="default">
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
</policy></busconfig>
"""


def session(uid: int, **changes: Any) -> dict[str, Any]:
    """What logind tells of an ordinary graphical session in front of its seat."""
    return {
        "Uid": uid,
        "Type": "x11",
        "Class": "user",
        "Seat": "seat0",
        "Display": ":0",
        "Leader": 0,
        "Remote": False,
        "Active": True,
        "LockedHint": False,
        "State": "active",
        **changes,
    }


@dataclass
class StandInLogind:
    """Answers `ListSessions` and `GetAll`, and tells of changes."""

    bus: Any
    runtime: str
    sessions: dict[str, dict[str, Any]] = field(default_factory=dict)
    silent: bool = False
    refuses: bool = False
    # A property that it forgets to tell.
    without: str = ""

    async def now(self, **sessions: dict[str, Any]) -> None:
        """Have other sessions, and tell of them."""
        self.sessions = sessions
        await self._tell("/org/freedesktop/login1", f"{NAME}.Manager", "SessionNew", "so", ["x", f"{ROOT}/x"])

    async def change(self, id_: str, **changes: Any) -> None:
        """Change one session, and tell of it."""
        self.sessions[id_] |= changes
        body = [f"{NAME}.Session", {}, list(changes)]
        await self._tell(f"{ROOT}/session/{id_}", PROPERTIES, "PropertiesChanged", "sa{sv}as", body)

    async def _tell(self, path: str, interface: str, member: str, signature: str, body: list[Any]) -> None:
        signal = Message(
            message_type=MessageType.SIGNAL,
            path=path,
            interface=interface,
            member=member,
            signature=signature,
            body=body,
        )
        await self.bus.send(signal)

    def answer(self, message: Message) -> Message | bool:
        if message.message_type is not MessageType.METHOD_CALL:
            return False
        if self.silent:
            return True
        if self.refuses:
            return Message.new_error(message, "org.freedesktop.DBus.Error.AccessDenied", "no")
        if message.member == "ListSessions":
            listed = [
                [id_, told["Uid"], "a", told["Seat"], f"{ROOT}/session/{id_}"]
                for id_, told in self.sessions.items()
            ]
            return Message.new_method_return(message, "a(susso)", [listed])
        if message.member == "GetAll" and message.body[0] == f"{NAME}.User":
            return Message.new_method_return(message, "a{sv}", [{"RuntimePath": Variant("s", self.runtime)}])
        return self._properties(message, (message.path or "").rpartition("/")[2])

    def _properties(self, message: Message, id_: str) -> Message:
        told = self.sessions.get(id_)
        if told is None or told.get("Gone"):
            return Message.new_error(message, f"{NAME}.NoSuchSession", "no such session")
        properties = {
            "Id": Variant("s", id_),
            "User": Variant("(uo)", [told["Uid"], f"{ROOT}/user/_{told['Uid']}"]),
            "Seat": Variant("(so)", [told["Seat"], f"{ROOT}/seat/{told['Seat'] or 'none'}"]),
            "Leader": Variant("u", told["Leader"]),
        }
        properties |= {name: Variant("s", told[name]) for name in ("Type", "Class", "Display", "State")}
        properties |= {name: Variant("b", told[name]) for name in ("Remote", "Active", "LockedHint")}
        properties.pop(self.without, None)
        return Message.new_method_return(message, "a{sv}", [properties])


@contextlib.asynccontextmanager
async def system_bus(folder: Path) -> AsyncIterator[str]:
    """Run a bus without a logind; yields its address."""
    with _daemon(folder):
        yield f"unix:path={folder / 'bus'}"


@contextlib.contextmanager
def _daemon(folder: Path) -> Iterator[None]:
    (folder / "bus.conf").write_text(CONFIG.format(socket=folder / "bus"))
    command = ["dbus-daemon", f"--config-file={folder / 'bus.conf'}", "--nofork", "--print-address"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as daemon:
        assert daemon.stdout is not None
        daemon.stdout.readline()
        try:
            yield
        finally:
            daemon.terminate()


@contextlib.asynccontextmanager
async def standing_in(address: str, runtime: Path) -> AsyncIterator[StandInLogind]:
    """Have a logind on a bus, without sessions."""
    bus = await MessageBus(bus_address=address).connect()
    logind = StandInLogind(bus, str(runtime))
    bus.add_message_handler(logind.answer)
    await bus.request_name(NAME)
    try:
        yield logind
    finally:
        bus.disconnect()
        await bus.wait_for_disconnect()  # type: ignore[no-untyped-call]
