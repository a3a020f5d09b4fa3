"""What a program needs to reach a session's display and bus, read from the session's own programs.

The environment of a program is what its user says, so none of it is believed: a socket counts only when the
kernel says that its user, or for an X server root, listens there, and lies where such sockets lie; a file
only when it is the user's own. What does not hold is left out. So the most that a person can reach is
another display of their own, never one of somebody else's. The session's first programs are asked first:
they were started by the system at sign-in, before the person could start any.
"""

import contextlib
import os
import re
import stat
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Final

import psutil

from lamplighter_agent.backends.linux._listener import X_SOCKETS, maker_of
from lamplighter_agent.backends.logins import LoginSession

ASKED: Final = 256
_X_DISPLAY: Final = re.compile(r":([0-9]{1,5})(?:\.[0-9]{1,2})?")
_BUS: Final = re.compile(r"unix:(path|abstract)=([\w./@:+-]{1,100})(?:,.*)?", re.ASCII | re.DOTALL)
_LANGUAGE: Final = re.compile(r"[\w.@-]{1,64}", re.ASCII)
_SOCKET_NAME: Final = re.compile(r"[\w.-]{1,64}", re.ASCII)
_WANTED: Final = ("DISPLAY", "WAYLAND_DISPLAY", "SWAYSOCK", "XAUTHORITY", "DBUS_SESSION_BUS_ADDRESS", "LANG")


def environment_of(session: LoginSession) -> dict[str, str]:
    """Return the checked variables of a session; those that no program of it tells are missing."""
    check = _Check(session.uid, session.runtime)
    found = {} if check.runtime is None else {"XDG_RUNTIME_DIR": str(check.runtime)}
    # The display manager's word, before any program's.
    if session.display and check.holds("DISPLAY", session.display):
        found["DISPLAY"] = session.display
    for told in _told(session):
        missing = [name for name in _WANTED if name not in found]
        found |= {name: told[name] for name in missing if name in told and check.holds(name, told[name])}
    if "DBUS_SESSION_BUS_ADDRESS" in found:
        found["DBUS_SESSION_BUS_ADDRESS"] = _plain(found["DBUS_SESSION_BUS_ADDRESS"])
    elif check.holds("DBUS_SESSION_BUS_ADDRESS", usual := f"unix:path={session.runtime}/bus"):
        found["DBUS_SESSION_BUS_ADDRESS"] = usual
    return found


def listens(path: str, owners: Collection[int]) -> bool:
    """Say whether one of `owners` listens on a socket, by the kernel's word; `path` may be abstract."""
    if not path.startswith("\0") and not _is_socket(path, owners):
        return False
    made = maker_of(path)
    return made is not None and made[1] in owners


class _Check:
    """What may be believed for one user."""

    def __init__(self, uid: int, runtime: str) -> None:
        self._uid = uid
        self.runtime = Path(runtime) if _is_private(runtime, uid) else None

    def holds(self, name: str, value: str) -> bool:
        """Say whether a variable's value leads to something of this user's own."""
        match name:
            case "DISPLAY":
                display = _X_DISPLAY.fullmatch(value)
                return display is not None and listens(f"{X_SOCKETS}/X{display[1]}", {0, self._uid})
            case "WAYLAND_DISPLAY":
                return self._listens_in_runtime(value.removeprefix(f"{self.runtime}/"))
            case "SWAYSOCK":
                start = f"{self.runtime}/"
                return value.startswith(start) and self._listens_in_runtime(value.removeprefix(start))
            case "DBUS_SESSION_BUS_ADDRESS":
                bus = _BUS.fullmatch(value)
                return bus is not None and listens(_bus_socket(bus), {self._uid})
            case "XAUTHORITY":
                return _is_own_file(value, self._uid)
            case _:
                return _LANGUAGE.fullmatch(value) is not None

    def _listens_in_runtime(self, name: str) -> bool:
        if self.runtime is None or not _SOCKET_NAME.fullmatch(name):
            return False
        return listens(str(self.runtime / name), {self._uid})


def _bus_socket(bus: re.Match[str]) -> str:
    return f"\0{bus[2]}" if bus[1] == "abstract" else bus[2]


def _plain(address: str) -> str:
    """Return the part of a bus's address that was checked."""
    bus = _BUS.fullmatch(address)
    assert bus is not None
    return f"unix:{bus[1]}={bus[2]}"


def _told(session: LoginSession) -> Iterator[Mapping[str, str]]:
    """Yield what the session's programs were started with, and then those that its user's manager runs."""
    mine: set[int] = set()
    with contextlib.suppress(psutil.Error):
        leader = psutil.Process(session.leader)
        programs = [leader, *sorted(leader.children(recursive=True), key=_age)][:ASKED]
        mine.update(program.pid for program in programs)
        yield from _environments(programs, session.uid)
    # Desktops that the user's own manager starts are no children of the leader.
    others = [program for program in psutil.process_iter() if program.pid not in mine]
    managed = [program for program in others if _is_managed(program.pid, session.uid)]
    yield from _environments(sorted(managed, key=_age)[:ASKED], session.uid)


def _environments(programs: Collection[psutil.Process], uid: int) -> Iterator[Mapping[str, str]]:
    for program in programs:
        with contextlib.suppress(psutil.Error, OSError):
            if set(program.uids()) == {uid}:
                yield program.environ()


def _age(program: psutil.Process) -> tuple[float, int]:
    try:
        return program.create_time(), program.pid
    except psutil.Error:
        return float("inf"), program.pid


def _is_managed(pid: int, uid: int) -> bool:
    """Say whether the manager of this user's services runs a process, by its control group."""
    try:
        group = Path(f"/proc/{pid}/cgroup").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return f"/user@{uid}.service/" in group


def _is_socket(path: str, owners: Collection[int]) -> bool:
    about = _about(path)
    return about is not None and stat.S_ISSOCK(about.st_mode) and about.st_uid in owners


def _is_own_file(path: str, uid: int) -> bool:
    about = _about(path)
    return about is not None and stat.S_ISREG(about.st_mode) and about.st_uid == uid


def _is_private(path: str, uid: int) -> bool:
    about = _about(path)
    if about is None or not stat.S_ISDIR(about.st_mode):
        return False
    return about.st_uid == uid and not stat.S_IMODE(about.st_mode) & 0o077


def _about(path: str) -> os.stat_result | None:
    """Return what is at an absolute path itself, not where a link leads."""
    try:
        return os.lstat(path) if path.startswith("/") else None
    except (OSError, ValueError):
        return None
