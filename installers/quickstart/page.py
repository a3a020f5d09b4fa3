"""Reads the DSL's page as a browser would: the list, and what server-sent events add to it."""

import http.client
import re
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

REVISION = re.compile(rb'data-revision="([0-9]+)"')


@dataclass(slots=True)
class PageWatch:
    """An open page: `arrived` is set by the first incident that appears or grows after `open`."""

    address: str
    arrived: threading.Event = field(default_factory=threading.Event)
    arrived_at: float = 0.0
    _connection: http.client.HTTPConnection | None = None
    _thread: threading.Thread | None = None

    def open(self) -> None:
        """Read the page and subscribe to what comes after it; return once the collector answered."""
        parts = urlsplit(self.address)
        self._connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port)
        revision = REVISION.search(self._get("/").read())
        if revision is None:
            raise RuntimeError("the page does not say how new it is")
        response = self._get(f"/events?since={revision[1].decode()}")
        self._thread = threading.Thread(target=self._read, args=(response,), name="page-watch", daemon=True)
        self._thread.start()

    def _get(self, path: str) -> http.client.HTTPResponse:
        assert self._connection is not None
        self._connection.request("GET", path)
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
