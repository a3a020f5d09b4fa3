"""What the collector issued, checked before it may take the place of anything.

The collector that answers was proved by the pin or by the authority we trust already. These checks keep a
fault on its side from leaving the device without a usable identity.
"""

from dataclasses import dataclass, field
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID
from lamplighter_protos.v1.enrolment_pb2 import IdentityReply

from lamplighter_agent.errors import AnswerUnusable

GROUPS: Final = ("pupils", "staff")
_SPKI = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """An identity that is complete, but not yet kept."""

    organisation: str
    asset_tag: str
    ingest: str
    certificate: x509.Certificate
    authorities: tuple[x509.Certificate, ...]
    roots: tuple[bytes, ...]
    # Whose device it is; of a renewal what it was.
    group: str
    key: ec.EllipticCurvePrivateKey = field(repr=False)


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def signing_request(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return a request in DER. It names nobody: who we are is for the collector to say."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def issued(reply: IdentityReply, key: ec.EllipticCurvePrivateKey, *, asset_tag: str) -> Issued:
    """Return what a reply holds; raise `AnswerUnusable` naming what does not fit."""
    try:
        certificate = x509.load_der_x509_certificate(reply.certificate)
        authorities = tuple(x509.load_der_x509_certificate(one) for one in reply.authorities)
    except ValueError as error:
        raise AnswerUnusable("a certificate can't be read") from error
    if certificate.public_key().public_bytes(*_SPKI) != key.public_key().public_bytes(*_SPKI):
        raise AnswerUnusable("the certificate is for another key")
    if not any(_issued_by(certificate, authority) for authority in authorities):
        raise AnswerUnusable("the certificate is not signed by the authority that came with it")
    if not (reply.asset_tag == asset_tag == name_in(certificate, NameOID.COMMON_NAME)):
        raise AnswerUnusable("the certificate is for another asset tag")
    if not reply.organisation or reply.organisation != name_in(certificate, NameOID.ORGANIZATION_NAME):
        raise AnswerUnusable("the certificate is for another organisation")
    host, _, port = reply.ingest_address.rpartition(":")
    if not host or not port.isdecimal():
        raise AnswerUnusable("it does not say where to deliver")
    group = reply.group or GROUPS[0]
    if group not in GROUPS:
        raise AnswerUnusable("it names a group that this agent does not know")
    return Issued(
        organisation=reply.organisation,
        asset_tag=reply.asset_tag,
        ingest=reply.ingest_address,
        certificate=certificate,
        authorities=authorities,
        roots=tuple(reply.roots),
        group=group,
        key=key,
    )


def name_in(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> str | None:
    """Return the one name of its kind in a certificate; None where there is none or more than one."""
    values = [attribute.value for attribute in certificate.subject.get_attributes_for_oid(oid)]
    return values[0] if len(values) == 1 and isinstance(values[0], str) else None


def _issued_by(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
