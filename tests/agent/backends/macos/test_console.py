"""Who is in front of a Mac's screen, from property lists as its registry has them."""

import plistlib
from typing import Any

import pytest
from lamplighter_agent.backends.macos.console import LOCKED, UNTOLD, USERS, Console, console_of, look

ANNA, BEN = 501, 502


def session(user: int, number: int, **more: object) -> dict[str, Any]:
    return {
        "kCGSSessionAuditIDKey": number,
        "kCGSSessionUserIDKey": user,
        "kCGSSessionOnConsoleKey": True,
        "kCGSessionLoginDoneKey": True,
        "kCGSSessionUserNameKey": "anna",
        **more,
    }


def asked(user: int | None, *sessions: dict[str, Any], locked: bytes | None = None) -> Console:
    lock = plistlib.dumps(False, fmt=plistlib.FMT_BINARY) if locked is None else locked
    return console_of(user, users=plistlib.dumps(list(sessions), fmt=plistlib.FMT_BINARY), locked=lock)


def left_out(console: Console) -> list[str]:
    return [one.left_out.partition(":")[0] for one in console.sessions]


def test_the_session_on_the_console_is_watched_and_one_switched_away_rests() -> None:
    away = session(BEN, 100009, kCGSSessionOnConsoleKey=False)
    found = asked(ANNA, session(ANNA, 100007), away)
    assert [(one.number, one.user) for one in found.sessions] == [(100007, ANNA), (100009, BEN)]
    assert left_out(found) == ["", "switched away"]


@pytest.mark.parametrize(
    ("one", "user", "why"),
    [
        (session(ANNA, 7), BEN, "switched away"),
        (session(ANNA, 7), None, "switched away"),
        (session(ANNA, 7, CGSSessionScreenIsLocked=True), ANNA, "locked"),
        (session(ANNA, 7, CGSSessionScreenIsLocked=1), ANNA, "locked"),
        (session(0, 7), 0, "the system's own, no person's session"),
        (session(88, 7), 88, "the system's own, no person's session"),
        (session(ANNA, 7, kCGSessionLoginDoneKey=False), ANNA, "a sign-in screen"),
        (session(ANNA, 7, kCGSSessionOnConsoleKey="yes"), ANNA, "switched away"),
    ],
)
def test_what_is_not_surely_in_front_is_left_out(one: dict[str, Any], user: int | None, why: str) -> None:
    assert left_out(asked(user, one)) == [why]


def test_the_guest_is_somebody() -> None:
    assert left_out(asked(201, session(201, 7))) == [""]


@pytest.mark.parametrize("locked", [plistlib.dumps(True), plistlib.dumps("no"), b"", b"bplist00"])
def test_a_lock_that_is_told_or_can_not_be_told_locks_every_session(locked: bytes) -> None:
    assert left_out(asked(ANNA, session(ANNA, 7), locked=locked)) == ["locked"]


def test_a_lock_that_nobody_tells_is_one() -> None:
    users = plistlib.dumps([session(ANNA, 7)])
    assert left_out(console_of(ANNA, users=users, locked=None)) == ["locked"]


@pytest.mark.parametrize("users", [None, b"", b"rubbish", b"<plist><dict>", plistlib.dumps({"a": 1})])
def test_where_nobody_tells_of_sessions_there_is_none_and_the_reason_is_said(users: bytes | None) -> None:
    assert console_of(ANNA, users=users, locked=None) == Console(reason=UNTOLD)


def test_an_entry_that_is_no_session_is_nobody() -> None:
    assert (
        asked(ANNA, {"kCGSSessionUserIDKey": ANNA}, session(ANNA, 7, kCGSSessionUserIDKey=True)) == Console()
    )


def test_the_system_is_asked_for_two_properties_and_a_refusal_is_a_reason() -> None:
    names: list[str] = []

    def registry(name: str) -> bytes | None:
        names.append(name)
        return plistlib.dumps([])

    assert look(lambda: ANNA, registry) == Console()
    assert names == [USERS, LOCKED]

    def refusing() -> int | None:
        raise OSError(2, "no such framework")

    assert look(refusing, registry) == Console(reason=UNTOLD)
