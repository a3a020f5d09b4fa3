import pytest
from lamplighter_agent.errors import PeerRejected
from lamplighter_agent.local_ipc.access import Child, Peer, authorise

HELPER = Child(pid=100, uid=1000, gid=990)


def test_our_own_child_is_admitted() -> None:
    assert authorise(Peer(pid=100, uid=1000, gid=990, handle_pid=100), {100: HELPER}) is HELPER


def test_an_older_kernel_without_handles_is_enough() -> None:
    assert authorise(Peer(pid=100, uid=1000, gid=990), {100: HELPER}) is HELPER


@pytest.mark.parametrize(
    ("peer", "why"),
    [
        (Peer(pid=101, uid=1000, gid=990), "not a child"),
        (Peer(pid=100, uid=1001, gid=990), "another user"),
        (Peer(pid=100, uid=0, gid=990), "another user"),
        (Peer(pid=100, uid=1000, gid=1000), "another group"),
        (Peer(pid=100, uid=1000, gid=990, handle_pid=-1), "gone"),
        (Peer(pid=100, uid=1000, gid=990, handle_pid=101), "gone"),
    ],
)
def test_everybody_else_is_rejected(peer: Peer, why: str) -> None:
    with pytest.raises(PeerRejected, match=why):
        authorise(peer, {100: HELPER})


def test_a_second_connection_of_the_same_helper_is_rejected() -> None:
    connected = Child(pid=100, uid=1000, gid=990, connected=True)
    with pytest.raises(PeerRejected, match="already"):
        authorise(Peer(pid=100, uid=1000, gid=990), {100: connected})
