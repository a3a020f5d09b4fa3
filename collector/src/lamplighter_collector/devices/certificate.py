"""Reading a device's certificate: the only place where an identity comes from."""

import uuid
from typing import Final

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from lamplighter_collector.devices.identity import DeviceName
from lamplighter_collector.errors import PeerUnknown

IDENTITY_PREFIX: Final = "lamplighter:device:"
"""Of the URI in the certificate that holds the identity."""
_LONGEST_NAME: Final = 128


def device_from(certificate: x509.Certificate) -> DeviceName:
    """The device that a certificate names. Whether our authority signed it is checked elsewhere.

    Raises:
        PeerUnknown: not exactly one organisation, name and identity in it, or it is not for devices.
    """
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        raise PeerUnknown("the client certificate is not a device's") from None
    if list(usage) != [ExtendedKeyUsageOID.CLIENT_AUTH]:
        raise PeerUnknown("the client certificate is not for devices")
    return DeviceName(
        organisation=_only(certificate.subject, NameOID.ORGANIZATION_NAME, "organisation"),
        device=_only(certificate.subject, NameOID.COMMON_NAME, "device"),
        identity=_identity(names),
    )


def serial_of(certificate: x509.Certificate) -> str:
    """In hexadecimal, as the register keeps it."""
    return f"{certificate.serial_number:x}"


def _identity(names: x509.SubjectAlternativeName) -> str:
    found = [name.value for name in names if isinstance(name, x509.UniformResourceIdentifier)]
    if len(found) != 1 or not found[0].startswith(IDENTITY_PREFIX):
        raise PeerUnknown("the client certificate does not hold one identity")
    text = found[0].removeprefix(IDENTITY_PREFIX)
    try:
        if str(uuid.UUID(text)) == text:
            return text
    except ValueError:
        pass
    raise PeerUnknown("the identity in the client certificate is not a UUID")


def _only(subject: x509.Name, oid: x509.ObjectIdentifier, meaning: str) -> str:
    values = [attribute.value for attribute in subject.get_attributes_for_oid(oid)]
    if len(values) != 1 or not isinstance(values[0], str):
        raise PeerUnknown(f"the client certificate does not name one {meaning}")
    name = values[0]
    if not (name.strip() and name.isprintable() and len(name) <= _LONGEST_NAME):
        raise PeerUnknown(f"the {meaning} in the client certificate is not a usable name")
    return name
