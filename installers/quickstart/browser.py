"""A browser as small as can be: signs in through the form, reads pages, sends forms. No script is run."""

import http.client
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

HIDDEN = re.compile(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)">')


@dataclass(slots=True)
class Browser:
    """One signed-in session at one address. Not for several threads."""

    address: str
    _cookie: str = field(default="", repr=False)

    def connection(self) -> http.client.HTTPConnection:
        """Return a new connection, which the caller closes."""
        parts = urlsplit(self.address)
        return http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port)

    def sign_in(self, login: str, password: str) -> None:
        """Sign in; raise RuntimeError where that is refused."""
        answer, _ = self._exchange("POST", "/sign-in", {"login": login, "password": password})
        if answer.status != http.client.SEE_OTHER:
            raise RuntimeError(f"signing in was answered with {answer.status}")
        cookies = answer.headers.get_all("Set-Cookie", [])
        self._cookie = "; ".join(cookie.partition(";")[0] for cookie in cookies)

    def read(self, path: str) -> str:
        """Return a page."""
        answer, body = self._exchange("GET", path, None)
        if answer.status != http.client.OK:
            raise RuntimeError(f"{path} answered {answer.status}")
        return body

    def send(self, path: str, form: Mapping[str, str]) -> str:
        """Send a form and return the page that answers it."""
        answer, body = self._exchange("POST", path, form)
        if answer.status == http.client.SEE_OTHER:
            return self.read(answer.headers["Location"].partition("#")[0])
        if answer.status != http.client.OK:
            raise RuntimeError(f"{path} answered {answer.status}")
        return body

    def follow(self, connection: http.client.HTTPConnection, path: str) -> http.client.HTTPResponse:
        """Open a stream that goes on."""
        connection.request("GET", path, headers={"Cookie": self._cookie})
        answer = connection.getresponse()
        if answer.status != http.client.OK:
            raise RuntimeError(f"{path} answered {answer.status}")
        return answer

    def _exchange(
        self, method: str, path: str, form: Mapping[str, str] | None
    ) -> tuple[http.client.HTTPResponse, str]:
        headers = {"Cookie": self._cookie}
        if form is not None:
            origin = f"http://{urlsplit(self.address).netloc}"
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": origin}
        connection = self.connection()
        try:
            connection.request(method, path, None if form is None else urlencode(form), headers)
            answer = connection.getresponse()
            return answer, answer.read().decode()
        finally:
            connection.close()


def stamps(page: str, action: str) -> dict[str, str]:
    """Return the hidden fields of the form that goes to `action`."""
    start = page.index(f'action="{action}"')
    return dict(HIDDEN.findall(page[start : page.index("</form>", start)]))
