"""The service as Windows' service manager sees it: started, told of sessions, stopped.

The manager calls on threads of its own; everything is handed to the loop, where the service's work runs.
"""

import asyncio
import contextlib
import os
import sys
import threading
from collections.abc import Callable

import pywintypes
import servicemanager
import win32service
import win32serviceutil

from lamplighter_agent.backends.serving import Wishes, Work
from lamplighter_agent.backends.windows.end_signals import on_end_signals
from lamplighter_agent.errors import LamplighterError

NAME = "Lamplighter"
DISPLAY_NAME = "Lamplighter safeguarding agent"
DESCRIPTION = (
    "Looks for signs that a pupil needs help, in the open. An icon is shown in every session while it does."
)
# A word of our own to the service: what lies on the disk has changed, as at an enrolment.
BEGIN_ANEW = 200
# What the manager's library answers where a person started us at a console.
_NOT_BY_THE_MANAGER = 1063
# So that the manager starts us again: one that has stopped by itself would stay so.
_FAILED = 2
_AGAIN_MS = 2000
_FORGOTTEN_SECONDS = 86_400


class Shell(win32serviceutil.ServiceFramework):  # type: ignore[misc]
    """One run of the service."""

    _svc_name_ = NAME
    _svc_display_name_ = DISPLAY_NAME
    _svc_description_ = DESCRIPTION
    # The manager makes the object itself, so what is to be done stands here.
    work: Work | None = None

    def __init__(self, arguments: list[str]) -> None:
        super().__init__(arguments)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wishes = Wishes()
        self._asked_to_stop = threading.Event()

    def GetAcceptedControls(self) -> int:  # noqa: N802 - pywin32's name
        accepted: int = super().GetAcceptedControls() | win32service.SERVICE_ACCEPT_SESSIONCHANGE
        return accepted

    def SvcOtherEx(self, control: int, event: int, data: object) -> None:  # noqa: N802 - pywin32's name
        del event, data
        if control == win32service.SERVICE_CONTROL_SESSIONCHANGE:
            self._post(self._wishes.sessions.set)
        elif control == BEGIN_ANEW:
            self._post(self._wishes.again.set)

    def SvcStop(self) -> None:  # noqa: N802 - pywin32's name
        self.ReportServiceStatus(win32service.SERVICE_STOP_PENDING)
        self._asked_to_stop.set()
        self._post(self._wishes.stop.set)

    def SvcDoRun(self) -> None:  # noqa: N802 - pywin32's name
        with contextlib.suppress(pywintypes.error):
            # Refused to who is no administrator; whoever installed it may have said it, too.
            start_again_after_a_crash()
        try:
            asyncio.run(self._run())
        except BaseException as error:  # noqa: BLE001 - told by its kind; the manager starts us again
            # Ours carry ids and counts only.
            said = str(error) if isinstance(error, LamplighterError) else type(error).__name__
            sys.stderr.write(f"lamplighter-agent service: {said}\n")
            os._exit(_FAILED)

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        if self.work is not None and not self._asked_to_stop.is_set():
            await self.work(self._wishes)

    def _post(self, function: Callable[[], None]) -> None:
        loop = self._loop
        if loop is not None:
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(function)


def start_again_after_a_crash() -> None:
    """Have the manager start this service again each time, which it keeps; raises `pywintypes.error`.

    Set here and not by what installs us: so it holds however that was done, and after a repair.
    """
    manager = win32service.OpenSCManager(None, None, win32service.SC_MANAGER_CONNECT)
    try:
        rights = win32service.SERVICE_CHANGE_CONFIG | win32service.SERVICE_START
        service = win32service.OpenService(manager, NAME, rights)
        try:
            wanted = {
                "ResetPeriod": _FORGOTTEN_SECONDS,
                "RebootMsg": "",
                "Command": "",
                "Actions": [(win32service.SC_ACTION_RESTART, _AGAIN_MS)] * 3,
            }
            win32service.ChangeServiceConfig2(service, win32service.SERVICE_CONFIG_FAILURE_ACTIONS, wanted)
        finally:
            win32service.CloseServiceHandle(service)
    finally:
        win32service.CloseServiceHandle(manager)


def run_service(work: Work) -> None:
    """Serve under the service manager, or at a console until Ctrl+C; returns when the service has stopped."""
    Shell.work = staticmethod(work)
    servicemanager.Initialize()
    servicemanager.PrepareToHostSingle(Shell)
    try:
        servicemanager.StartServiceCtrlDispatcher()
    except pywintypes.error as error:
        if error.winerror != _NOT_BY_THE_MANAGER:
            raise
        asyncio.run(_at_a_console(work))


async def _at_a_console(work: Work) -> None:
    wishes = Wishes()
    on_end_signals(wishes.stop.set)
    await work(wishes)


def begin_anew(pid: int) -> bool:
    """Have the service that runs begin anew; False where it is not the manager's, or we may not ask."""
    del pid  # There is one of our name.
    try:
        win32serviceutil.ControlService(NAME, BEGIN_ANEW)
    except pywintypes.error:
        return False
    return True
