import sqlite3
from pathlib import Path
from urllib.parse import quote

import pytest
from lamplighter_collector.db.engine import writing_engine
from lamplighter_collector.ingest.models import subjects
from lamplighter_collector.people.models import accounts
from lamplighter_collector.people.roles import Role
from lamplighter_protos.v1 import detection_pb2
from sqlalchemy import update

from tests.collector.web.conftest import Deliver, deliver_from
from tests.support.collector import Collector, detection
from tests.support.forms import decide
from tests.support.signed_in import SignedIn, add_account, sign_in


def incident_id(collector: Collector, theme: str) -> str:
    (found,) = {str(row["id"]) for row in collector.report("incidents") if row["theme"] == theme}
    return found


def audit_rows(collector: Collector) -> list[tuple[object, ...]]:
    store = sqlite3.connect(collector.store.removeprefix("sqlite:///"))
    try:
        return store.execute(
            "SELECT actor, role, object FROM audit WHERE verb = 'words-shown' ORDER BY number"
        ).fetchall()
    finally:
        store.close()


def test_words_are_covered_until_asked_for_and_asking_is_recorded(
    collector: Collector, dsl: SignedIn, deliver: Deliver
) -> None:
    deliver(detection(theme="self-harm"), detection(theme="self-harm", typed_then_deleted=True))
    path = f"/incidents/{incident_id(collector, 'self-harm')}"
    before = audit_rows(collector)
    covered = dsl.request(path)
    assert covered.status == 200
    assert "zebra" not in covered.body
    assert "2 extracts" in covered.body
    assert "+4" in covered.body
    assert "the term starts here" in covered.body
    assert "stand together because" in covered.body
    assert "then deleted" in covered.body
    assert audit_rows(collector) == before

    shown = dsl.request(path, method="POST")
    assert "<mark>zebra lantern</mark>" in shown.body
    ((actor, role, incident),) = audit_rows(collector)[len(before) :]
    assert (actor, role) == (dsl.account, "dsl")
    assert path.endswith(str(incident))

    assert "zebra" not in dsl.request(path).body
    assert "zebra" not in collector.log.read_text(encoding="utf-8")


def test_critical_begins_with_the_emergency(collector: Collector, dsl: SignedIn, deliver: Deliver) -> None:
    deliver(detection(theme="suicide", severity=5))
    body = dsl.request(f"/incidents/{incident_id(collector, 'suicide')}").body
    assert body.index("Ring 999 first") < body.index("<h1>")
    assert "First steps" in body


def test_counts_without_words_offer_nothing_to_uncover(
    collector: Collector, dsl: SignedIn, deliver: Deliver
) -> None:
    deliver(detection(theme="bullying", evidence=None, repeats=4))
    body = dsl.request(f"/incidents/{incident_id(collector, 'bullying')}").body
    assert "nothing to uncover" in body
    assert "Show the words" not in body


def test_what_a_licensed_list_found_is_told_by_list_and_entry_alone(
    collector: Collector, dsl: SignedIn, deliver: Deliver
) -> None:
    licensed = {
        "theme": "grooming",
        "lane": "licensed",
        "addends": [detection_pb2.Addend(reason="licensed list", value=4)],
    }
    # A device that sends words all the same is not heeded.
    deliver(
        detection(term="partner-1:2", evidence=None, **licensed), detection(term="partner-1:7", **licensed)
    )
    path = f"/incidents/{incident_id(collector, 'grooming')}"
    for body in (dsl.request(path).body, dsl.request(path, method="POST").body):
        for entry in (2, 7):
            assert f"Licensed list partner-1, entry {entry}; words withheld by licence" in body
        assert "the licensed list starts here" in body
        assert "of a licensed list; they may not be shown" in body
        assert "zebra" not in body
        assert "Show the words" not in body


