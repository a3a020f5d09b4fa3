"""The named pipe between session helper and service, both ends, on asyncio's own loop of Windows.

The service identifies a client by Windows' word before one byte of it is read. The helper asks in turn
whether the server runs in session 0, where no program of a person does, and lets it learn no more than who
it is.
"""

import asyncio
import contextlib
import importlib
import os
from collections.abc import Callable
from typing import Any, cast

import pywintypes
import win32api
import win32file
import win32pipe
import win32security
import win32ts

from lamplighter_agent.backends.windows._kernel32 import Kernel32
from lamplighter_agent.backends.windows.person_session import SERVICES
from lamplighter_agent.backends.windows.pipe_access import BUFFER_BYTES, CLIENT_RIGHTS, SECURITY, PipePeer
from lamplighter_agent.errors import BackendUnavailable, PeerRejected

PORT = "LocalPipe"
QUERY_LIMITED = 0x1000
FIRST_INSTANCE, OVERLAPPED = 0x0008_0000, 0x4000_0000
REJECT_REMOTE = 0x8
# A server may ask who the client is, and may not act in its name.
IDENTIFY_ONLY = 0x0010_0000 | 0x0001_0000
_GONE = (pywintypes.error, OSError)


def user_of(pid: int) -> str:
    """Return the security identifier of a process's user; "" where it is gone or may not be asked."""
    with contextlib.suppress(*_GONE):
        process = win32api.OpenProcess(QUERY_LIMITED, False, pid)
        try:
            token = win32security.OpenProcessToken(process, win32security.TOKEN_QUERY)
            found = win32security.GetTokenInformation(token, win32security.TokenUser)[0]
            return str(win32security.ConvertSidToStringSid(found))
        finally:
            process.Close()
    return ""


def peer_of(pipe: int, kernel32: Kernel32) -> PipePeer:
    """Return who is at the other end; raise `PeerRejected` where Windows does not say."""
    pid = kernel32.pipe_client(pipe)
    if not pid:
        raise PeerRejected("connect: the process is gone")
    try:
        session = int(win32ts.ProcessIdToSessionId(pid))
    except _GONE as error:
        raise PeerRejected("connect: the process is gone") from error
    return PipePeer(pid=pid, session=session, user=user_of(pid))


class PipeServer:
    """Accepts helpers, one connection after the other; each gets the protocol that `admit` returns for it."""

    def __init__(
        self,
        name: str,
        *,
        admit: Callable[[PipePeer], asyncio.Protocol],
        rejected: Callable[[str], None],
        security: str = SECURITY,
    ) -> None:
        """Take the pipe's name; `admit` raises `PeerRejected` for a stranger, who is told to `rejected`."""
        self._name = name
        self._admit = admit
        self._rejected = rejected
        self._security = security
        self._kernel32 = Kernel32()
        self._accepting: asyncio.Task[None] | None = None
        self._transports: set[Any] = set()

    async def start(self) -> None:
        """Listen; raise `BackendUnavailable` where somebody holds a pipe of that name already."""
        first = self._instance(first=True)
        self._accepting = asyncio.create_task(self._accept(first), name="pipe")

    async def stop(self) -> None:
        """Close the pipe and every connection; idempotent."""
        accepting, self._accepting = self._accepting, None
        if accepting is not None:
            accepting.cancel()
            await asyncio.gather(accepting, return_exceptions=True)
        for transport in self._transports:
            transport.close()
        self._transports.clear()

    def _instance(self, *, first: bool) -> Any:
        attributes = pywintypes.SECURITY_ATTRIBUTES()
        attributes.SECURITY_DESCRIPTOR = win32security.ConvertStringSecurityDescriptorToSecurityDescriptor(
            self._security, win32security.SDDL_REVISION_1
        )
        mode = win32pipe.PIPE_ACCESS_DUPLEX | OVERLAPPED | (FIRST_INSTANCE if first else 0)
        kind = win32pipe.PIPE_TYPE_BYTE | win32pipe.PIPE_WAIT | REJECT_REMOTE
        limit = win32pipe.PIPE_UNLIMITED_INSTANCES
        try:
            made = win32pipe.CreateNamedPipe(
                self._name, mode, kind, limit, BUFFER_BYTES, BUFFER_BYTES, 0, attributes
            )
        except pywintypes.error as error:
            reason = f"the pipe can't be made (error {error.winerror})"
            raise BackendUnavailable(PORT, reason, "end the program that holds it") from error
        return _owned(made)

    async def _accept(self, pipe: Any) -> None:
        proactor = cast("Any", asyncio.get_running_loop())._proactor  # noqa: SLF001 - as asyncio does
        while True:
            try:
                await proactor.accept_pipe(pipe)
            except OSError:
                # A client that came and went before it was accepted.
                pipe.close()
            except asyncio.CancelledError:
                pipe.close()
                raise
            else:
                self._connected(pipe)
            pipe = self._instance(first=False)

    def _connected(self, pipe: Any) -> None:
        try:
            protocol = self._admit(peer_of(pipe.fileno(), self._kernel32))
        except PeerRejected as error:
            pipe.close()
            self._rejected(str(error))
            return
        self._transports = {one for one in self._transports if not one.is_closing()}
        self._transports.add(_transport(pipe, protocol))


async def connect(name: str, protocol: asyncio.Protocol, *, server_session: int = SERVICES) -> None:
    """Connect to the service; raise `PeerRejected` where another session's program serves the pipe.

    Raises `FileNotFoundError` where there is none, `PermissionError` where we may not connect, and
    `ConnectionRefusedError` where it is busy or gone.
    """
    pipe = _open(name)
    if Kernel32().pipe_server_session(pipe.fileno()) != server_session:
        pipe.close()
        raise PeerRejected("connect: not the service's pipe")
    _transport(pipe, protocol)


async def connect_to_parent(name: str, protocol: asyncio.Protocol) -> None:
    """Connect to the program that started us, by the kernel's word: to nobody else a helper tells anything.

    Raises as `connect` does, and `PermissionError` where another program serves the pipe.
    """
    pipe = _open(name)
    if Kernel32().pipe_server(pipe.fileno()) != os.getppid():
        pipe.close()
        raise PermissionError("not the pipe of who started us")
    _transport(pipe, protocol)


def _open(name: str) -> Any:
    try:
        opened = win32file.CreateFile(
            name, CLIENT_RIGHTS, 0, None, win32file.OPEN_EXISTING, OVERLAPPED | IDENTIFY_ONLY, None
        )
    except pywintypes.error as error:
        raise _ERRORS.get(error.winerror, ConnectionRefusedError)(f"pipe: error {error.winerror}") from error
    return _owned(opened)


_ERRORS: dict[int, type[OSError]] = {2: FileNotFoundError, 5: PermissionError}


def _owned(handle: Any) -> Any:
    """Hand a handle over to asyncio's own kind, which closes it."""
    return importlib.import_module("asyncio.windows_utils").PipeHandle(handle.Detach())


def _transport(pipe: Any, protocol: asyncio.Protocol) -> Any:
    loop = cast("Any", asyncio.get_running_loop())
    return loop._make_duplex_pipe_transport(pipe, protocol)  # noqa: SLF001 - as asyncio does
