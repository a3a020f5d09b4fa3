from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from lamplighter_collector.clock import utc_now
from lamplighter_collector.devices.identity import DeviceName
from lamplighter_collector.enrolment import authority as own
from lamplighter_collector.errors import PeerError, PeerForeign, PeerUnknown
from lamplighter_collector.rpc.peer import address_of, device_of

from tests.support.certificates import Authority
from tests.support.enrolling import new_key

SCHOOL = "Marrowby Vale School"
LAPTOP = DeviceName(organisation=SCHOOL, device="lap-17", identity="0b7f2009-e5ac-4390-a843-3f865fa4e42a")


def context(pem: bytes | None, *, security: bytes = b"ssl") -> dict[str, list[bytes]]:
    return {"transport_security_type": [security], "x509_pem_cert": [] if pem is None else [pem]}


def pem_of(device: DeviceName) -> bytes:
    """A certificate as our authority would make it for these names."""
    key = new_key()
    made = own.Authority(SCHOOL, key, own._certified(key, SCHOOL, utc_now()))
    return made.issue(new_key().public_key(), device, utc_now()).public_bytes(Encoding.PEM)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(SCHOOL, tmp_path_factory.mktemp("certificates"))


def test_names_come_from_the_certificate() -> None:
    found = device_of(context(pem_of(LAPTOP)), SCHOOL)
    assert found == LAPTOP


def test_another_organisation_is_foreign() -> None:
    with pytest.raises(PeerForeign):
        device_of(context(pem_of(replace(LAPTOP, organisation="Elsewhere"))), SCHOOL)


@pytest.mark.parametrize("changes", [{"device": " "}, {"identity": "7"}, {"identity": "not-a-uuid"}])
def test_a_certificate_without_usable_names_is_unknown(changes: dict[str, str]) -> None:
    with pytest.raises(PeerUnknown):
        device_of(context(pem_of(replace(LAPTOP, **changes))), SCHOOL)


def test_a_certificate_that_is_not_for_devices_is_unknown(authority: Authority) -> None:
    for usage in ("lap-17", "collector"):
        with pytest.raises(PeerUnknown):
            device_of(context(authority.device(usage).certificate.read_bytes()), SCHOOL)


@pytest.mark.parametrize(
    ("peer", "address"),
    [
        ("ipv4:192.0.2.7:51234", "192.0.2.7"),
        ("ipv6:%5B::ffff:192.0.2.7%5D:51234", "192.0.2.7"),
        ("ipv6:%5B2001:db8:1:2:3:4:5:6%5D:51234", "2001:db8:1:2::/64"),
        ("ipv6:[2001:db8:1:2::9]:1", "2001:db8:1:2::/64"),
        ("unix:", "unix:"),
    ],
)
def test_an_address_is_the_peer_without_its_port(peer: str, address: str) -> None:
    assert address_of(peer) == address


@pytest.mark.parametrize(
    "auth",
    [{}, context(None), context(b"not a certificate"), context(b"", security=b"insecure")],
    ids=["nothing", "no certificate", "no PEM", "no TLS"],
)
def test_without_a_sound_certificate_nobody_is_known(auth: dict[str, list[bytes]]) -> None:
    with pytest.raises(PeerError):
        device_of(auth, SCHOOL)
