"""Deciding by plain forms, as a browser without JavaScript sends them."""

import http.client
import itertools
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from lamplighter_collector.people.roles import Role

from tests.collector.web.conftest import Deliver
from tests.support.browser import event_stream
from tests.support.collector import Collector, detection
from tests.support.forms import decide, fields_of, fill_in, send, text_of
from tests.support.signed_in import SignedIn, sign_in

OUTCOMES = ["recorded", "referred", "pastoral", "watch", "no_concern", "staff", "test"]
SONG = {"outcome": "no_concern", "why": "media", "sentence": "Words of a song.", "note": "Asked her."}
_users = (f"user{number}" for number in itertools.count())


@pytest.fixture(scope="module")
def deputy(collector: Collector) -> SignedIn:
    return sign_in(collector.web, collector.config, Role.DEPUTY)


@pytest.fixture(scope="module")
def head(collector: Collector) -> SignedIn:
    return sign_in(collector.web, collector.config, Role.HEADTEACHER)


@pytest.fixture
def incident(collector: Collector, deliver: Deliver) -> str:
    """An incident that no other test has."""
    known = set(stored(collector, "SELECT id FROM incidents"))
    deliver(detection(user=next(_users)))
    ((found,),) = set(stored(collector, "SELECT id FROM incidents")) - known
    return str(found)


def state(collector: Collector, incident: str) -> tuple[Any, ...]:
    """State, audience and outcome."""
    query = "SELECT state, audience, outcome FROM incidents WHERE id = ?"
    (found,) = stored(collector, query, incident)
    return found


def audited(collector: Collector, incident: str) -> list[str]:
    return [verb for (verb,) in stored(collector, "SELECT verb FROM audit WHERE object = ?", incident)]


def stored(collector: Collector, query: str, *values: str) -> list[tuple[Any, ...]]:
    store = sqlite3.connect(collector.store.removeprefix("sqlite:///"))
    try:
        return store.execute(query, values).fetchall()
    finally:
        store.close()


def test_no_outcome_is_chosen_beforehand_and_their_order_is_fixed(dsl: SignedIn, incident: str) -> None:
    page = dsl.request(f"/incidents/{incident}")
    offered = [part.partition('"')[0] for part in page.body.split('name="outcome" id="outcome-')[1:]]
    assert offered == OUTCOMES
    assert "outcome" not in fields_of(page, f"/incidents/{incident}/decide")
    for question in ("reference", "referred-to", "told", "who", "until", "why", "sentence", "note"):
        assert f'<label for="{question}">' in page.body


def test_a_decision_is_saved_leaves_the_queue_and_is_listed(
    collector: Collector, dsl: SignedIn, incident: str
) -> None:
    assert f"/incidents/{incident}" in dsl.request("/").body
    saved = decide(dsl, incident, **SONG)
    assert saved.status == 200
    assert "No concern: Song, game or film, saved" in text_of(saved)
    assert "Undo is open for 30 seconds" in saved.body
    assert state(collector, incident) == ("no_concern", "dsl", "no_concern")
    assert audited(collector, incident) == ["incident-decide"]
    assert f"/incidents/{incident}" not in dsl.request("/").body
    assert f"/incidents/{incident}" in dsl.request("/decided").body
    closed = dsl.request(f"/incidents/{incident}")
    assert "Decided: No concern: Song, game or film" in text_of(closed)
    assert "Asked her." in closed.body
    assert fields_of(closed, f"/incidents/{incident}/decide") == {}


def test_a_form_sent_twice_is_saved_once(collector: Collector, dsl: SignedIn, incident: str) -> None:
    form = fill_in(dsl, incident, **SONG)
    first, second = send(dsl, incident, form), send(dsl, incident, form)
    assert first.status == second.status == 200
    assert text_of(first) == text_of(second)
    assert audited(collector, incident) == ["incident-decide"]


def test_whoever_decides_second_is_told_who_was_first_and_loses_nothing(
    collector: Collector, dsl: SignedIn, deputy: SignedIn, incident: str
) -> None:
    mine = fill_in(
        dsl, incident, outcome="referred", referred_to="police", told="All of it.", note="Rang <b>twice</b>."
    )
    decide(deputy, incident, **SONG)
    stale = send(dsl, incident, mine)
    assert stale.status == 409
    read = text_of(stale)
    assert "Rowan Alder decided this at" in read
    assert "Rowan Alder chose “No concern: Song, game or film”" in read
    assert "has not been sent" in read
    assert "All of it." in read
    kept = fields_of(stale, f"/incidents/{incident}/reopen")
    assert kept["reason"] == "Rang <b>twice</b>."
    assert "<b>twice</b>" not in stale.body
    assert state(collector, incident) == ("no_concern", "dsl", "no_concern")

    assert send(dsl, incident, kept, "reopen").status == 303
    again = fill_in(dsl, incident)
    assert send(dsl, incident, mine | {"nonce": again["nonce"]}).status == 409
    assert send(dsl, incident, mine | {name: again[name] for name in ("nonce", "version")}).status == 200


