"""The sessions of people on this device, and a helper in each, as Windows has them."""

import asyncio
import contextlib
from collections.abc import Sequence
from pathlib import PureWindowsPath
from typing import Any, cast

import pywintypes
import win32api
import win32con
import win32process
import win32profile
import win32security
import win32ts

from lamplighter_agent.backends.windows.person_session import SERVICES, PersonSession

DESKTOP = r"winsta0\default"
# Somebody is signed in; disconnected is the other person of a fast user switch.
STATES = frozenset({0, 4})
_FAILED = (pywintypes.error, OSError)


def sessions() -> list[PersonSession]:
    """Return the sessions that somebody is signed in to; needs the rights of the system."""
    found = []
    for entry in win32ts.WTSEnumerateSessions(win32ts.WTS_CURRENT_SERVER_HANDLE):
        number = int(entry["SessionId"])
        if number != SERVICES and entry["State"] in STATES:
            with contextlib.suppress(*_FAILED):
                found.append(PersonSession(number=number, user=_user(win32ts.WTSQueryUserToken(number))))
    return found


def _user(token: Any) -> str:
    found = win32security.GetTokenInformation(token, win32security.TokenUser)[0]
    return str(win32security.ConvertSidToStringSid(found))


class WindowsProcess:
    """A process that was started here. `ended` releases the handle."""

    def __init__(self, handle: Any, pid: int) -> None:
        self._handle = handle
        self.pid = pid

    async def ended(self) -> int:
        """Wait for its end without a thread; return its exit code."""
        proactor = cast("Any", asyncio.get_running_loop())._proactor  # noqa: SLF001 - as asyncio's own processes
        await proactor.wait_for_handle(int(self._handle))
        code = int(win32process.GetExitCodeProcess(self._handle))
        self._handle.Close()
        return code

    def kill(self) -> None:
        with contextlib.suppress(*_FAILED):
            win32process.TerminateProcess(self._handle, 1)


def start_in(session: PersonSession, command: Sequence[str]) -> WindowsProcess:
    """Start a helper as the session's own user on its own desktop; raise `OSError` where it fails."""
    try:
        token = win32ts.WTSQueryUserToken(session.number)
        if _user(token) != session.user:
            raise PermissionError("another user is signed in by now")
        startup = win32process.STARTUPINFO()
        startup.lpDesktop = DESKTOP
        handle, thread, pid, _ = win32process.CreateProcessAsUser(
            token,
            command[0],
            _quoted(command),
            None,
            None,
            False,
            win32con.CREATE_NO_WINDOW | win32con.CREATE_UNICODE_ENVIRONMENT,
            win32profile.CreateEnvironmentBlock(token, False),
            str(PureWindowsPath(command[0]).parent),
            startup,
        )
        thread.Close()
    except pywintypes.error as error:
        raise OSError(error.winerror, "the helper can't be started") from error
    return WindowsProcess(handle, int(pid))


def start_here(command: Sequence[str]) -> WindowsProcess:
    """Start a helper in our own session, as ourselves; raise `OSError` where it fails."""
    try:
        handle, thread, pid, _ = win32process.CreateProcess(
            command[0],
            _quoted(command),
            None,
            None,
            False,
            win32con.CREATE_NO_WINDOW,
            None,
            str(PureWindowsPath(command[0]).parent),
            win32process.STARTUPINFO(),
        )
        thread.Close()
    except pywintypes.error as error:
        raise OSError(error.winerror, "the helper can't be started") from error
    return WindowsProcess(handle, int(pid))


def here() -> PersonSession:
    """Return our own session and user."""
    number = int(win32ts.ProcessIdToSessionId(win32api.GetCurrentProcessId()))
    token = win32security.OpenProcessToken(win32api.GetCurrentProcess(), win32security.TOKEN_QUERY)
    return PersonSession(number=number, user=_user(token))


def _quoted(command: Sequence[str]) -> str:
    # Paths and names of ours hold no quotes: one that does is refused, not guessed.
    if any('"' in part or part.endswith("\\") for part in command):
        raise ValueError("a part of the command can't be quoted")
    return " ".join(f'"{part}"' for part in command)
