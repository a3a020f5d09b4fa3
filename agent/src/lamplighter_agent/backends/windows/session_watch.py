"""The sessions of people on this device, and a helper in each, as Windows has them."""

import asyncio
import contextlib
import subprocess
from collections.abc import Sequence
from pathlib import Path, PureWindowsPath
from typing import Any, cast

import pywintypes
import win32api
import win32con
import win32process
import win32profile
import win32security
import win32ts

from lamplighter_agent.backends.windows.account_names import language_of, name_of
from lamplighter_agent.backends.windows.person_session import SERVICES, PersonSession

DESKTOP = r"winsta0\default"
# Somebody is signed in and in front: one that was switched away from rests, as on other systems.
ACTIVE = 0
# Of WTS_INFO_CLASS, and what it says of a session that is looked at from another device.
_PROTOCOL, _REMOTE = 16, 2
_FAILED = (pywintypes.error, OSError)
_HERE = win32ts.WTS_CURRENT_SERVER_HANDLE


def sessions() -> list[PersonSession]:
    """Return the sessions at this device that somebody is in front of; needs the rights of the system."""
    found = []
    for entry in win32ts.WTSEnumerateSessions(_HERE):
        number = int(entry["SessionId"])
        if number != SERVICES and entry["State"] == ACTIVE:
            with contextlib.suppress(*_FAILED):
                if win32ts.WTSQuerySessionInformation(_HERE, number, _PROTOCOL) != _REMOTE:
                    found.append(_person(number, win32ts.WTSQueryUserToken(number)))
    return found


def _person(number: int, token: Any) -> PersonSession:
    user = _user(token)
    groups = win32security.GetTokenInformation(token, win32security.TokenGroups)
    return PersonSession(
        number=number,
        user=user,
        name=name_of(user),
        groups=tuple(str(win32security.ConvertSidToStringSid(one)) for one, _ in groups),
        language=language_of(user),
    )


def sign_out(number: int) -> bool:
    """End a session; False where that can't be."""
    try:
        win32ts.WTSLogoffSession(_HERE, number, False)
    except _FAILED:
        return False
    return True


def viewer(folder: Path) -> list[str]:
    """Return what shows a person what is on a medium."""
    return [str(PureWindowsPath(win32api.GetWindowsDirectory()) / "explorer.exe"), str(folder)]


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
            subprocess.list2cmdline(command),
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
    startup = win32process.STARTUPINFO()
    # A service that is not the system's may have a desktop of its own, which nobody sees.
    startup.lpDesktop = DESKTOP
    try:
        handle, thread, pid, _ = win32process.CreateProcess(
            command[0],
            subprocess.list2cmdline(command),
            None,
            None,
            False,
            win32con.CREATE_NO_WINDOW,
            None,
            str(PureWindowsPath(command[0]).parent),
            startup,
        )
        thread.Close()
    except pywintypes.error as error:
        raise OSError(error.winerror, "the helper can't be started") from error
    return WindowsProcess(handle, int(pid))


def here() -> PersonSession:
    """Return our own session and user."""
    number = int(win32ts.ProcessIdToSessionId(win32api.GetCurrentProcessId()))
    token = win32security.OpenProcessToken(win32api.GetCurrentProcess(), win32security.TOKEN_QUERY)
    return _person(number, token)
