"""Which sessions have a helper, and when one that ended is due."""

from lamplighter_agent.backends.windows.helper_book import (
    FIRST_DELAY_S,
    LAST_DELAY_S,
    HelperBook,
    PersonSession,
)

ONE = PersonSession(number=1, user="S-1-5-21-1001")
TWO = PersonSession(number=2, user="S-1-5-21-1002")


def running(*sessions: PersonSession) -> HelperBook:
    book = HelperBook()
    book.follow(sessions)
    for session in book.due(0.0):
        book.started(session, 100 + session.number)
    return book


def test_each_person_s_session_gets_one() -> None:
    book = running(ONE, TWO)
    assert {helper.session for helper in book.helpers().values()} == {1, 2}
    assert book.due(1000.0) == []
    assert book.next_due() is None


def test_services_and_empty_sessions_get_none() -> None:
    book = HelperBook()
    book.follow([PersonSession(number=0, user="S-1-5-18"), PersonSession(number=3, user="")])
    assert book.due(1000.0) == []


def test_one_that_was_killed_is_back_within_five_seconds() -> None:
    book = running(ONE)
    assert book.ended(101, 50.0)
    assert book.due(50.0) == []
    assert book.next_due() == 50.0 + FIRST_DELAY_S
    assert book.due(55.0) == [ONE]
    assert not book.ended(101, 51.0)


def test_one_that_never_settles_is_tried_less_and_less() -> None:
    book, at, waits = running(ONE), 0.0, []
    for _ in range(12):
        book.ended(101, at)
        due = book.next_due()
        assert due is not None
        waits.append(due - at)
        at = due
        book.started(ONE, 101)
    assert waits == sorted(waits)
    assert round(waits[-1], 6) == LAST_DELAY_S


def test_one_that_settled_is_restarted_quickly_again() -> None:
    book = running(ONE)
    for at in (1.0, 2.0, 3.0):
        book.ended(101, at)
        book.started(ONE, 101)
    book.settled(101)
    book.ended(101, 10.0)
    assert book.next_due() == 10.0 + FIRST_DELAY_S


def test_a_session_that_went_gives_its_helper_back() -> None:
    book = running(ONE, TWO)
    assert [helper.pid for helper in book.follow([TWO])] == [101]
    assert set(book.helpers()) == {102}
    assert not book.ended(101, 5.0)


def test_a_session_that_changed_hands_gets_a_helper_of_its_new_user() -> None:
    book = running(ONE)
    heir = PersonSession(number=1, user="S-1-5-21-1009")
    assert [helper.user for helper in book.follow([heir])] == [ONE.user]
    assert book.due(5.0) == [heir]


def test_a_start_that_failed_is_tried_again() -> None:
    book = HelperBook()
    book.follow([ONE])
    book.not_started(ONE, 7.0)
    assert book.next_due() == 7.0 + FIRST_DELAY_S


def test_who_is_connected_is_known() -> None:
    book = running(ONE)
    book.connected(101, now=True)
    assert book.helpers()[101].connected
    book.connected(101, now=False)
    assert not book.helpers()[101].connected