def test_a_page_read_before_a_reopening_keeps_the_whole_form(
    dsl: SignedIn, deputy: SignedIn, incident: str
) -> None:
    mine = fill_in(dsl, incident, **SONG)
    decide(deputy, incident, outcome="test")
    send(deputy, incident, fill_in(deputy, incident, "reopen", reason="Not a test."), "reopen")
    stale = send(dsl, incident, mine)
    assert stale.status == 409
    assert "Rowan Alder reopened this" in text_of(stale)
    kept = fields_of(stale, f"/incidents/{incident}/decide")
    assert (kept["outcome"], kept["sentence"], kept["note"]) == (
        "no_concern",
        "Words of a song.",
        "Asked her.",
    )
    assert send(dsl, incident, mine | kept).status == 200


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({}, "outcome"),
        ({"outcome": "closed"}, "outcome"),
        ({"outcome": "<script>alert(1)</script>"}, "outcome"),
        ({"outcome": "no_concern", "why": "media"}, "sentence"),
        ({"outcome": "no_concern", "why": "<b>", "sentence": "S."}, "why"),
        ({"outcome": "referred", "referred-to": "police", "told": "\0\x01 "}, "told"),
        ({"outcome": "watch", "until": "1 1 1970"}, "until"),
        ({"outcome": "watch", "until": "31 12 9999"}, "until"),
        ({"outcome": "watch", "until": "99999999999999999999"}, "until"),
        ({"outcome": "recorded", "reference": "R" * 5000}, "reference"),
        ({"outcome": "test", "note": "n" * 4001}, "note"),
    ],
)
def test_open_questions_are_named_and_nothing_is_lost(
    collector: Collector, dsl: SignedIn, incident: str, answers: dict[str, str], field: str
) -> None:
    form = fill_in(dsl, incident) | {"note": "Kept & <i>safe</i>."} | answers
    answer = send(dsl, incident, form)
    assert answer.status == 422
    assert "<title>Error: " in answer.body
    assert "There is a problem" in answer.body
    assert f'id="{field}-error"' in answer.body
    target = "outcome-recorded" if field == "outcome" else field
    assert f'<a href="#{target}">' in answer.body
    assert f'id="{target}"' in answer.body
    assert fields_of(answer, f"/incidents/{incident}/decide")["note"] == form["note"]
    for forbidden in ("<i>safe", "<script>alert", '"<b>'):
        assert forbidden not in answer.body
    assert state(collector, incident) == ("new", "dsl", None)
    assert audited(collector, incident) == []


@pytest.mark.parametrize("nonce", ["", "short", "<script>alert(1)</script>", "n" * 5000])
def test_a_form_without_its_number_is_not_saved_but_kept(
    collector: Collector, dsl: SignedIn, incident: str, nonce: str
) -> None:
    answer = send(dsl, incident, fill_in(dsl, incident, **SONG) | {"nonce": nonce})
    assert answer.status == 422
    kept = fields_of(answer, f"/incidents/{incident}/decide")
    assert kept["note"] == "Asked her."
    assert kept["nonce"] != nonce
    assert state(collector, incident) == ("new", "dsl", None)


def test_a_number_of_another_form_is_not_good_here(
    collector: Collector, dsl: SignedIn, deputy: SignedIn, incident: str, deliver: Deliver
) -> None:
    used = fill_in(deputy, incident, **SONG)
    send(deputy, incident, used)
    send(deputy, incident, fill_in(deputy, incident, "reopen", reason="Again."), "reopen")
    form = fill_in(dsl, incident, **SONG) | {"nonce": used["nonce"]}
    answer = send(dsl, incident, form)
    assert answer.status == 409
    assert "This form was used before" in answer.body
    assert state(collector, incident)[0] == "new"
    assert send(dsl, incident, form | fields_of(answer, f"/incidents/{incident}/decide")).status == 200


