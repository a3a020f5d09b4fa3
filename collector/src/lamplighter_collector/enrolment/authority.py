"""The organisation's own certificate authority: who is ours, on both ends of the wire.

Made at the first start: a P-256 key among the secrets and a certificate beside them. It signs two kinds of
leaf only: the collector's own, for the one name `SERVER_NAME`, and those of devices. Every other word in a
certificate is decided here.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from lamplighter_protos.names import SERVER_NAME

from lamplighter_collector.devices.certificate import IDENTITY_PREFIX
from lamplighter_collector.devices.identity import DeviceName
from lamplighter_collector.errors import AuthorityUnusable
from lamplighter_collector.keys.secrets import Secrets, write_whole

FOLDER: Final = "authority"
"""Of the state folder: the key as a secret, and the certificate."""
KEY_NAME: Final = "authority"
CERTIFICATE_FILE: Final = "authority.pem"
DEVICE_DAYS: Final = 14
SERVER_DAYS: Final = 30
_AUTHORITY_DAYS: Final = 3_652
_BACKDATED: Final = timedelta(hours=1)
"""A device's clock may be a little behind the collector's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerIdentity:
    """The collector's own certificate with the authority's behind it, and its key, in PEM."""

    chain: bytes
    key: bytes = field(repr=False)
    begins_at: datetime
    renew_at: datetime

    def serves(self, now: datetime) -> bool:
        """False when it must be made anew: half of its time is over, or the clock was put back before it."""
        return self.begins_at <= now < self.renew_at


class Authority:
    """The authority of one collector. Immutable and safe on any thread."""

    def __init__(
        self, organisation: str, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate
    ) -> None:
        self.organisation = organisation
        self.certificate = certificate
        self._key = key

    @classmethod
    def open(cls, state: Path, organisation: str, now: datetime) -> "Authority":
        """The authority whose things are in the folder ``state``; made when there is none.

        Raises:
            AuthorityUnusable: damaged, of another organisation, or by this machine's clock not valid.
            SecretError: the key can't be read, or others than its owner can read it.
        """
        Secrets(state).prepare()
        folder = state / FOLDER
        vault, file = Secrets(folder), folder / CERTIFICATE_FILE
        if file.exists():
            key = _key_from(vault.load(KEY_NAME))
        else:
            key = _key_from(vault.load_or_create(KEY_NAME, _new_key))
        if _is_empty(file):
            _write(file, _certified(key, organisation, now))
        authority = cls(organisation, key, _certificate_from(file))
        authority.check(now)
        return authority

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def pin(self) -> str:
        """What a device is given beside its token: ``sha256:`` and the digest of the public key."""
        return f"sha256:{hashlib.sha256(_public_bytes(self._key.public_key())).hexdigest()}"

    def check(self, now: datetime) -> None:
        """Refuse what would issue certificates that nobody can use.

        Raises:
            AuthorityUnusable: with the reason.
        """
        own = self.certificate
        if _public_bytes(own.public_key()) != _public_bytes(self._key.public_key()):
            raise AuthorityUnusable("its key does not belong to its certificate")
        names = own.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
        if [name.value for name in names] != [self.organisation]:
            raise AuthorityUnusable("it was made for another organisation.name than the settings hold")
        begin, end = own.not_valid_before_utc, own.not_valid_after_utc
        if not begin <= now <= end:
            raise AuthorityUnusable(
                f"it is valid from {begin:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC, "
                f"and this machine's clock says {now:%Y-%m-%d %H:%M}: set the clock"
            )

    def server_identity(self, now: datetime) -> ServerIdentity:
        """A new key and certificate for the collector's own listeners."""
        key = ec.generate_private_key(ec.SECP256R1())
        leaf = self._signed(
            key.public_key(),
            name=_name(self.organisation, "Lamplighter collector"),
            alternative=x509.DNSName(SERVER_NAME),
            usage=ExtendedKeyUsageOID.SERVER_AUTH,
            span=(now, now + timedelta(days=SERVER_DAYS)),
        )
        return ServerIdentity(
            chain=leaf.public_bytes(Encoding.PEM) + self.pem,
            key=key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
            begins_at=now - _BACKDATED,
            renew_at=now + timedelta(days=SERVER_DAYS) / 2,
        )

    def issue(self, key: ec.EllipticCurvePublicKey, device: DeviceName, now: datetime) -> x509.Certificate:
        """A device's certificate.

        Raises:
            AuthorityUnusable: the authority itself is not valid now.
        """
        self.check(now)
        return self._signed(
            key,
            name=_name(device.organisation, device.device),
            alternative=x509.UniformResourceIdentifier(IDENTITY_PREFIX + device.identity),
            usage=ExtendedKeyUsageOID.CLIENT_AUTH,
            span=(now, now + timedelta(days=DEVICE_DAYS)),
        )

    def signed(self, certificate: x509.Certificate) -> bool:
        """Whether a certificate is one of ours; says nothing of its time."""
        try:
            certificate.verify_directly_issued_by(self.certificate)
        except Exception:  # noqa: BLE001 - any doubt about a stranger's certificate means no
            return False
        return True

    def _signed(
        self,
        key: ec.EllipticCurvePublicKey,
        *,
        name: x509.Name,
        alternative: x509.GeneralName,
        usage: x509.ObjectIdentifier,
        span: tuple[datetime, datetime],
    ) -> x509.Certificate:
        begin, finish = span
        issuer = self._key.public_key()
        return (
            _builder(name, self.certificate.subject, key)
            .not_valid_before(begin - _BACKDATED)
            .not_valid_after(min(finish, self.certificate.not_valid_after_utc))
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(digital_signature=True), critical=True)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer), critical=False)
            .sign(self._key, hashes.SHA256())
        )


def _new_key() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def _certified(key: ec.EllipticCurvePrivateKey, organisation: str, now: datetime) -> x509.Certificate:
    """The authority's certificate. Made twice for one key, by a crash or a race, both are as good."""
    name = _name(organisation, "Lamplighter authority")
    return (
        _builder(name, name, key.public_key())
        .not_valid_before(now - _BACKDATED)
        .not_valid_after(now + timedelta(days=_AUTHORITY_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(sign=True), critical=True)
        .sign(key, hashes.SHA256())
    )


def _is_empty(file: Path) -> bool:
    """Not there, or cut to nothing by a power cut; the key is what counts and can certify itself again."""
    try:
        return not file.exists() or not file.read_bytes().strip(b"\0")
    except OSError:
        raise AuthorityUnusable(f"{file} can't be read") from None


def _write(file: Path, certificate: x509.Certificate) -> None:
    try:
        write_whole(file, certificate.public_bytes(Encoding.PEM), replace=True)
    except OSError:
        raise AuthorityUnusable(f"{file} can't be written") from None


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _name(organisation: str, common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _usage(*, digital_signature: bool = False, sign: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=sign,
        crl_sign=sign,
        encipher_only=False,
        decipher_only=False,
    )


def _key_from(der: bytes) -> ec.EllipticCurvePrivateKey:
    try:
        key = load_der_private_key(der, None)
    except (ValueError, TypeError):
        raise AuthorityUnusable("its key is damaged") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise AuthorityUnusable("its key is of another kind")
    return key


def _certificate_from(file: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(file.read_bytes())
    except (OSError, ValueError):
        raise AuthorityUnusable(f"{file} holds no certificate") from None


def _public_bytes(key: object) -> bytes:
    assert isinstance(key, ec.EllipticCurvePublicKey)
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
