"""What every request and every answer must have, in front of all pages.

- The Host header is a name of ours: another site can't reach the page through a name of its own (DNS
  rebinding).
- A request that changes something comes from our own page: its Origin is this very address.
- A body is small: nothing that a form of ours sends is larger.
- Each answer forbids caching, framing, foreign content, inline scripts and styles.

Who may see a page is not decided here but in `gate`.
"""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK_NAMES: Final = frozenset({"127.0.0.1", "localhost", "::1"})
MOST_BODY_BYTES: Final = 128 * 1024
_SAFE_METHODS: Final = frozenset({"GET", "HEAD"})
_HEADERS: Final = {
    "content-security-policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
_TOO_LARGE: Final = "That is more than a form of ours sends."
_CLOSE: Final = {"connection": "close"}
_SECURE_HEADERS: Final = {"strict-transport-security": "max-age=31536000"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Under which names the pages are served, and whether over TLS."""

    names: frozenset[str] = LOOPBACK_NAMES
    secure: bool = False

    @property
    def scheme(self) -> str:
        return "https" if self.secure else "http"


class Guard:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, place: Place) -> None:
        self._app = app
        self._place = place
        self._headers = _HEADERS | (_SECURE_HEADERS if place.secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self._headers)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        refusal = self._refusal(scope)
        if refusal is not None:
            await refusal(scope, receive, send_guarded)
        else:
            await self._app(scope, _limited(receive), send_guarded)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        if not self._is_our_host(headers.get("host", "")):
            return PlainTextResponse("This name is not served here.", 421)
        if scope["method"] not in _SAFE_METHODS and not self._is_own_page(headers):
            return PlainTextResponse("This did not come from our own page.", 403)
        length = headers.get("content-length", "0")
        if length.isascii() and length.isdigit() and (len(length) > 9 or int(length) > MOST_BODY_BYTES):
            return PlainTextResponse(_TOO_LARGE, 413, _CLOSE)
        return None

    def _is_our_host(self, host: str) -> bool:
        try:
            return urlsplit(f"//{host}").hostname in self._place.names
        except ValueError:
            return False

    def _is_own_page(self, headers: Headers) -> bool:
        return headers.get("origin") == f"{self._place.scheme}://{headers.get('host')}"


def _limited(receive: Receive) -> Receive:
    received = 0

    async def receive_limited() -> Message:
        nonlocal received
        message = await receive()
        if message["type"] == "http.request":
            received += len(message.get("body", b""))
            if received > MOST_BODY_BYTES:
                raise HTTPException(413, _TOO_LARGE, _CLOSE)
        return message

    return receive_limited
