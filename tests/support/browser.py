"""What a browser sends and gets, without its engine: for tests of headers, forms and event streams."""

import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

WAIT_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Answer:
    """One response."""

    status: int
    headers: Mapping[str, str]
    body: str = field(repr=False)


def request(
    address: str, path: str = "/", *, method: str = "GET", headers: Mapping[str, str] | None = None
) -> Answer:
    """One request on a connection of its own; a POST comes from our own page unless told otherwise."""
    netloc = urlsplit(address).netloc
    sent = {"Origin": f"http://{netloc}"} if method == "POST" else {}
    with closing(http.client.HTTPConnection(netloc, timeout=WAIT_SECONDS)) as connection:
        connection.request(method, path, headers=sent | dict(headers or {}))
        answer = connection.getresponse()
        return Answer(
            answer.status, {key.lower(): value for key, value in answer.getheaders()}, answer.read().decode()
        )


@dataclass(frozen=True, slots=True)
class Event:
    """One server-sent event."""

    id: int
    kind: str
    data: dict[str, Any]


@contextmanager
def event_stream(
    address: str, *, cookie: str, since: int = 0, last_id: int | None = None
) -> Iterator[Iterator[Event]]:
    """An open stream; its iterator blocks until the next event, at most `WAIT_SECONDS`."""
    headers = {"Accept": "text/event-stream", "Cookie": cookie}
    if last_id is not None:
        headers["Last-Event-ID"] = str(last_id)
    with closing(http.client.HTTPConnection(urlsplit(address).netloc, timeout=WAIT_SECONDS)) as connection:
        connection.request("GET", f"/events?since={since}", headers=headers)
        answer = connection.getresponse()
        assert answer.headers["content-type"].startswith("text/event-stream")
        with answer:
            yield _events(answer)


def _events(answer: http.client.HTTPResponse) -> Iterator[Event]:
    fields: dict[str, str] = {}
    for line in answer:
        name, _, value = line.decode().rstrip("\n").partition(": ")
        if name:
            fields[name] = value
        elif "data" in fields:
            yield Event(int(fields["id"]), fields["event"], json.loads(fields["data"]))
            fields = {}
