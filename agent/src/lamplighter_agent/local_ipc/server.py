"""The service's end of the local socket.

A connection is identified by the kernel and judged by `access` before one byte of it is read; a stranger is
closed and told to the hub, which counts it. What an admitted helper sends is cut into frames, held to a rate,
decoded and handed to the hub, all on the loop. Anything that is not our protocol ends the connection.
Every refusal reaches the hub: nothing is dropped here without being counted.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Protocol

from lamplighter_protos.v1.local_pb2 import HelperMessage, ServiceMessage

from lamplighter_agent.errors import FrameMalformed, FrameTooLarge, PeerRejected
from lamplighter_agent.local_ipc import access, framing, messages
from lamplighter_agent.local_ipc.access import Child, Peer
from lamplighter_agent.local_ipc.bucket import TokenBucket

# A fast typist ends five words a second, and each is one message; a burst is a paste or a game's titles.
RATE_PER_SECOND = 40.0
BURST = 200.0
# This many refused in a row is no typist but a flood: the connection ends and the helper is started anew.
FLOOD_LIMIT = 5_000


class Hub(Protocol):
    """Who the server works for; every method is called on the loop and may not block."""

    def admitted(self, connection: "Connection") -> None:
        """Take note of a helper that may speak now."""

    def received(self, connection: "Connection", message: HelperMessage) -> None:
        """Handle one message that passed every check."""

    def overflowed(self, connection: "Connection") -> None:
        """Count one message over the rate, which was not read."""

    def broken(self, connection: "Connection", reason: str) -> None:
        """Count a connection that was closed for what it sent; the helper is to be started anew."""

    def rejected(self, reason: str) -> None:
        """Count a stranger."""

    def closed(self, connection: "Connection") -> None:
        """Forget an admitted connection."""


class Door(Protocol):
    """Where helpers come in, as this system has it."""

    @property
    def listening(self) -> bool: ...

    async def open(self, made: Callable[[], asyncio.Protocol], rejected: Callable[[str], None]) -> None:
        """Listen; each connection gets a protocol from `made`. Strangers that it refuses are told."""
        ...

    def shut(self) -> None:
        """Let nobody in any more."""

    async def close(self) -> None:
        """Take it away, when every connection is closing. Idempotent."""

    def peer_of(self, transport: asyncio.Transport) -> Peer:
        """Return who is at the other end by the system's word; raise `PeerRejected` or `OSError`."""
        ...

    def unread(self, transport: asyncio.Transport) -> bool:
        """Tell whether the system knows of something that the peer has left unread."""
        ...


class LocalServer:
    """Listens; one `Connection` per admitted helper."""

    def __init__(
        self,
        organisation: str,
        hub: Hub,
        *,
        children: Callable[[], Mapping[int, Child]],
        monotonic: Callable[[], float],
        door: Door,
    ) -> None:
        """Take whose device this is, and where helpers come in."""
        self.door = door
        self.organisation = organisation
        self.hub = hub
        self.monotonic = monotonic
        self._children = children
        self._connections: dict[int, Connection] = {}
        self._made = 0

    async def start(self) -> None:
        """Listen."""
        await self.door.open(lambda: Connection(self), self.hub.rejected)

    async def stop(self) -> None:
        """Close the door and every connection."""
        self.door.shut()
        for connection in list(self._connections.values()):
            connection.close()
        await self.door.close()

    @property
    def listening(self) -> bool:
        return self.door.listening

    def admit(self, connection: "Connection", peer: Peer) -> int:
        """Return the number of a connection that may speak; raise `PeerRejected` otherwise."""
        children = {
            pid: replace(c, connected=pid in self._connections) for pid, c in self._children().items()
        }
        access.authorise(peer, children)
        self._connections[peer.pid] = connection
        self._made += 1
        return self._made

    def forget(self, pid: int) -> None:
        self._connections.pop(pid, None)


class Connection(asyncio.Protocol):
    """One helper's connection. `number` is never used again while the service lives."""

    def __init__(self, server: LocalServer) -> None:
        self._server = server
        self._transport: asyncio.Transport | None = None
        self._deframer = framing.Deframer()
        self._bucket = TokenBucket(rate_per_second=RATE_PER_SECOND, burst=BURST, now=server.monotonic())
        self._refused_in_a_row = 0
        self._peer: Peer | None = None
        self.number = 0

    @property
    def peer(self) -> Peer:
        assert self._peer is not None
        return self._peer

    def send(self, message: ServiceMessage) -> None:
        """Send, unless the connection is already closing."""
        if self._transport is None or self._transport.is_closing():
            return
        message.organisation = self._server.organisation
        self._transport.write(framing.encode(message.SerializeToString()))

    @property
    def unread(self) -> bool:
        """Whether the peer has left something unread that we sent; the kernel's word."""
        if self._transport is None or self._transport.is_closing():
            return False
        ours = self._transport.get_write_buffer_size()
        return bool(ours) or self._server.door.unread(self._transport)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if not self._server.listening:
            # Accepted in the same turn of the loop in which the server stopped.
            transport.abort()
            return
        try:
            peer = self._server.door.peer_of(transport)
            self.number = self._server.admit(self, peer)
        except (PeerRejected, OSError) as error:
            transport.abort()
            self._server.hub.rejected(str(error))
            return
        self._peer = peer
        self._server.hub.admitted(self)

    def data_received(self, data: bytes) -> None:
        if self._peer is None or self._transport is None or self._transport.is_closing():
            return
        try:
            for frame in self._deframer.feed(data):
                self._take(frame)
        except (FrameTooLarge, FrameMalformed) as error:
            self._transport.abort()
            self._server.hub.broken(self, str(error))

    def _take(self, frame: bytes) -> None:
        if self._bucket.take(self._server.monotonic()):
            self._refused_in_a_row = 0
            self._server.hub.received(self, messages.decode(frame, self._server.organisation))
            return
        self._server.hub.overflowed(self)
        self._refused_in_a_row += 1
        if self._refused_in_a_row >= FLOOD_LIMIT:
            raise FrameMalformed("flood")

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        if self._peer is not None:
            self._server.forget(self._peer.pid)
            self._server.hub.closed(self)