def test_words_that_stand_beside_a_licensed_entry_say_what_is_missing(
    collector: Collector, dsl: SignedIn, deliver: Deliver
) -> None:
    evidence = detection_pb2.Evidence(before="a ", matched="[withheld]", after=" lantern")
    deliver(detection(theme="impersonation", evidence=evidence), detection(theme="personal-data"))
    note = "stands for words of a list under licence"
    path = f"/incidents/{incident_id(collector, 'impersonation')}"
    assert note not in dsl.request(path).body
    body = dsl.request(path, method="POST").body
    assert "<mark>[withheld]</mark> lantern" in body
    assert note in body
    other = dsl.request(f"/incidents/{incident_id(collector, 'personal-data')}", method="POST").body
    assert note not in other


def test_what_is_worse_leads_back_to_what_was_closed(
    collector: Collector, dsl: SignedIn, deliver: Deliver
) -> None:
    deliver(detection(theme="weapons", severity=3))
    before = incident_id(collector, "weapons")
    decide(dsl, before, outcome="no_concern", why="media", sentence="Words of a film.")
    deliver(detection(theme="weapons", severity=4))
    (worse,) = {str(row["id"]) for row in collector.report("incidents") if row["theme"] == "weapons"} - {
        before
    }
    page = dsl.request(f"/incidents/{worse}")
    assert f'This is worse than <a href="/incidents/{before}">' in page.body
    assert "No concern: Song, game or film" in page.body


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_staff_and_nothing_are_answered_alike(
    collector: Collector, dsl: SignedIn, deliver: Deliver, method: str
) -> None:
    deliver(detection(theme="hate", user="a-teacher", user_kind=detection_pb2.USER_KIND_STAFF))
    before = audit_rows(collector)
    staff = dsl.request(f"/incidents/{incident_id(collector, 'hate')}", method=method)
    nothing = dsl.request("/incidents/0000000none", method=method)
    assert staff.status == nothing.status == 404
    assert staff.body == nothing.body
    assert audit_rows(collector) == before


def test_a_clock_that_was_ahead_is_said(collector: Collector, dsl: SignedIn, deliver: Deliver) -> None:
    ahead = detection(theme="drugs")
    ahead.observed_at.seconds += 10 * 31_557_600
    deliver(ahead)
    assert "clock was at least" in dsl.request(f"/incidents/{incident_id(collector, 'drugs')}").body


@pytest.mark.fault
def test_addresses_that_name_nothing_are_alike_on_both_databases(tmp_path: Path, store_url: str) -> None:
    with Collector(tmp_path, store=store_url) as running:
        reader = sign_in(running.web, running.config, Role.DSL)
        nowhere = "0" * 27
        unknown = {
            (method, end): reader.request(f"/incidents/{nowhere}{end}", method=method)
            for method, end in (("GET", ""), ("POST", ""), ("POST", "/claim"), ("POST", "/decide"))
        }
        assert {answer.status for answer in unknown.values()} == {404}
        for name in ("%00", f"{nowhere}%00", "%ED%A0%80", "%F0%9F%94%A6", "a" * 5000, "x' OR 1=1 --"):
            for (method, end), answer in unknown.items():
                found = reader.request(f"/incidents/{quote(name, safe='%')}{end}", method=method)
                assert (found.status, found.body) == (404, answer.body), (name, method, end)


@pytest.mark.fault
def test_damaged_names_take_no_page_down(tmp_path: Path, store_url: str) -> None:
    with Collector(tmp_path, store=store_url) as running:
        reader = sign_in(running.web, running.config, Role.DSL)
        add_account(running.config, Role.DEPUTY)
        deliver_from(running, running.enrol("lap-17"))(detection(user="pupil07"))
        incident = f"/incidents/{incident_id(running, 'self-harm')}"
        engine = writing_engine(store_url)
        with engine.begin() as connection:
            for table in (accounts, subjects):
                connection.execute(update(table).values(name=b"x" * 60))
        engine.dispose()
        for path in ("/", incident, "/decided", "/devices"):
            assert reader.request(path).status == 200, path
        assert reader.request(incident, method="POST").status == 200
        assert "can&#39;t be read any more" in reader.request(incident).body
        sign_in(running.web, running.config, Role.DSL)
        assert decide(reader, incident.rpartition("/")[2], outcome="test").status == 200
