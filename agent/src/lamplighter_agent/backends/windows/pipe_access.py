"""Who may speak on the pipe between session helper and service, and what rights it is made with. Pure.

Windows says who the client is; what it says of itself is never asked. A client must be a helper that the
service started and still holds a handle of, so its process id can't be anybody else's, in the session and as
the user that it was started for.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from lamplighter_agent.errors import PeerRejected

NAME = r"\\.\pipe\lamplighter-session"
# Reading and writing, without the right to make another instance of the pipe, which "generic write" has: with
# it a person's program could take the service's place.
CLIENT_RIGHTS = 0x0012_019B
# The system may do all; somebody at this device may connect; over the network nobody may.
SECURITY = f"D:P(D;;GA;;;NU)(A;;GA;;;SY)(A;;0x{CLIENT_RIGHTS:x};;;IU)"
BUFFER_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class PipePeer:
    """The client of a pipe, as Windows knows it. `user` is a security identifier."""

    pid: int
    session: int
    user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Helper:
    """A session helper that was started and whose handle is held."""

    pid: int
    session: int
    user: str
    connected: bool = False


def authorise(peer: PipePeer, helpers: Mapping[int, Helper]) -> Helper:
    """Return the helper this peer is; raise `PeerRejected` with the rule that it broke."""
    helper = helpers.get(peer.pid)
    if helper is None:
        raise PeerRejected("connect: not a child of the service")
    if peer.user != helper.user or not peer.user:
        raise PeerRejected("connect: another user")
    if peer.session != helper.session:
        raise PeerRejected("connect: another session")
    if helper.connected:
        raise PeerRejected("connect: already connected")
    return helper


def own_security(user: str) -> str:
    """Return the rights of a pipe that one ordinary user both serves and uses, as a demonstration does."""
    return f"D:P(D;;GA;;;NU)(A;;GA;;;{user})"
