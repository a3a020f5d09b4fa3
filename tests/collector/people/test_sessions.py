import hashlib

import pytest
from lamplighter_collector.people.models import web_sessions
from lamplighter_collector.people.sessions import (
    IDLE_MS,
    LONGEST_MS,
    Session,
    close_session,
    close_sessions_of,
    find_session,
    note_seen,
    open_session,
)
from sqlalchemy import Engine

from tests.collector.stores import rows
from tests.support.collector import ORGANISATION

NOW = 1_795_248_000_000


def opened(engine: Engine, *, account: str = "a1", at: int = NOW) -> tuple[str, Session]:
    with engine.begin() as connection:
        return open_session(connection, ORGANISATION, account, now_ms=at)


def found(engine: Engine, cookie: str, *, at: int = NOW, organisation: str = ORGANISATION) -> Session | None:
    with engine.begin() as connection:
        return find_session(connection, organisation, cookie, now_ms=at)


def test_a_cookie_opens_its_session_and_the_store_keeps_only_its_hash(engine: Engine) -> None:
    cookie, session = opened(engine)
    assert found(engine, cookie) == session
    ((id_, csrf),) = rows(engine, web_sessions, "id", "csrf")
    assert id_ == hashlib.sha256(cookie.encode()).hexdigest()
    assert cookie not in (id_, csrf)
    assert csrf not in repr(session)


@pytest.mark.parametrize(
    "cookie", ["", "x", "é", "\ud800", "' OR 1=1 --", "x" * 65, "a" * 64, "\0"], ids=ascii
)
def test_a_cookie_that_we_did_not_make_opens_nothing(engine: Engine, cookie: str) -> None:
    _, session = opened(engine)
    assert found(engine, cookie) is None
    assert found(engine, session.id) is None


def test_it_ends_when_idle(engine: Engine) -> None:
    cookie, _ = opened(engine)
    assert found(engine, cookie, at=NOW + IDLE_MS - 1)
    assert found(engine, cookie, at=NOW + IDLE_MS) is None


def test_use_keeps_it_open_but_not_for_ever(engine: Engine) -> None:
    cookie, session = opened(engine)
    for at in range(NOW, NOW + LONGEST_MS, IDLE_MS // 2):
        assert found(engine, cookie, at=at)
        with engine.begin() as connection:
            note_seen(connection, ORGANISATION, session, now_ms=at)
    assert found(engine, cookie, at=NOW + LONGEST_MS - 1)
    assert found(engine, cookie, at=NOW + LONGEST_MS) is None


def test_use_is_noted_by_the_minute(engine: Engine) -> None:
    _, session = opened(engine)
    assert not session.is_due(NOW + 59_999)
    assert session.is_due(NOW + 60_000)


def test_every_sign_in_has_a_cookie_of_its_own(engine: Engine) -> None:
    assert len({opened(engine)[0] for _ in range(20)}) == 20


def test_another_schools_cookie_opens_nothing(engine: Engine) -> None:
    cookie, _ = opened(engine)
    assert found(engine, cookie, organisation="Another School") is None


def test_closing_one_or_all_of_an_account(engine: Engine) -> None:
    first, second, other = opened(engine), opened(engine), opened(engine, account="a2")
    with engine.begin() as connection:
        close_session(connection, ORGANISATION, first[1].id)
    assert found(engine, first[0]) is None
    assert found(engine, second[0])
    with engine.begin() as connection:
        close_sessions_of(connection, ORGANISATION, "a1")
    assert found(engine, second[0]) is None
    assert found(engine, other[0])


def test_what_has_ended_is_swept_away(engine: Engine) -> None:
    opened(engine)
    opened(engine, at=NOW + IDLE_MS)
    assert len(rows(engine, web_sessions)) == 1
