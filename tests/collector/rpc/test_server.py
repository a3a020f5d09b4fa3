from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import grpc
import pytest
from cryptography import x509
from lamplighter_collector.clock import utc_now
from lamplighter_collector.config import Address, Listener
from lamplighter_collector.enrolment.authority import SERVER_DAYS, Authority
from lamplighter_collector.errors import ConfigError
from lamplighter_collector.rpc.limits import SERVER_OPTIONS
from lamplighter_collector.rpc.server import ServerCertificate, bind

SCHOOL = "Marrowby Vale School"
LOOPBACK = Listener(listen=Address(host="127.0.0.1", port=0), public="")
pytestmark = pytest.mark.usefixtures("grpc_let_go")


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority.open(tmp_path / "state", SCHOOL, utc_now())


async def test_port_0_becomes_a_real_one_and_a_taken_one_is_named(authority: Authority) -> None:
    credentials = ServerCertificate(authority, utc_now, mutual=True).credentials
    server, address = bind(LOOPBACK, "ingest.listen", credentials, SERVER_OPTIONS)
    assert address.port > 0
    await server.start()
    try:
        with pytest.raises(ConfigError, match=r"ingest\.listen"):
            bind(Listener(listen=address, public=""), "ingest.listen", credentials, SERVER_OPTIONS)
    finally:
        await server.stop(None)


def clock_of(moments: list[datetime]) -> Callable[[], datetime]:
    return lambda: moments[-1]


async def test_the_certificate_is_made_anew_before_it_runs_out(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = [utc_now()]
    own = ServerCertificate(authority, clock_of(moments), mutual=False)
    assert own._renewed() is None
    moments.append(moments[0] + timedelta(days=SERVER_DAYS * 0.6))
    assert isinstance(own._renewed(), grpc.ServerCertificateConfiguration)
    leaf, above = x509.load_pem_x509_certificates(own._own.chain)
    assert leaf.not_valid_after_utc > moments[0] + timedelta(days=SERVER_DAYS * 1.5)
    assert above == authority.certificate
    assert own._renewed() is None
    assert datetime.now(UTC) < leaf.not_valid_after_utc


@pytest.mark.fault
async def test_the_certificate_is_made_anew_when_the_clock_was_put_back(authority: Authority) -> None:
    moments = [utc_now() + timedelta(days=730)]
    own = ServerCertificate(authority, clock_of(moments), mutual=True)
    moments.append(utc_now())
    assert isinstance(own._renewed(), grpc.ServerCertificateConfiguration)
    leaf, _ = x509.load_pem_x509_certificates(own._own.chain)
    assert leaf.not_valid_before_utc < moments[-1] < leaf.not_valid_after_utc
    moments.append(moments[-1] - timedelta(minutes=5))
    assert own._renewed() is None
