"""The page's certificate, as a browser meets it."""

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lamplighter_collector.errors import ConfigError
from lamplighter_collector.setup.answers import PageFiles
from lamplighter_collector.setup.page_certificate import own_making, read

NOW = datetime.now(UTC)


def test_a_browser_that_knows_its_fingerprint_is_let_in(tmp_path: Path) -> None:
    files = own_making(tmp_path / "state", ("lamp.example",), NOW)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(files.certificate, files.key)
    trusting = ssl.create_default_context(cafile=str(files.certificate))
    near, far = socket.socketpair()
    with near, far:
        answering = threading.Thread(target=lambda: server.wrap_socket(far, server_side=True).close())
        answering.start()
        with trusting.wrap_socket(near, server_hostname="lamp.example") as connection:
            assert connection.version() == "TLSv1.3"
        answering.join()


def test_only_its_owner_reads_the_key(tmp_path: Path) -> None:
    files = own_making(tmp_path / "state", ("lamp.example",), NOW)
    assert files.key.stat().st_mode & 0o777 == 0o600
    assert files.key.parent.stat().st_mode & 0o777 == 0o700


def test_it_stays_until_a_name_is_new_or_its_end_is_near(tmp_path: Path) -> None:
    state = tmp_path / "state"
    first = read(own_making(state, ("lamp.example", "lamp"), NOW))
    assert read(own_making(state, ("lamp.example",), NOW)) == first
    other = read(own_making(state, ("light.example",), NOW))
    assert other.fingerprint != first.fingerprint
    later = NOW + timedelta(days=380)
    assert other.doubts("light.example", later) == (
        f"the page's certificate ends on {other.valid_until:%Y-%m-%d}",
    )
    assert other.doubts("lamp.example", NOW) == (
        "the page's certificate does not name lamp.example: browsers will refuse it",
    )
    assert read(own_making(state, ("light.example",), later)).valid_until > later + timedelta(days=300)


def test_a_key_of_another_certificate_is_refused(tmp_path: Path) -> None:
    one = own_making(tmp_path / "one", ("lamp.example",), NOW)
    other = own_making(tmp_path / "other", ("lamp.example",), NOW)
    for key in (other.key, tmp_path / "none.key", one.certificate):
        with pytest.raises(ConfigError, match=r"^page\.certificate: can't be used with its key"):
            read(PageFiles(certificate=one.certificate, key=key))
