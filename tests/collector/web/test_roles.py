"""Everybody who may and may not, through every route, on a real server.

`MAY` has a row for each route and says who gets an answer. For everybody else who has signed in there is
nothing there, in the very words of an incident that does not exist; who has not signed in is sent to the
form. A route without a row fails.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from lamplighter_collector.people.roles import Role
from lamplighter_collector.web.app import PAGES
from lamplighter_protos.v1 import detection_pb2

from tests.collector.postgresql import Cluster
from tests.collector.web.conftest import deliver_from
from tests.support.browser import Answer, event_stream
from tests.support.collector import Collector, detection
from tests.support.media_messages import request
from tests.support.signed_in import SignedIn, add_account, exchange, sign_in

pytestmark = pytest.mark.roles

STAFF = detection_pb2.USER_KIND_STAFF
WHO = ("anonymous", "stranger", *(role.value for role in Role))
"""``stranger`` is the DSL of another school on the same store, with the cookie of their own collector."""
SIGNED_IN = frozenset(role.value for role in Role)
EVERYBODY = frozenset(WHO)
READERS = frozenset({"dsl", "deputy", "headteacher", "chair"})
SAFEGUARDING = frozenset({"dsl", "deputy"})
VERBS = ("claim", "let-go", "decide", "undo", "reopen")

MAY: Mapping[tuple[str, str], frozenset[str]] = {
    ("GET", "/sign-in"): EVERYBODY,
    ("POST", "/sign-in"): EVERYBODY,
    ("POST", "/sign-out"): SIGNED_IN,
    # A technician is led on to the devices.
    ("GET", "/"): SIGNED_IN,
    ("GET", "/decided"): READERS,
    ("GET", "/events"): READERS,
    ("GET", "/devices"): SAFEGUARDING | {"headteacher", "technician"},
    ("GET", "/media"): frozenset({"technician", "headteacher"}),
    ("POST", "/media/requests/{request}"): frozenset({"technician"}),
    ("POST", "/media/requests/{none}"): frozenset(),
    # Before the permission is taken back: it asks.
    ("GET", "/media/permissions/{permission}/revoke"): frozenset({"technician"}),
    ("GET", "/media/permissions/{none}/revoke"): frozenset(),
    ("POST", "/media/permissions/{permission}/revoke"): frozenset({"technician"}),
    ("POST", "/media/permissions/{none}/revoke"): frozenset(),
    ("POST", "/media/permissions"): frozenset({"technician"}),
    ("POST", "/media/loans"): frozenset({"technician"}),
    ("POST", "/media/loans/{loan}/renew"): frozenset({"technician"}),
    ("POST", "/media/loans/{none}/renew"): frozenset(),
    ("POST", "/media/loans/{loan}/return"): frozenset({"technician"}),
    ("POST", "/media/loans/{none}/return"): frozenset(),
    ("POST", "/media/unlock-code"): frozenset({"technician"}),
    ("GET", "/incidents/{pupil}"): SAFEGUARDING,
    ("POST", "/incidents/{pupil}"): SAFEGUARDING,
    # A virus on a pupil's stick is the headteacher's to know of, too.
    ("GET", "/incidents/{malware}"): SAFEGUARDING | {"headteacher"},
    ("POST", "/incidents/{malware}"): SAFEGUARDING | {"headteacher"},
    ("GET", "/incidents/{staff}"): frozenset({"headteacher"}),
    ("POST", "/incidents/{staff}"): frozenset({"headteacher"}),
    ("GET", "/incidents/{head}"): frozenset({"chair"}),
    ("POST", "/incidents/{head}"): frozenset({"chair"}),
    ("GET", "/incidents/{none}"): frozenset(),
    ("POST", "/incidents/{none}"): frozenset(),
    **{("POST", f"/incidents/{{pupil}}/{verb}"): SAFEGUARDING for verb in VERBS},
    **{("POST", f"/incidents/{{malware}}/{verb}"): SAFEGUARDING | {"headteacher"} for verb in VERBS},
    **{("POST", f"/incidents/{{staff}}/{verb}"): frozenset({"headteacher"}) for verb in VERBS},
    **{("POST", f"/incidents/{{head}}/{verb}"): frozenset({"chair"}) for verb in VERBS},
    **{("POST", f"/incidents/{{none}}/{verb}"): frozenset() for verb in VERBS},
    ("GET", "/static/lamplighter.css"): EVERYBODY,
    ("GET", "/nowhere"): frozenset(),
}


@dataclass(frozen=True, slots=True)
class School:
    """A running collector with an account of each role, and an item for each audience."""

    collector: Collector
    people: Mapping[str, SignedIn]
    items: Mapping[str, str]

    def ask(self, who: str, method: str, path: str) -> Answer:
        """One request as this person; a form carries only its token."""
        path = path.format_map(self.items)
        reader = self.people.get(who)
        if reader is None:
            form: dict[str, str] | None = {} if method == "POST" else None
            return exchange(self.collector.web, path, method=method, form=form)
        if path == "/events":
            path += "?since=0"
        return reader.request(path, method=method)


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory, cluster: Cluster) -> Iterator[School]:
    """Two schools share a store, which only PostgreSQL lets them."""
    folder, elsewhere = (tmp_path_factory.mktemp(name) for name in ("school", "elsewhere"))
    database = cluster.new_database()
    collector = Collector(folder, store=cluster.url(database))
    logins = {role.value: account(collector, role, own=[f"{role.value}-device"]) for role in Role}
    other = Collector(elsewhere, organisation="Another School", store=collector.store)
    with collector, other:
        yield _school(collector, other, logins)
    cluster.drop(database)


def _school(collector: Collector, other: Collector, logins: Mapping[str, str]) -> School:
    people = {who: sign_in(collector.web, collector.config, login=login) for who, login in logins.items()}
    theirs = sign_in(other.web, other.config, Role.DSL, Role.HEADTEACHER, Role.CHAIR)
    people["stranger"] = SignedIn(
        address=collector.web,
        account=theirs.account,
        login=theirs.login,
        cookie=theirs.cookie,
        csrf=theirs.csrf,
    )
    deliver = deliver_from(collector, collector.enrol("lap-17"))
    deliver(
        detection(theme="bullying", user="pupil07"),
        detection(theme="malware-media", user="pupil08"),
        detection(theme="weapons", user="a-teacher", user_kind=STAFF),
        detection(theme="gambling", user="headteacher-device"),
        # Who asked for a stick stands on the technicians' page; nothing else of them does.
        asked := request(user="a-borrower"),
    )
    stick = ["--medium", "usb:0951:1666:60A44C3FAC35", "--to", "group:pupil", "--read-only", "--for", "2h"]
    (given,) = json.loads(collector.run("media", "grant", *stick, "--reason", "Art project", "--json"))
    loan = ["--medium", "usb:0951:1666:60A44C3FAC36", "--to", "person:a-borrower", "--for", "2h"]
    (lent,) = json.loads(collector.run("media", "loan", *loan, "--json"))
    found = {str(row["theme"]): str(row["id"]) for row in collector.report("incidents")}
    items = {
        "pupil": found["bullying"],
        "malware": found["malware-media"],
        "staff": found["weapons"],
        "head": found["gambling"],
        "none": "00000000000000000000000000",
        "request": asked.id.hex(),
        "permission": str(given["id"]),
        "loan": str(lent["id"]),
    }
    return School(collector, people, items)


def account(collector: Collector, *roles: Role, own: Sequence[str] = (), children: Sequence[str] = ()) -> str:
    """The login of a new account, made before the collector starts."""
    collector.write_config()
    return add_account(collector.config, *roles, own=own, children=children)[1]


def signed_in(collector: Collector, *roles: Role) -> SignedIn:
    return sign_in(collector.web, collector.config, *roles)


def test_every_route_has_its_row() -> None:
    routes = {(method, page.path) for page in PAGES for method in page.methods}
    rows = {(method, _pattern(path)) for method, path in MAY}
    assert routes <= rows, routes - rows


def _pattern(path: str) -> str:
    name = "{named}" if path.startswith("/media/") else "{incident}"
    for item in ("pupil", "staff", "head", "none", "request", "permission", "loan"):
        path = path.replace(f"{{{item}}}", name)
    return path


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize(("method", "path"), MAY, ids=lambda part: part)
def test_each_gets_what_is_theirs_and_nothing_else(school: School, method: str, path: str, who: str) -> None:
    if (method, path) == ("POST", "/sign-out") and who in SIGNED_IN:
        leaving = signed_in(school.collector, Role(who))
        assert leaving.request("/sign-out", method="POST").status == 303
        assert leaving.request("/devices").status == 303
        return
    if path == "/events" and who in MAY[method, path]:
        reader = school.people[who]
        with event_stream(reader.address, cookie=reader.cookie) as events:
            assert next(events).data["total"] >= 1
        return
    answer = school.ask(who, method, path)
    if who in MAY[method, path]:
        assert answer.status not in {401, 404, 405}
        # An empty form signs nobody in; elsewhere it may be refused for what is missing only.
        assert answer.status != 403 or path == "/sign-in"
        assert answer.status < 500
        assert "/sign-in" not in answer.headers.get("location", "")
    elif who in SIGNED_IN and path != "/nowhere":
        nothing = school.ask(who, "GET", "/incidents/{none}")
        assert (answer.status, answer.body) == (nothing.status, nothing.body)
        assert nothing.status == 404
    elif who in SIGNED_IN:
        assert answer.status == 404
    else:
        _is_sent_to_the_form(answer, method)


def _is_sent_to_the_form(answer: Answer, method: str) -> None:
    if answer.status == 303:
        assert answer.headers["location"].startswith("/sign-in")
    else:
        assert answer.status == 401
    for absent in ("pupil07", "zebra", "Bullying", "Weapons"):
        assert absent not in answer.body
    assert method in {"GET", "POST"}


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "OPTIONS"])
@pytest.mark.parametrize("path", ["/", "/incidents/{pupil}", "/sign-in", "/devices"])
def test_no_other_method_does_anything(school: School, method: str, path: str) -> None:
    origin = {"Origin": school.collector.web.rstrip("/")}
    reader = school.people["dsl"]
    answer = reader.request(path.format_map(school.items), method=method, headers=origin)
    assert answer.status in {400, 403, 404, 405}


@pytest.mark.parametrize("who", ["anonymous", "stranger", "technician", "chair"])
def test_asking_for_the_head_only_tells_no_more(school: School, who: str) -> None:
    expected = {"technician": 404, "chair": 404}.get(who, 303)
    assert school.ask(who, "HEAD", "/incidents/{pupil}").status == expected


def test_a_technician_never_gets_an_account_or_a_word(school: School) -> None:
    deliver_from(school.collector, school.collector.enrol("lap-18"))(detection(user="pupil08"))
    for method, path in MAY:
        if path not in {"/sign-out", "/sign-in"}:
            body = school.ask("technician", method, path).body
            for absent in ("pupil0", "a-teacher", "zebra", "Bullying", "bullying", "Weapons"):
                assert absent not in body, path


def test_the_address_that_is_printed_leads_everybody_to_their_first_page(school: School) -> None:
    led = school.people["technician"].request("/")
    assert (led.status, led.headers["location"]) == (303, "/devices")
    assert school.people["technician"].request(led.headers["location"]).status == 200
    for who in READERS:
        assert school.people[who].request("/").status == 200


def test_the_store_is_shared_and_nothing_of_it_is(school: School) -> None:
    """The other school's own pages show none of ours, by list or by address."""
    other = school.people["stranger"]
    assert other.request("/").status == 303


