import pytest

from tests.support.browser import request
from tests.support.collector import Collector


@pytest.mark.parametrize("path", ["/", "/incidents/none", "/static/lamplighter.css", "/nowhere"])
def test_every_answer_is_guarded(collector: Collector, path: str) -> None:
    headers = request(collector.web, path).headers
    assert headers["content-security-policy"].startswith("default-src 'self';")
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
    assert headers["x-frame-options"] == "DENY"
    assert "server" not in headers


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "[", "192.0.2.1"])
def test_another_name_is_not_served(collector: Collector, host: str) -> None:
    answer = request(collector.web, headers={"Host": host})
    assert answer.status == 421
    assert "need you" not in answer.body


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[::1]"])
def test_loopback_names_are_served(collector: Collector, name: str) -> None:
    port = collector.web.rstrip("/").rpartition(":")[2]
    assert request(collector.web, headers={"Host": f"{name}:{port}"}).status == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", ""])
def test_a_form_of_another_page_is_refused(collector: Collector, origin: str) -> None:
    answer = request(collector.web, "/incidents/none", method="POST", headers={"Origin": origin})
    assert answer.status == 403


def test_pages_hold_no_inline_script_or_style(collector: Collector) -> None:
    body = request(collector.web).body
    assert "style=" not in body
    assert "<style" not in body
    assert " on" + "click" not in body
    assert "<script src=" in body
    assert body.count("<script") == 1
