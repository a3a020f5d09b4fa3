"""The form, the cookie and the session, as a browser and as somebody hostile use them."""

import subprocess
import sys
from pathlib import Path

import pytest
from lamplighter_collector.people.roles import Role
from lamplighter_collector.web.views.sign_in import _attempt, own_path
from starlette.datastructures import FormData
from starlette.requests import Request

from tests.collector.web.conftest import Deliver
from tests.support.browser import Answer, event_stream
from tests.support.collector import Collector, detection
from tests.support.signed_in import PASSWORD, SignedIn, add_account, exchange, sign_in


def post(collector: Collector, cookie: str = "", **form: str) -> Answer:
    headers = {"Cookie": cookie} if cookie else {}
    return exchange(collector.web, "/sign-in", method="POST", form=form, headers=headers)


@pytest.fixture(scope="module")
def login(collector: Collector) -> str:
    _, login = add_account(collector.config, Role.DSL, name='<b>Wren</b> "Alder"')
    return login


def test_the_form_says_whose_page_it_is_and_asks_for_nothing_else(collector: Collector) -> None:
    body = exchange(collector.web, "/sign-in").body
    assert collector.organisation in body
    assert 'type="password"' in body
    assert "<script" not in body


def test_without_a_session_every_page_leads_to_the_form_and_back(collector: Collector, login: str) -> None:
    answer = exchange(collector.web, "/devices?sort=seen")
    assert (answer.status, answer.headers["location"]) == (303, "/sign-in?next=%2Fdevices%3Fsort%3Dseen")
    form = exchange(collector.web, answer.headers["location"]).body
    assert 'name="next" value="/devices?sort=seen"' in form
    signed = post(collector, login=login, password=PASSWORD, next="/devices?sort=seen")
    assert signed.headers["location"] == "/devices?sort=seen"


@pytest.mark.parametrize(
    "next_",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/%2Fevil.example",
        "javascript:alert(1)",
        "/x\r\nSet-Cookie: a=b",
        "/x\nLocation: //evil.example",
        "/a//b",
        "evil",
        "/" + "x" * 300,
        "/\ud800",
        "/../x",
    ],
    ids=ascii,
)
def test_nobody_is_led_away(next_: str) -> None:
    assert own_path(next_) == ""


@pytest.mark.parametrize("next_", ["//evil.example", "/x\r\nSet-Cookie: stolen=1"])
def test_a_hostile_next_leads_home(collector: Collector, login: str, next_: str) -> None:
    answer = post(collector, login=login, password=PASSWORD, next=next_)
    assert (answer.status, answer.headers["location"]) == (303, "/")
    assert "stolen" not in str(answer.headers)


@pytest.mark.parametrize("path", ["/", "/devices", "/incidents/0a1b", "/?page=2", "/incidents/0a/claim"])
def test_own_paths_are_kept(path: str) -> None:
    assert own_path(path) == path


def test_the_cookie_is_closed_to_scripts_and_other_sites(collector: Collector, login: str) -> None:
    cookie = post(collector, login=login, password=PASSWORD).headers["set-cookie"]
    name, _, attributes = cookie.partition(";")
    assert name.startswith("lamplighter-session=")
    assert "httponly" in attributes.lower()
    assert "samesite=strict" in attributes.lower()
    assert "path=/" in attributes.lower()
    assert "max-age" not in attributes.lower()


def test_an_id_that_a_stranger_chose_is_never_taken(collector: Collector, login: str) -> None:
    fixed = "lamplighter-session=" + "A" * 43
    answer = post(collector, fixed, login=login, password=PASSWORD)
    assert answer.status == 303
    assert "A" * 43 not in answer.headers["set-cookie"]
    assert exchange(collector.web, "/", headers={"Cookie": fixed}).status == 303


def test_signing_in_again_ends_the_session_before(collector: Collector, login: str) -> None:
    first = sign_in(collector.web, collector.config, login=login)
    second = post(collector, first.cookie, login=login, password=PASSWORD)
    assert second.status == 303
    assert first.request().status == 303


@pytest.mark.parametrize(
    "cookie",
    [
        "lamplighter-session=",
        "lamplighter-session=x",
        "lamplighter-session=" + "0" * 64,
        "lamplighter-session=" + "x" * 5000,
        "lamplighter-session=\xe9",
        "lamplighter-session=' OR 1=1 --",
        "lamplighter-session=a; lamplighter-session=b",
        "; ; =",
    ],
    ids=lambda text: ascii(text[:40]),
)
def test_a_forged_cookie_is_no_session(collector: Collector, cookie: str) -> None:
    answer = exchange(collector.web, "/", headers={"Cookie": cookie})
    assert (answer.status, answer.headers["location"]) == (303, "/sign-in?next=%2F")


