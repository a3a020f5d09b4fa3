"""Who may speak on the local socket: a table, and nothing else.

The kernel says who the peer is; what the peer says about itself is never asked. The file mode of the socket
(0660, root and the group that only our helper carries) already keeps other programs of the pupil away. One
that has the group all the same must still be a child that the service started and has not reaped: as long as
it is not reaped its process id can't be anybody else's.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from lamplighter_agent.errors import PeerRejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """The other end of a connection, as the kernel knows it."""

    pid: int
    uid: int
    gid: int
    # The process behind the kernel's own handle (SO_PEERPIDFD): None where the kernel has none (before
    # Linux 6.5), -1 once that process has been reaped.
    handle_pid: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A session helper that runs, or has ended and is not reaped."""

    pid: int
    uid: int
    gid: int
    connected: bool = False


def authorise(peer: Peer, children: Mapping[int, Child]) -> Child:
    """Return the child this peer is; raise `PeerRejected` with the rule that it broke."""
    child = children.get(peer.pid)
    if child is None:
        raise PeerRejected("connect: not a child of the service")
    if peer.handle_pid is not None and peer.handle_pid != peer.pid:
        raise PeerRejected("connect: the process is gone")
    if peer.uid != child.uid:
        raise PeerRejected("connect: another user")
    if peer.gid != child.gid:
        raise PeerRejected("connect: another group")
    if child.connected:
        raise PeerRejected("connect: already connected")
    return child