def test_bytes_that_are_no_text_are_refused_or_cleaned(
    collector: Collector, dsl: SignedIn, incident: str
) -> None:
    form = fill_in(dsl, incident, outcome="test")
    note = "before %ED%A0%80 %00 %FF after"
    body = "&".join(f"{name}={value}" for name, value in form.items() if name != "note") + f"&note={note}"
    assert exchange_raw(dsl, f"/incidents/{incident}/decide", body) == 200
    closed = dsl.request(f"/incidents/{incident}")
    assert "before" in closed.body
    assert "\0" not in closed.body
    assert state(collector, incident)[0] == "test"


def exchange_raw(reader: SignedIn, path: str, body: str) -> int:
    """Send a form whose bytes no browser would send; answers the status."""
    netloc = urlsplit(reader.address).netloc
    headers = {
        "Origin": f"http://{netloc}",
        "Cookie": reader.cookie,
        "Content-Type": "application/x-www-form-urlencoded",
    }
    with closing(http.client.HTTPConnection(netloc, timeout=10)) as connection:
        connection.request("POST", path, body=body, headers=headers)
        return connection.getresponse().status


def test_a_note_of_a_megabyte_is_refused_before_it_is_read(
    collector: Collector, dsl: SignedIn, incident: str
) -> None:
    netloc = urlsplit(dsl.address).netloc
    with closing(http.client.HTTPConnection(netloc, timeout=10)) as connection:
        connection.putrequest("POST", f"/incidents/{incident}/decide")
        for name, value in (("Origin", f"http://{netloc}"), ("Cookie", dsl.cookie)):
            connection.putheader(name, value)
        connection.putheader("Content-Type", "application/x-www-form-urlencoded")
        connection.putheader("Content-Length", "1000000")
        connection.endheaders()
        assert connection.getresponse().status == 413
    assert state(collector, incident)[0] == "new"


def test_undo_gives_the_item_back_to_who_decided(collector: Collector, dsl: SignedIn, incident: str) -> None:
    saved = decide(dsl, incident, **SONG)
    undo = fields_of(saved, f"/incidents/{incident}/undo")
    answers = [send(dsl, incident, undo, "undo") for _ in range(2)]
    assert [(answer.status, answer.headers["location"]) for answer in answers] == [
        (303, f"/incidents/{incident}")
    ] * 2
    assert state(collector, incident)[0] == "claimed"
    assert "You are reviewing this." in text_of(dsl.request(f"/incidents/{incident}"))
    assert audited(collector, incident) == ["incident-decide", "incident-undo"]


def test_nobody_undoes_a_colleagues_decision(dsl: SignedIn, deputy: SignedIn, incident: str) -> None:
    saved = decide(dsl, incident, **SONG)
    undo = fields_of(saved, f"/incidents/{incident}/undo") | {"csrf": deputy.csrf}
    answer = send(deputy, incident, undo, "undo")
    assert answer.status == 409
    assert "Undo has closed" in answer.body
    assert fields_of(answer, f"/incidents/{incident}/reopen")


def test_reopening_needs_a_reason_which_stays_on_record(
    collector: Collector, dsl: SignedIn, deputy: SignedIn, incident: str
) -> None:
    decide(dsl, incident, **SONG)
    without = send(deputy, incident, fill_in(deputy, incident, "reopen"), "reopen")
    assert without.status == 422
    assert "Say why you reopen it" in without.body
    form = fill_in(deputy, incident, "reopen", reason="His mother rang.")
    assert send(deputy, incident, form, "reopen").status == 303
    assert state(collector, incident) == ("new", "dsl", None)
    read = text_of(dsl.request(f"/incidents/{incident}"))
    assert "Reopened" in read
    assert "His mother rang." in read
    assert f"/incidents/{incident}" in dsl.request("/").body


def test_who_is_reviewing_is_seen_by_colleagues(
    collector: Collector, dsl: SignedIn, deputy: SignedIn, incident: str
) -> None:
    claim = fill_in(dsl, incident, "claim")
    assert send(dsl, incident, claim, "claim").status == 303
    assert "Rowan Alder is reviewing this" in text_of(deputy.request(f"/incidents/{incident}"))
    assert "Rowan Alder is reviewing this." in text_of(deputy.request("/"))
    assert "You are reviewing this." in text_of(dsl.request("/"))
    taken = send(deputy, incident, {}, "claim")
    assert taken.status == 409
    assert "has been reviewing this since" in taken.body
    assert send(deputy, incident, {}, "let-go").status == 409
    assert send(dsl, incident, fill_in(dsl, incident, "let-go"), "let-go").status == 303
    assert audited(collector, incident) == ["incident-claim", "incident-let-go"]


