"""The page's own listener: TLS, and what it refuses to start with."""

import http.client
import ssl
import urllib.parse
from contextlib import closing
from pathlib import Path

import pytest
from lamplighter_collector.people.roles import Role

from tests.collector.test_main import run
from tests.support.certificates import Authority, CertificateFiles
from tests.support.collector import Collector
from tests.support.signed_in import PASSWORD, add_account


@pytest.fixture
def files(tmp_path: Path) -> CertificateFiles:
    return Authority("Marrowby Vale School", tmp_path / "page").collector()


def with_web(collector: Collector, files: CertificateFiles, *, key: Path | None = None) -> None:
    collector.write_config()
    text = collector.config.read_text(encoding="utf-8")
    tls = f'certificate = "{files.certificate}"\nkey = "{key or files.key}"\n'
    collector.config.write_text(text.replace("[web]\n", f"[web]\n{tls}"), encoding="utf-8")


class OverTls(Collector):
    """A collector whose page is served over TLS."""

    files: CertificateFiles

    def write_config(self) -> None:
        super().write_config()
        text = self.config.read_text(encoding="utf-8")
        tls = f'certificate = "{self.files.certificate}"\nkey = "{self.files.key}"\n'
        self.config.write_text(text.replace("[web]\n", f"[web]\n{tls}"), encoding="utf-8")


def test_over_tls_the_cookie_is_for_this_host_alone(tmp_path: Path, files: CertificateFiles) -> None:
    OverTls.files = files
    with OverTls(tmp_path) as collector:
        assert collector.web.startswith("https://")
        _, login = add_account(collector.config, Role.DSL)
        netloc = urllib.parse.urlsplit(collector.web).netloc
        context = ssl.create_default_context(cafile=str(files.ca))
        with closing(http.client.HTTPSConnection(netloc, context=context, timeout=10)) as connection:
            connection.request(
                "POST",
                "/sign-in",
                body=urllib.parse.urlencode({"login": login, "password": PASSWORD}),
                headers={
                    "Origin": f"https://{netloc}",
                    "Content-Type": "application/x-www-form-urlencoded",
                },
            )
            answer = connection.getresponse()
            answer.read()
            cookies = answer.headers.get_all("Set-Cookie", [])
            assert answer.status == 303
            names = {cookie.partition("=")[0] for cookie in cookies}
            assert names == {"__Host-lamplighter-session", "__Host-lamplighter-known"}
            assert all("secure" in cookie.lower() for cookie in cookies)
            cookie = "; ".join(cookie.partition(";")[0] for cookie in cookies)
            assert "max-age" in answer.headers["Strict-Transport-Security"]
            connection.request("GET", "/", headers={"Cookie": cookie})
            assert connection.getresponse().status == 200


def test_a_key_of_another_certificate_is_named_and_nothing_starts(
    tmp_path: Path, files: CertificateFiles
) -> None:
    other = Authority("Elsewhere", tmp_path / "other").collector()
    collector = Collector(tmp_path)
    with_web(collector, files, key=other.key)
    result = run("serve", "--config", str(collector.config))
    assert result.returncode == 2
    assert "web.certificate" in result.stderr
    assert result.stdout == ""
