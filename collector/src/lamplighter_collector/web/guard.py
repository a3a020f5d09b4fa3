"""What every request and every answer must have, in front of all pages.

- The Host header is a loopback name: another site can't reach the page through a name of its own (DNS
  rebinding).
- A request that changes something comes from our own page: its Origin is this very address.
- Each answer forbids caching, framing, foreign content, inline scripts and styles.
"""

from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK_NAMES: Final = frozenset({"127.0.0.1", "localhost", "::1"})
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


class Guard:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(_HEADERS)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        headers = Headers(scope=scope)
        if not _is_our_host(headers.get("host", "")):
            await PlainTextResponse("This name is not served here.", 421)(scope, receive, send_guarded)
        elif scope["method"] not in _SAFE_METHODS and not _is_own_page(headers):
            await PlainTextResponse("This did not come from our own page.", 403)(scope, receive, send_guarded)
        else:
            await self._app(scope, receive, send_guarded)


def _is_our_host(host: str) -> bool:
    try:
        return urlsplit(f"//{host}").hostname in LOOPBACK_NAMES
    except ValueError:
        return False


def _is_own_page(headers: Headers) -> bool:
    return headers.get("origin") == f"http://{headers.get('host')}"
