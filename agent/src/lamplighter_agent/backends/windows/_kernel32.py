"""What is used of kernel32.dll, with its prototypes."""

import ctypes
from ctypes import wintypes

from lamplighter_agent.backends.windows._dll import Library

QUERY_LIMITED = 0x1000
PATH_LIMIT = 1024
NO_CRITICAL_BOX, NO_CRASH_BOX = 0x1, 0x2


class Kernel32:
    """The functions, each with plain Python values on both sides."""

    def __init__(self) -> None:
        """Bind them; raise `BackendUnavailable` where one is missing."""
        take = Library("kernel32").function
        handle, dword, number = wintypes.HANDLE, wintypes.DWORD, ctypes.POINTER(wintypes.DWORD)
        self._tick = take("GetTickCount", dword)
        self._thread = take("GetCurrentThreadId", dword)
        self._open = take("OpenProcess", handle, dword, wintypes.BOOL, dword)
        self._close = take("CloseHandle", wintypes.BOOL, handle)
        self._image = take(
            "QueryFullProcessImageNameW", wintypes.BOOL, handle, dword, wintypes.LPWSTR, number
        )
        self._client = take("GetNamedPipeClientProcessId", wintypes.BOOL, handle, number)
        self._server = take("GetNamedPipeServerSessionId", wintypes.BOOL, handle, number)
        self._server_process = take("GetNamedPipeServerProcessId", wintypes.BOOL, handle, number)
        self._own = take("GetCurrentProcess", handle)
        self._errors = take("SetErrorMode", wintypes.UINT, wintypes.UINT)
        time = ctypes.POINTER(ctypes.c_uint64)
        self._times = take("GetProcessTimes", wintypes.BOOL, handle, time, time, time, time)
        self._long_tick = take("GetTickCount64", ctypes.c_uint64)
        self._awake = take("QueryUnbiasedInterruptTime", wintypes.BOOL, time)

    def tick_ms(self) -> int:
        """Return milliseconds since the start of Windows, as keys and events carry them (wraps at 2**32)."""
        return int(self._tick())

    def thread_id(self) -> int:
        return int(self._thread())

    def own_process(self) -> int:
        """Return the handle by which a process means itself."""
        return int(self._own())

    def no_crash_reports(self) -> None:
        """Have Windows make no report of this process, with its memory in it, should it crash."""
        self._errors(NO_CRITICAL_BOX | NO_CRASH_BOX)

    def image_of(self, pid: int) -> str:
        """Return the path of a process's program, "" where it is gone or may not be asked."""
        process = self._open(QUERY_LIMITED, 0, pid)
        if not process:
            return ""
        try:
            buffer = ctypes.create_unicode_buffer(PATH_LIMIT)
            size = wintypes.DWORD(PATH_LIMIT)
            return buffer.value if self._image(process, 0, buffer, ctypes.byref(size)) else ""
        finally:
            self._close(process)

    def started(self, pid: int) -> int | None:
        """Return when a process started, in 100 ns since 1601; None where it ended or may not be asked."""
        process = self._open(QUERY_LIMITED, 0, pid)
        if not process:
            return None
        started, ended, kernel, user = (ctypes.c_uint64() for _ in range(4))
        try:
            told = self._times(process, *(ctypes.byref(one) for one in (started, ended, kernel, user)))
            # Whoever holds a handle keeps an ended process from being forgotten.
            return started.value if told and not ended.value else None
        finally:
            self._close(process)

    def running_ms(self) -> int:
        """Return milliseconds since the start of Windows, those asleep among them."""
        return int(self._long_tick())

    def awake_seconds(self) -> float:
        """Return how long it was awake of those."""
        awake = ctypes.c_uint64()
        self._awake(ctypes.byref(awake))
        return awake.value / 10_000_000

    def pipe_client(self, pipe: int) -> int:
        """Return the process at the other end of a pipe, by the kernel's word; 0 where it is not told."""
        pid = wintypes.DWORD()
        return pid.value if self._client(pipe, ctypes.byref(pid)) else 0

    def pipe_server_session(self, pipe: int) -> int:
        """Return the session of the process that serves a pipe; -1 where it is not told."""
        session = wintypes.DWORD()
        return session.value if self._server(pipe, ctypes.byref(session)) else -1

    def pipe_server(self, pipe: int) -> int:
        """Return the process that serves a pipe, by the kernel's word; 0 where it is not told."""
        pid = wintypes.DWORD()
        return pid.value if self._server_process(pipe, ctypes.byref(pid)) else 0