def test_a_reader_sees_the_audience_of_their_role_only(school: School) -> None:
    shown = {
        who: {
            theme
            for theme in ("Bullying", "Weapons", "Gambling")
            if theme in school.ask(who, "GET", "/").body
        }
        for who in READERS
    }
    assert shown == {
        "dsl": {"Bullying"},
        "deputy": {"Bullying"},
        "headteacher": {"Weapons"},
        "chair": {"Gambling"},
    }


def test_a_head_who_is_also_the_dsl_never_sees_their_own_nor_their_child(tmp_path: Path) -> None:
    collector = Collector(tmp_path)
    linked = account(collector, Role.HEADTEACHER, Role.DSL, own=["the-head"], children=["heads-child"])
    governor = account(collector, Role.CHAIR)
    with collector:
        head = sign_in(collector.web, collector.config, login=linked)
        chair = sign_in(collector.web, collector.config, login=governor)
        deliver = deliver_from(collector, collector.enrol("lap-17"))
        with event_stream(head.address, cookie=head.cookie) as events:
            deliver(
                detection(theme="weapons", user="the-head"),
                detection(theme="drugs", user="the-head", user_kind=STAFF),
                detection(theme="hate", user="heads-child"),
            )
            deliver(detection(theme="bullying", user="pupil07"))
            event = next(events)
        assert [row["spoken"] for row in event.data["rows"]] == ["Bullying, severity 4 of 5"]
        assert event.data["total"] == 1
        page, chairs = head.request().body, chair.request().body
        assert '<span id="total">1</span>' in page
        assert '<span id="total">3</span>' in chairs
        for theme in ("Weapons", "Drugs", "Hate"):
            assert theme not in page
            assert theme in chairs
        hidden = [str(one["id"]) for one in collector.report("incidents") if one["theme"] != "bullying"]
        for incident in hidden:
            _is_hidden(head, incident)
            assert "<mark>zebra" in chair.request(f"/incidents/{incident}", method="POST").body


