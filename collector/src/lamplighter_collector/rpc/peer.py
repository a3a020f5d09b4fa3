"""Who is at the other end: read from the client certificate, once per stream, never from a message."""

from collections.abc import Mapping, Sequence
from typing import Final

from cryptography import x509
from cryptography.x509.oid import NameOID

from lamplighter_collector.devices.identity import DeviceName
from lamplighter_collector.errors import PeerForeign, PeerUnknown

_LONGEST_NAME: Final = 128


def device_of(auth_context: Mapping[str, Sequence[bytes]], organisation: str) -> DeviceName:
    """The device that this connection's certificate names.

    Assumes that TLS has already verified the certificate against our authority.

    Raises:
        PeerUnknown: no certificate, or not exactly one organisation and one name in it.
        PeerForeign: it names another organisation than this collector's.
    """
    if list(auth_context.get("transport_security_type", ())) != [b"ssl"]:
        raise PeerUnknown("the connection is not secured by TLS")
    pems = auth_context.get("x509_pem_cert", ())
    if len(pems) != 1:
        raise PeerUnknown("the connection has no client certificate")
    try:
        subject = x509.load_pem_x509_certificate(bytes(pems[0])).subject
    except ValueError as error:
        raise PeerUnknown("the client certificate can't be read") from error
    device = DeviceName(
        organisation=_only(subject, NameOID.ORGANIZATION_NAME, "organisation"),
        device=_only(subject, NameOID.COMMON_NAME, "device"),
    )
    if device.organisation != organisation:
        raise PeerForeign
    return device


def _only(subject: x509.Name, oid: x509.ObjectIdentifier, meaning: str) -> str:
    values = [attribute.value for attribute in subject.get_attributes_for_oid(oid)]
    if len(values) != 1 or not isinstance(values[0], str):
        raise PeerUnknown(f"the client certificate does not name one {meaning}")
    name = values[0]
    if not (name.strip() and name.isprintable() and len(name) <= _LONGEST_NAME):
        raise PeerUnknown(f"the {meaning} in the client certificate is not a usable name")
    return name
