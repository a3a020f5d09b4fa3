"""The service as Windows' service manager sees it: started, told of sessions, stopped.

The manager calls on threads of its own; everything is handed to the loop, where the service's work runs.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable

import servicemanager
import win32service
import win32serviceutil

from lamplighter_agent.backends.to_loop import poster

NAME = "Lamplighter"
DISPLAY_NAME = "Lamplighter safeguarding agent"
DESCRIPTION = (
    "Looks for signs that a pupil needs help, in the open. An icon is shown in every session while it does."
)

Work = Callable[[asyncio.Event, asyncio.Event], Awaitable[None]]


class Shell(win32serviceutil.ServiceFramework):  # type: ignore[misc]
    """One run of the service. `work` ends after its first event and looks for sessions at its second."""

    _svc_name_ = NAME
    _svc_display_name_ = DISPLAY_NAME
    _svc_description_ = DESCRIPTION
    # The manager makes the object itself, so what is to be done stands here.
    work: Work | None = None

    def __init__(self, arguments: list[str]) -> None:
        super().__init__(arguments)
        self._post: Callable[..., None] = lambda *_: None
        self._stop = asyncio.Event()
        self._sessions = asyncio.Event()
        self._asked_to_stop = threading.Event()

    def GetAcceptedControls(self) -> int:  # noqa: N802 - pywin32's name
        accepted: int = super().GetAcceptedControls() | win32service.SERVICE_ACCEPT_SESSIONCHANGE
        return accepted

    def SvcOtherEx(self, control: int, event: int, data: object) -> None:  # noqa: N802 - pywin32's name
        del event, data
        if control == win32service.SERVICE_CONTROL_SESSIONCHANGE:
            self._post(self._sessions.set)

    def SvcStop(self) -> None:  # noqa: N802 - pywin32's name
        self.ReportServiceStatus(win32service.SERVICE_STOP_PENDING)
        self._asked_to_stop.set()
        self._post(self._stop.set)

    def SvcDoRun(self) -> None:  # noqa: N802 - pywin32's name
        asyncio.run(self._run())

    async def _run(self) -> None:
        self._post = poster()
        if self.work is not None and not self._asked_to_stop.is_set():
            await self.work(self._stop, self._sessions)


def run(work: Work) -> None:
    """Serve; only the service manager starts this. Returns when the service has stopped."""
    Shell.work = staticmethod(work)
    servicemanager.Initialize()
    servicemanager.PrepareToHostSingle(Shell)
    servicemanager.StartServiceCtrlDispatcher()
