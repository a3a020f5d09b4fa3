import http.client
from contextlib import closing
from urllib.parse import urlsplit

import pytest
from lamplighter_collector.web.guard import MOST_BODY_BYTES

from tests.support.browser import WAIT_SECONDS, request
from tests.support.collector import Collector
from tests.support.signed_in import SignedIn, exchange


@pytest.mark.parametrize(
    "path", ["/", "/sign-in", "/incidents/none", "/events", "/static/lamplighter.css", "/nowhere"]
)
def test_every_answer_is_guarded(collector: Collector, path: str) -> None:
    headers = request(collector.web, path).headers
    assert headers["content-security-policy"].startswith("default-src 'self';")
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
    assert headers["x-frame-options"] == "DENY"
    assert "server" not in headers


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "[", "192.0.2.1"])
def test_another_name_is_not_served(dsl: SignedIn, host: str) -> None:
    answer = dsl.request(headers={"Host": host})
    assert answer.status == 421
    assert "need you" not in answer.body


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[::1]"])
def test_loopback_names_are_served(dsl: SignedIn, name: str) -> None:
    port = dsl.address.rstrip("/").rpartition(":")[2]
    assert dsl.request(headers={"Host": f"{name}:{port}"}).status == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "", "https://127.0.0.1"])
@pytest.mark.parametrize("path", ["/incidents/none", "/sign-in", "/sign-out"])
def test_a_form_of_another_page_is_refused(dsl: SignedIn, path: str, origin: str) -> None:
    assert dsl.request(path, method="POST", headers={"Origin": origin}).status == 403
    assert dsl.request().status == 200


def test_pages_hold_no_inline_script_or_style(dsl: SignedIn) -> None:
    body = dsl.request().body
    assert "style=" not in body
    assert "<style" not in body
    assert " on" + "click" not in body
    assert "<script src=" in body
    assert body.count("<script") == 1


def test_a_large_body_is_refused_before_it_is_read(collector: Collector) -> None:
    answer = exchange(
        collector.web, "/sign-in", method="POST", form={"login": "dsl", "password": "x" * MOST_BODY_BYTES}
    )
    assert answer.status == 413


def test_a_body_that_does_not_say_how_long_it_is_ends_at_the_limit(collector: Collector) -> None:
    netloc = urlsplit(collector.web).netloc
    form = "application/x-www-form-urlencoded"
    with closing(http.client.HTTPConnection(netloc, timeout=WAIT_SECONDS)) as connection:
        connection.request(
            "POST",
            "/sign-in",
            body=(b"x" * 4096 for _ in range(MOST_BODY_BYTES // 4096 + 1)),
            headers={"Origin": f"http://{netloc}", "Content-Type": form},
            encode_chunked=True,
        )
        assert connection.getresponse().status == 413