def test_what_is_about_staff_goes_to_the_head_and_is_gone_for_the_dsl(
    collector: Collector, dsl: SignedIn, deputy: SignedIn, head: SignedIn, incident: str
) -> None:
    late = fill_in(deputy, incident, outcome="recorded", reference="CP-9", note="Mine.")
    form = fill_in(dsl, incident, outcome="staff", about="A teacher was signed in.")
    saved = send(dsl, incident, form)
    assert "It has left your queue" in text_of(saved)
    assert fields_of(saved, f"/incidents/{incident}/undo") == {}
    assert text_of(send(dsl, incident, form)) == text_of(saved)
    for reader in (dsl, deputy):
        for path in ("/", "/decided"):
            assert f"/incidents/{incident}" not in reader.request(path).body
        assert reader.request(f"/incidents/{incident}").status == 404
        assert reader.request(f"/incidents/{incident}", method="POST").status == 404
    gone, never = send(deputy, incident, late), send(deputy, "0000000none", late)
    assert (gone.status, gone.body) == (404, never.body)
    assert {"Mine.", "CP-9"} <= set(text_of(gone).split())
    assert f"/incidents/{incident}" in head.request("/").body
    page = head.request(f"/incidents/{incident}")
    assert "This is about the headteacher" in page.body
    assert state(collector, incident) == ("staff_routed", "head", "staff")


def test_a_watch_is_closed_until_its_date(collector: Collector, dsl: SignedIn, incident: str) -> None:
    day = datetime.now().astimezone() + timedelta(days=7)
    answer = decide(dsl, incident, outcome="watch", until=f"{day:%d %m %Y}")
    assert answer.status == 200
    assert state(collector, incident) == ("watching", "dsl", "watch")
    assert "Watch until" in text_of(dsl.request("/decided"))


def test_an_open_queue_lets_go_of_what_was_decided_and_of_what_went_to_the_head(
    dsl: SignedIn, head: SignedIn, collector: Collector, deliver: Deliver, incident: str
) -> None:
    revision = int(dsl.request("/").body.partition('data-revision="')[2].partition('"')[0])
    with (
        event_stream(collector.web, cookie=dsl.cookie, since=revision) as mine,
        event_stream(collector.web, cookie=head.cookie, since=revision) as theirs,
    ):
        send(dsl, incident, {}, "claim")
        claimed = next(mine)
        assert [row["id"] for row in claimed.data["rows"]] == [incident]
        assert "You are reviewing this." in claimed.data["rows"][0]["html"]
        total = claimed.data["total"]
        decide(dsl, incident, outcome="staff", about="A teacher was signed in.")
        gone = next(mine)
        assert (gone.data["rows"], gone.data["gone"]) == ([], [incident])
        assert gone.data["total"] == total - 1
        assert [row["id"] for row in next(theirs).data["rows"]] == [incident]


def test_a_form_of_another_session_is_refused_and_its_note_comes_back(
    collector: Collector, dsl: SignedIn, deputy: SignedIn, incident: str
) -> None:
    form = fill_in(dsl, incident, **SONG) | {"csrf": deputy.csrf}
    answer = send(dsl, incident, form)
    assert answer.status == 403
    assert "Asked her." in answer.body
    assert state(collector, incident)[0] == "new"


@contextmanager
def refusing(collector: Collector) -> Iterator[None]:
    """A store that takes no decision."""
    store = sqlite3.connect(collector.store.removeprefix("sqlite:///"), timeout=10)
    store.execute("CREATE TRIGGER refuse BEFORE UPDATE ON revisions BEGIN SELECT RAISE(ABORT, 'no'); END")
    store.commit()
    yield
    store.execute("DROP TRIGGER refuse")
    store.commit()
    store.close()


@pytest.mark.fault
def test_a_store_that_can_not_be_written_costs_no_note(
    collector: Collector, dsl: SignedIn, incident: str
) -> None:
    form = fill_in(dsl, incident, **SONG)
    with refusing(collector):
        answer = send(dsl, incident, form)
    assert answer.status == 503
    assert "Not saved yet" in answer.body
    kept = fields_of(answer, f"/incidents/{incident}/decide")
    assert (kept["note"], kept["nonce"]) == ("Asked her.", form["nonce"])
    assert state(collector, incident)[0] == "new"
    assert send(dsl, incident, form | kept).status == 200
