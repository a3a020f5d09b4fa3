"""Follows the DSL's page as a browser would: what server-sent events add to the list."""

import http.client
import json
import re
import threading
import time
from dataclasses import dataclass, field

from installers.quickstart.browser import Browser

REVISION = re.compile(r'data-revision="([0-9]+)"')


@dataclass(slots=True)
class PageWatch:
    """An open page: `arrived` is set by the first incident that appears or grows after `open`."""

    browser: Browser
    arrived: threading.Event = field(default_factory=threading.Event)
    arrived_at: float = 0.0
    incident: str = ""
    _connection: http.client.HTTPConnection | None = None
    _thread: threading.Thread | None = None

    def open(self) -> None:
        """Read the page and subscribe to what comes after it; return once the collector answered."""
        revision = REVISION.search(self.browser.read("/"))
        if revision is None:
            raise RuntimeError("the page does not say how new it is")
        self._connection = self.browser.connection()
        response = self.browser.follow(self._connection, f"/events?since={revision[1]}")
        self._thread = threading.Thread(target=self._read, args=(response,), name="page-watch", daemon=True)
        self._thread.start()

    def _read(self, response: http.client.HTTPResponse) -> None:
        rows = False
        try:
            for line in response:
                if rows and line.startswith(b"data: ") and not self.arrived.is_set():
                    self.arrived_at = time.monotonic()
                    self.incident = json.loads(line.removeprefix(b"data: "))["rows"][0]["id"]
                    self.arrived.set()
                rows = line.startswith(b"event: rows")
        except (OSError, ValueError, http.client.HTTPException):
            return

    def close(self) -> None:
        if self._connection is not None and self._connection.sock is not None:
            self._connection.sock.shutdown(2)
        if self._thread is not None:
            self._thread.join()
        if self._connection is not None:
            self._connection.close()
