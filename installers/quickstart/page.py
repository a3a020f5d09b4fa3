"""Reads the DSL's page as a browser would: signs in, and follows what server-sent events add to the list."""

import http.client
import re
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

REVISION = re.compile(rb'data-revision="([0-9]+)"')


@dataclass(slots=True)
class PageWatch:
    """An open page: `arrived` is set by the first incident that appears or grows after `open`."""

    address: str
    login: str
    password: str = field(repr=False)
    arrived: threading.Event = field(default_factory=threading.Event)
    arrived_at: float = 0.0
    _connection: http.client.HTTPConnection | None = None
    _cookie: str = field(default="", repr=False)
    _thread: threading.Thread | None = None

    def open(self) -> None:
        """Sign in, read the page and subscribe to what comes after it; return once the collector answered."""
        parts = urlsplit(self.address)
        self._connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port)
        self._sign_in(self._connection, parts.netloc)
        revision = REVISION.search(self._get("/").read())
        if revision is None:
            raise RuntimeError("the page does not say how new it is")
        response = self._get(f"/events?since={revision[1].decode()}")
        self._thread = threading.Thread(target=self._read, args=(response,), name="page-watch", daemon=True)
        self._thread.start()

    def _sign_in(self, connection: http.client.HTTPConnection, netloc: str) -> None:
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{netloc}"}
        form = urlencode({"login": self.login, "password": self.password})
        connection.request("POST", "/sign-in", body=form, headers=headers)
        response = connection.getresponse()
        response.read()
        if response.status != http.client.SEE_OTHER:
            raise RuntimeError(f"signing in was answered with {response.status}")
        self._cookie = response.headers["Set-Cookie"].partition(";")[0]

    def _get(self, path: str) -> http.client.HTTPResponse:
        assert self._connection is not None
        self._connection.request("GET", path, headers={"Cookie": self._cookie})
        response = self._connection.getresponse()
        if response.status != http.client.OK:
            raise RuntimeError(f"{path} answered {response.status}")
        return response

    def _read(self, response: http.client.HTTPResponse) -> None:
        try:
            for line in response:
                if line.startswith(b"event: rows"):
                    self.arrived_at = time.monotonic()
                    self.arrived.set()
        except (OSError, ValueError, http.client.HTTPException):
            return

    def close(self) -> None:
        if self._connection is not None and self._connection.sock is not None:
            self._connection.sock.shutdown(2)
        if self._thread is not None:
            self._thread.join()
        if self._connection is not None:
            self._connection.close()