def test_wrong_and_unknown_are_answered_alike(collector: Collector, login: str) -> None:
    wrong = post(collector, login=login, password="wrong")
    unknown = post(collector, login="nobody", password="wrong")
    assert (wrong.status, wrong.body) == (unknown.status, unknown.body)
    assert wrong.status == 403
    assert "set-cookie" not in wrong.headers


def test_a_name_is_shown_as_text(collector: Collector, login: str) -> None:
    body = sign_in(collector.web, collector.config, login=login).request().body
    assert "<b>Wren" not in body
    assert "&lt;b&gt;Wren&lt;/b&gt;" in body


@pytest.mark.parametrize("login", ["nul\0", "'; DROP TABLE accounts; --", "<script>", "x" * 100_000])
def test_hostile_logins_are_only_wrong(collector: Collector, login: str) -> None:
    answer = post(collector, login=login, password="p\0")
    assert answer.status in {403, 413}
    assert "<script>" not in answer.body


def test_another_kind_of_body_is_no_form(collector: Collector) -> None:
    headers = {"Content-Type": "application/json"}
    answer = exchange(collector.web, "/sign-in", method="POST", form={"login": "x"}, headers=headers)
    assert answer.status == 415


@pytest.mark.parametrize("token", ["", "wrong", "\u00e9", "x" * 10_000])
def test_a_form_without_this_sessions_token_does_nothing(
    collector: Collector, dsl: SignedIn, token: str
) -> None:
    assert dsl.request("/sign-out", method="POST", form={"csrf": token}).status == 403
    assert dsl.request("/incidents/none", method="POST", form={"csrf": token}).status == 403
    assert dsl.request().status == 200


def test_the_token_of_a_colleague_does_nothing(collector: Collector, dsl: SignedIn) -> None:
    other = sign_in(collector.web, collector.config, Role.DEPUTY)
    assert dsl.request("/sign-out", method="POST", form={"csrf": other.csrf}).status == 403


def test_what_was_written_comes_back_after_the_sessions_end(collector: Collector) -> None:
    answer = exchange(
        collector.web,
        "/incidents/0a1b/decide",
        method="POST",
        form={"note": "spoke to <b>her</b> at break", "outcome": "pastoral"},
    )
    assert answer.status == 401
    assert "spoke to &lt;b&gt;her&lt;/b&gt; at break" in answer.body


def test_signing_out_ends_an_open_stream_and_refuses_its_return(
    collector: Collector, deliver: Deliver
) -> None:
    leaving = sign_in(collector.web, collector.config, Role.DSL)
    deliver(detection(theme="bullying", user="seen"))
    with event_stream(leaving.address, cookie=leaving.cookie) as events:
        next(events)
        assert leaving.request("/sign-out", method="POST").status == 303
        assert list(events) == []
    assert leaving.request("/events").status == 401


def test_closing_the_account_elsewhere_ends_an_open_stream(collector: Collector, deliver: Deliver) -> None:
    leaving = sign_in(collector.web, collector.config, Role.DSL)
    deliver(detection(theme="bullying", user="seen-too"))
    with event_stream(leaving.address, cookie=leaving.cookie) as events:
        next(events)
        command = [sys.executable, "-m", "lamplighter_collector", "accounts", "disable"]
        command += ["--config", str(collector.config), "--login", leaving.login]
        subprocess.run(command, check=True, capture_output=True)
        assert list(events) == []
    assert leaving.request().status == 303


def test_too_many_attempts_are_told_to_wait(tmp_path: Path) -> None:
    with Collector(tmp_path) as collector:
        _, login = add_account(collector.config, Role.DSL)
        answers = [post(collector, login=login, password="wrong").status for _ in range(6)]
        assert answers == [403] * 5 + [429]
        refused = post(collector, login=login, password=PASSWORD)
        assert refused.status == 429
        assert "Wait 15 minutes" in refused.body
        assert PASSWORD not in collector.log.read_text(encoding="utf-8")


def test_where_somebody_is_can_not_be_made_up(tmp_path: Path) -> None:
    """The limit by address holds for a browser that claims to be a proxy."""
    with Collector(tmp_path) as collector:
        statuses = [
            exchange(
                collector.web,
                "/sign-in",
                method="POST",
                form={"login": f"login{number}", "password": "wrong"},
                headers={"X-Forwarded-For": f"192.0.2.{number}"},
            ).status
            for number in range(21)
        ]
        assert statuses == [403] * 20 + [429]


@pytest.mark.parametrize(
    ("host", "counted"), [("2001:db8:1:2::9", "2001:db8:1:2::/64"), ("::ffff:192.0.2.7", "192.0.2.7")]
)
def test_attempts_are_counted_by_network(host: str, counted: str) -> None:
    scope = {"type": "http", "client": (host, 51234), "headers": [], "state": {"visit": None}}
    assert _attempt(Request(scope), FormData(), secure=False).address == counted
