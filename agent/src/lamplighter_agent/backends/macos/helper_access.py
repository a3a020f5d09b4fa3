"""Which process may speak as the helper of the person in front, where launchd started it and not we: pure.

On Linux the kernel says that a peer is a child of ours that is not reaped. Here launchd is the parent
of both, so the rule is made of five facts. None is the peer's own word, and each that is missing refuses:

- the audit token of the connection (LOCAL_PEERTOKEN) names the process that connected, with the generation of
  its process id: one that connected and then became ours by exec, or whose id is used again, has another;
- its parent is launchd: a copy of ours that somebody else started is not spoken to;
- the code that runs under that token is signed as the service itself is; asked last, so that what was asked
  before was of the same process;
- its user is the one in front of the screen, and a person: none of a session that was switched away from;
- there is one helper in front, not two.
"""

from dataclasses import dataclass

from lamplighter_agent.errors import PeerRejected

LAUNCHD = 1
# Accounts below are the system's own, such as the login window's; but for the guest's.
FIRST_PERSON = 500
GUEST = 201


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The other end of a connection, as the system knows it; None is what could not be found out."""

    pid: int
    user: int
    # The process id in the connection's audit token.
    token_pid: int | None
    parent: int | None
    # Whether the code under that token is signed as we are; False also where we are not signed.
    signed_as_we_are: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InFront:
    """Who is in front of the screen (None: nobody), and whether their helper is connected already."""

    user: int | None
    helped: bool = False


def is_person(user: int) -> bool:
    """Say whether an account is one that somebody signs in with."""
    return user >= FIRST_PERSON or user == GUEST


def admit(caller: Caller, front: InFront) -> None:
    """Return where this caller may speak; raise `PeerRejected` with the rule that it broke."""
    if caller.token_pid is None or caller.token_pid != caller.pid:
        raise PeerRejected("connect: the process is gone")
    if caller.parent != LAUNCHD:
        raise PeerRejected("connect: not started by launchd")
    if caller.signed_as_we_are is not True:
        raise PeerRejected("connect: not signed as the service is")
    if not is_person(caller.user) or caller.user != front.user:
        raise PeerRejected("connect: not the user in front of the screen")
    if front.helped:
        raise PeerRejected("connect: already connected")
