"""Server-sent events on a real connection."""

from tests.collector.web.conftest import Deliver
from tests.support.browser import event_stream
from tests.support.collector import detection
from tests.support.signed_in import SignedIn


def revision(dsl: SignedIn) -> int:
    body = dsl.request().body
    return int(body.partition('data-revision="')[2].partition('"')[0])


def test_an_open_page_learns_of_a_new_incident_and_of_its_growth(dsl: SignedIn, deliver: Deliver) -> None:
    with event_stream(dsl.address, cookie=dsl.cookie, since=revision(dsl)) as events:
        deliver(detection(theme="gambling", severity=2, user="first"))
        new = next(events)
        (row,) = new.data["rows"]
        assert (new.kind, row["group"]) == ("rows", "week")
        assert new.data["total"] >= 1
        assert row["spoken"] == "Gambling, severity 2 of 5"
        assert "zebra" not in row["html"]

        deliver(detection(theme="gambling", severity=2, user="first"))
        (again,) = next(events).data["rows"]
        assert again["id"] == row["id"]
        assert "twice" in again["html"]


def test_a_page_that_lost_the_line_misses_nothing(dsl: SignedIn, deliver: Deliver) -> None:
    start = revision(dsl)
    deliver(detection(theme="hate", user="second"))
    with event_stream(dsl.address, cookie=dsl.cookie, since=start) as events:
        seen = next(events)
    deliver(detection(theme="hate", user="third"))
    with event_stream(dsl.address, cookie=dsl.cookie, since=0, last_id=seen.id) as events:
        (row,) = next(events).data["rows"]
    assert "third" in row["html"]


def test_many_at_once_are_one_event(dsl: SignedIn, deliver: Deliver) -> None:
    with event_stream(dsl.address, cookie=dsl.cookie, since=revision(dsl)) as events:
        deliver(*(detection(user=f"pupil{number}") for number in range(150)))
        event = next(events)
    assert event.kind == "many"
    assert event.data["total"] >= 150


def test_nonsense_asks_from_the_beginning(dsl: SignedIn, deliver: Deliver) -> None:
    deliver(detection(theme="weapons", user="fourth"))
    with event_stream(dsl.address, cookie=dsl.cookie, since=-1) as events:
        assert next(events).id > 0


def test_a_page_that_leaves_takes_no_other_with_it(dsl: SignedIn, deliver: Deliver) -> None:
    start = revision(dsl)
    with event_stream(dsl.address, cookie=dsl.cookie, since=start) as staying:
        with event_stream(dsl.address, cookie=dsl.cookie, since=start):
            pass
        dsl.request()
        deliver(detection(theme="scams", user="fifth"))
        assert "fifth" in next(staying).data["rows"][0]["html"]
