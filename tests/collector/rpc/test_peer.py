import pytest
from lamplighter_collector.errors import PeerError, PeerForeign, PeerUnknown
from lamplighter_collector.rpc.peer import device_of

from tests.support.certificates import Authority

SCHOOL = "Marrowby Vale School"


def context(pem: bytes | None, *, security: bytes = b"ssl") -> dict[str, list[bytes]]:
    return {"transport_security_type": [security], "x509_pem_cert": [] if pem is None else [pem]}


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(SCHOOL, tmp_path_factory.mktemp("certificates"))


def test_names_come_from_the_certificate(authority: Authority) -> None:
    device = device_of(context(authority.device("lap-17").certificate.read_bytes()), SCHOOL)
    assert (device.organisation, device.device) == (SCHOOL, "lap-17")


def test_another_organisation_is_foreign(authority: Authority) -> None:
    pem = authority.device("lap-18", organisation="Elsewhere").certificate.read_bytes()
    with pytest.raises(PeerForeign):
        device_of(context(pem), SCHOOL)


def test_a_certificate_without_names_is_unknown(authority: Authority) -> None:
    pem = authority.issue(" ", "localhost").certificate.read_bytes()
    with pytest.raises(PeerUnknown):
        device_of(context(pem), SCHOOL)


@pytest.mark.parametrize(
    "auth",
    [{}, context(None), context(b"not a certificate"), context(b"", security=b"insecure")],
    ids=["nothing", "no certificate", "no PEM", "no TLS"],
)
def test_without_a_sound_certificate_nobody_is_known(auth: dict[str, list[bytes]]) -> None:
    with pytest.raises(PeerError):
        device_of(auth, SCHOOL)
