"""Server-sent events on a real connection."""

from tests.collector.web.conftest import Deliver
from tests.support.browser import event_stream, request
from tests.support.collector import Collector, detection


def revision(collector: Collector) -> int:
    body = request(collector.web).body
    return int(body.partition('data-revision="')[2].partition('"')[0])


def test_an_open_page_learns_of_a_new_incident_and_of_its_growth(
    collector: Collector, deliver: Deliver
) -> None:
    with event_stream(collector.web, since=revision(collector)) as events:
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


def test_a_page_that_lost_the_line_misses_nothing(collector: Collector, deliver: Deliver) -> None:
    start = revision(collector)
    deliver(detection(theme="hate", user="second"))
    with event_stream(collector.web, since=start) as events:
        seen = next(events)
    deliver(detection(theme="hate", user="third"))
    with event_stream(collector.web, since=0, last_id=seen.id) as events:
        (row,) = next(events).data["rows"]
    assert "third" in row["html"]


def test_many_at_once_are_one_event(collector: Collector, deliver: Deliver) -> None:
    with event_stream(collector.web, since=revision(collector)) as events:
        deliver(*(detection(user=f"pupil{number}") for number in range(150)))
        event = next(events)
    assert event.kind == "many"
    assert event.data["total"] >= 150


def test_nonsense_asks_from_the_beginning(collector: Collector, deliver: Deliver) -> None:
    deliver(detection(theme="weapons", user="fourth"))
    with event_stream(collector.web, since=-1) as events:
        assert next(events).id > 0


def test_a_page_that_leaves_takes_no_other_with_it(collector: Collector, deliver: Deliver) -> None:
    start = revision(collector)
    with event_stream(collector.web, since=start) as staying:
        with event_stream(collector.web, since=start):
            pass
        request(collector.web)
        deliver(detection(theme="scams", user="fifth"))
        assert "fifth" in next(staying).data["rows"][0]["html"]