def _is_hidden(reader: SignedIn, incident: str) -> None:
    nothing = reader.request("/incidents/none").body
    assert reader.request(f"/incidents/{incident}").body == nothing
    for path in (f"/incidents/{incident}", *(f"/incidents/{incident}/{verb}" for verb in VERBS)):
        answer = reader.request(path, method="POST")
        assert (answer.status, answer.body) == (404, nothing), path


def test_an_ordinary_dsl_never_sees_staff_nor_their_own_child(tmp_path: Path) -> None:
    collector = Collector(tmp_path)
    parent = account(collector, Role.DSL, children=["palder"])
    colleague = account(collector, Role.DEPUTY, own=["deputy-device"])
    with collector:
        dsl = sign_in(collector.web, collector.config, login=parent)
        deputy = sign_in(collector.web, collector.config, login=colleague)
        deliver = deliver_from(collector, collector.enrol("lap-17"))
        with event_stream(dsl.address, cookie=dsl.cookie) as events:
            deliver(
                detection(theme="weapons", user="a-teacher", user_kind=STAFF),
                detection(theme="drugs", user="deputy-device"),
                detection(theme="hate", user="palder"),
            )
            deliver(detection(theme="bullying", user="pupil07"))
            assert [row["spoken"] for row in next(events).data["rows"]] == ["Bullying, severity 4 of 5"]
        page, colleagues = dsl.request().body, deputy.request().body
        for theme in ("Weapons", "Drugs"):
            assert theme not in page
            assert theme not in colleagues
        assert "Hate" not in page
        assert "Hate" in colleagues


def test_a_link_made_while_the_collector_runs_holds_for_the_next_item(tmp_path: Path) -> None:
    with Collector(tmp_path) as collector:
        dsl, chair = signed_in(collector, Role.DSL), signed_in(collector, Role.CHAIR)
        deliver = deliver_from(collector, collector.enrol("lap-17"))
        deliver(detection(theme="hate", user="the-head"))
        assert "Hate" in dsl.request().body
        add_account(collector.config, Role.HEADTEACHER, own=["the-head"])
        deliver(detection(theme="weapons", user="the-head"))
        for theme in ("Hate", "Weapons"):
            assert theme not in dsl.request().body
            assert theme in chair.request().body
