from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from lamplighter_collector.devices.certificate import device_from
from lamplighter_collector.devices.identity import DeviceName
from lamplighter_collector.enrolment.authority import _name
from lamplighter_collector.errors import PeerUnknown

from tests.collector.enrolment.conftest import NOW, made_authority
from tests.collector.items import LAPTOP
from tests.support.collector import ORGANISATION
from tests.support.enrolling import new_key

AUTHORITY = made_authority(NOW)
URI = x509.UniformResourceIdentifier(f"lamplighter:device:{LAPTOP.identity}")


def test_what_was_issued_is_read_back() -> None:
    assert device_from(AUTHORITY.issue(new_key().public_key(), LAPTOP, NOW)) == LAPTOP


def odd(
    *,
    alternative: x509.GeneralName = URI,
    usage: x509.ObjectIdentifier = ExtendedKeyUsageOID.CLIENT_AUTH,
) -> x509.Certificate:
    return AUTHORITY._signed(
        new_key().public_key(),
        name=_name(ORGANISATION, "lap-17"),
        alternative=alternative,
        usage=usage,
        span=(NOW, NOW),
    )


@pytest.mark.parametrize(
    "certificate",
    [
        AUTHORITY.certificate,
        odd(usage=ExtendedKeyUsageOID.SERVER_AUTH),
        odd(usage=ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE),
        odd(alternative=x509.DNSName("collector.lamplighter.invalid")),
        odd(alternative=x509.UniformResourceIdentifier(f"urn:uuid:{LAPTOP.identity}")),
        odd(alternative=x509.UniformResourceIdentifier(f"lamplighter:device:{LAPTOP.identity.upper()}")),
        odd(alternative=x509.UniformResourceIdentifier("lamplighter:device:")),
    ],
    ids=[
        "the authority",
        "a server",
        "for anything",
        "a name",
        "another scheme",
        "upper case",
        "no identity",
    ],
)
def test_no_other_certificate_names_a_device(certificate: x509.Certificate) -> None:
    with pytest.raises(PeerUnknown):
        device_from(certificate)


@pytest.mark.parametrize("device", [replace(LAPTOP, device=" "), replace(LAPTOP, organisation="a\nb")])
def test_names_must_be_usable(device: DeviceName) -> None:
    with pytest.raises(PeerUnknown):
        device_from(AUTHORITY.issue(new_key().public_key(), device, NOW))
