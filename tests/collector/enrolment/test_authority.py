import hashlib
import ssl
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from lamplighter_collector.enrolment.authority import DEVICE_DAYS, SERVER_DAYS, Authority
from lamplighter_collector.errors import AuthorityUnusable, SecretMissing
from lamplighter_protos.names import SERVER_NAME

from tests.collector.enrolment.conftest import NOW, made_authority
from tests.collector.items import LAPTOP
from tests.support.collector import ORGANISATION
from tests.support.enrolling import new_key


def test_made_once_and_private(tmp_path: Path) -> None:
    state = tmp_path / "state"
    first = Authority.open(state, ORGANISATION, NOW)
    again = Authority.open(state, ORGANISATION, NOW + timedelta(days=400))
    assert first.pin == again.pin
    assert first.der == again.der
    assert stat.S_IMODE(state.stat().st_mode) == 0o700
    (key,) = (state / "authority").glob("authority.[!p]*")
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_a_crash_between_key_and_certificate_costs_nothing(tmp_path: Path) -> None:
    first = Authority.open(tmp_path / "state", ORGANISATION, NOW)
    (tmp_path / "state" / "authority" / "authority.pem").unlink()
    again = Authority.open(tmp_path / "state", ORGANISATION, NOW)
    assert again.pin == first.pin
    assert again.signed(first.issue(new_key().public_key(), LAPTOP, NOW))


def test_a_certificate_without_its_key_is_not_replaced(tmp_path: Path) -> None:
    first = Authority.open(tmp_path / "state", ORGANISATION, NOW)
    (key,) = (tmp_path / "state" / "authority").glob("authority.[!p]*")
    away = key.rename(tmp_path / "away")
    with pytest.raises(SecretMissing):
        Authority.open(tmp_path / "state", ORGANISATION, NOW)
    away.rename(key)
    assert Authority.open(tmp_path / "state", ORGANISATION, NOW).pin == first.pin


@pytest.mark.fault
@pytest.mark.parametrize("left", [b"", bytes(600)])
def test_a_certificate_that_a_power_cut_emptied_is_made_again(tmp_path: Path, left: bytes) -> None:
    first = Authority.open(tmp_path / "state", ORGANISATION, NOW)
    file = tmp_path / "state" / "authority" / "authority.pem"
    file.write_bytes(left)
    again = Authority.open(tmp_path / "state", ORGANISATION, NOW)
    assert again.pin == first.pin
    assert again.pem == file.read_bytes()
    (key,) = file.parent.glob("authority.[!p]*")
    assert set(file.parent.iterdir()) == {file, key}
    file.write_bytes(left)
    key.unlink()
    with pytest.raises(SecretMissing):
        Authority.open(tmp_path / "state", ORGANISATION, NOW)


def test_damaged_or_of_another_school_it_is_refused(tmp_path: Path) -> None:
    Authority.open(tmp_path / "state", ORGANISATION, NOW)
    with pytest.raises(AuthorityUnusable, match="another organisation"):
        Authority.open(tmp_path / "state", "Elsewhere", NOW)
    file = tmp_path / "state" / "authority" / "authority.pem"
    file.write_bytes(made_authority(NOW).pem)
    with pytest.raises(AuthorityUnusable, match="does not belong"):
        Authority.open(tmp_path / "state", ORGANISATION, NOW)
    file.write_bytes(b"nothing")
    with pytest.raises(AuthorityUnusable, match="no certificate"):
        Authority.open(tmp_path / "state", ORGANISATION, NOW)


@pytest.mark.fault
@pytest.mark.parametrize("years", [-2, 11])
def test_a_clock_that_makes_it_invalid_is_named(authority: Authority, years: int) -> None:
    wrong = NOW + timedelta(days=365 * years)
    for attempt in (
        lambda: authority.check(wrong),
        lambda: authority.issue(new_key().public_key(), LAPTOP, wrong),
    ):
        with pytest.raises(AuthorityUnusable, match=f"clock says {wrong:%Y-%m-%d %H:%M}: set the clock"):
            attempt()


def test_the_pin_is_of_the_public_key(authority: Authority) -> None:
    key = authority.certificate.public_key()
    digest = hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    assert authority.pin == f"sha256:{digest.hexdigest()}"


def extension(certificate: x509.Certificate, kind: type[x509.ExtensionType]) -> x509.Extension:  # type: ignore[type-arg]
    return certificate.extensions.get_extension_for_class(kind)


def test_the_authority_signs_leaves_only(authority: Authority) -> None:
    constraints = extension(authority.certificate, x509.BasicConstraints)
    assert constraints.critical
    assert constraints.value == x509.BasicConstraints(ca=True, path_length=0)
    usage = extension(authority.certificate, x509.KeyUsage).value
    assert isinstance(usage, x509.KeyUsage)
    assert usage.key_cert_sign
    assert not usage.digital_signature


def test_a_device_gets_exactly_what_the_register_says(authority: Authority) -> None:
    key = new_key().public_key()
    leaf = authority.issue(key, LAPTOP, NOW)
    leaf.verify_directly_issued_by(authority.certificate)
    assert leaf.public_key() == key
    assert [(name.oid, name.value) for name in leaf.subject] == [
        (NameOID.ORGANIZATION_NAME, ORGANISATION),
        (NameOID.COMMON_NAME, "lap-17"),
    ]
    assert extension(leaf, x509.BasicConstraints).value == x509.BasicConstraints(ca=False, path_length=None)
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
    assert extension(leaf, x509.ExtendedKeyUsage).value == usage
    uri = x509.UniformResourceIdentifier(f"lamplighter:device:{LAPTOP.identity}")
    assert extension(leaf, x509.SubjectAlternativeName).value == x509.SubjectAlternativeName([uri])
    assert leaf.not_valid_after_utc == NOW + timedelta(days=DEVICE_DAYS)
    assert NOW - timedelta(hours=2) < leaf.not_valid_before_utc < NOW


def test_nothing_outlives_the_authority(authority: Authority) -> None:
    late = authority.certificate.not_valid_after_utc - timedelta(days=1)
    leaf = authority.issue(new_key().public_key(), LAPTOP, late)
    assert leaf.not_valid_after_utc == authority.certificate.not_valid_after_utc


def test_the_collectors_own_certificate_is_for_one_name(authority: Authority) -> None:
    own = authority.server_identity(NOW)
    leaf, above = x509.load_pem_x509_certificates(own.chain)
    assert above == authority.certificate
    assert extension(leaf, x509.SubjectAlternativeName).value == x509.SubjectAlternativeName(
        [x509.DNSName(SERVER_NAME)]
    )
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    assert extension(leaf, x509.ExtendedKeyUsage).value == usage
    assert own.renew_at == NOW + timedelta(days=SERVER_DAYS) / 2
    assert "PRIVATE" not in repr(own)
    ssl.create_default_context(cadata=authority.pem.decode())


def test_only_its_own_certificates_count_as_signed(authority: Authority) -> None:
    other = made_authority(NOW)
    key = new_key().public_key()
    assert authority.signed(authority.issue(key, LAPTOP, NOW))
    assert not authority.signed(other.issue(key, LAPTOP, NOW))
