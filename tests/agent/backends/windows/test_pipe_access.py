"""Who may speak on the pipe."""

import pytest
from lamplighter_agent.backends.windows.pipe_access import (
    CLIENT_RIGHTS,
    SECURITY,
    Helper,
    PipePeer,
    authorise,
    own_security,
)
from lamplighter_agent.errors import PeerRejected

PUPIL, OTHER = "S-1-5-21-1-2-3-1001", "S-1-5-21-1-2-3-1002"
HELPER = Helper(pid=40, session=2, user=PUPIL)
# FILE_CREATE_PIPE_INSTANCE has the bit of FILE_APPEND_DATA.
MAKE_INSTANCE, WRITE_RIGHTS_OF_OWNER = 0x4, 0x0004_0000 | 0x0008_0000


def test_the_helper_that_was_started_may_speak() -> None:
    assert authorise(PipePeer(pid=40, session=2, user=PUPIL), {40: HELPER}) is HELPER


@pytest.mark.parametrize(
    ("peer", "rule"),
    [
        (PipePeer(pid=41, session=2, user=PUPIL), "not a child"),
        (PipePeer(pid=40, session=2, user=OTHER), "another user"),
        (PipePeer(pid=40, session=2, user=""), "another user"),
        (PipePeer(pid=40, session=1, user=PUPIL), "another session"),
    ],
)
def test_strangers_are_told_which_rule_they_broke(peer: PipePeer, rule: str) -> None:
    with pytest.raises(PeerRejected, match=rule):
        authorise(peer, {40: HELPER})


def test_nobody_speaks_twice() -> None:
    connected = Helper(pid=40, session=2, user=PUPIL, connected=True)
    with pytest.raises(PeerRejected, match="already"):
        authorise(PipePeer(pid=40, session=2, user=PUPIL), {40: connected})


def test_a_helper_whose_user_is_unknown_never_matches() -> None:
    nobody = Helper(pid=40, session=2, user="")
    with pytest.raises(PeerRejected):
        authorise(PipePeer(pid=40, session=2, user=""), {40: nobody})


def test_a_client_may_neither_serve_the_pipe_nor_change_its_rights() -> None:
    assert not CLIENT_RIGHTS & (MAKE_INSTANCE | WRITE_RIGHTS_OF_OWNER)
    assert f"0x{CLIENT_RIGHTS:x};;;IU" in SECURITY


def test_nobody_comes_over_the_network() -> None:
    for rights in (SECURITY, own_security(PUPIL)):
        assert rights.startswith("D:P(D;;GA;;;NU)")
    assert PUPIL in own_security(PUPIL)
