"""Who may speak as the helper on a Mac: every fact that is missing, or another, refuses."""

from dataclasses import replace

import pytest
from lamplighter_agent.backends.macos.helper_access import Caller, InFront, admit
from lamplighter_agent.errors import PeerRejected

HELPER = Caller(pid=812, user=501, token_pid=812, parent=1, signed_as_we_are=True)
PIA = InFront(user=501)


def test_our_helper_that_launchd_started_for_who_is_in_front_is_admitted() -> None:
    admit(HELPER, PIA)


@pytest.mark.parametrize(
    ("caller", "front", "rule"),
    [
        # It connected and became another program, or its id is used again.
        (replace(HELPER, token_pid=813), PIA, "gone"),
        (replace(HELPER, token_pid=None), PIA, "gone"),
        # A person, or a program of theirs, started a copy of ours.
        (replace(HELPER, parent=640), PIA, "launchd"),
        (replace(HELPER, parent=None), PIA, "launchd"),
        (replace(HELPER, signed_as_we_are=False), PIA, "signed"),
        (replace(HELPER, signed_as_we_are=None), PIA, "signed"),
        # A session that was switched away from, and the login window.
        (replace(HELPER, user=502), PIA, "in front"),
        (HELPER, InFront(user=None), "in front"),
        (replace(HELPER, user=0), InFront(user=0), "in front"),
        (HELPER, InFront(user=501, helped=True), "already"),
    ],
)
def test_everybody_else_is_refused_with_the_rule(caller: Caller, front: InFront, rule: str) -> None:
    with pytest.raises(PeerRejected, match=rule):
        admit(caller, front)
