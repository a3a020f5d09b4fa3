"""Who is at the other end: read from the client certificate, once per call, never from a message."""

import ipaddress
from collections.abc import Mapping, Sequence

from cryptography import x509

from lamplighter_collector.devices.certificate import device_from
from lamplighter_collector.devices.identity import DeviceName
from lamplighter_collector.errors import PeerForeign, PeerUnknown


def device_of(auth_context: Mapping[str, Sequence[bytes]], organisation: str) -> DeviceName:
    """The device that this connection's certificate names.

    Whether the register still serves it is not asked here.

    Raises:
        PeerUnknown: no certificate, or none that names one device.
        PeerForeign: it names another organisation than this collector's.
    """
    device = device_from(certificate_of(auth_context))
    if device.organisation != organisation:
        raise PeerForeign
    return device


def certificate_of(auth_context: Mapping[str, Sequence[bytes]]) -> x509.Certificate:
    """The client certificate of this connection, which TLS has verified against our authority.

    Raises:
        PeerUnknown: there is none.
    """
    if list(auth_context.get("transport_security_type", ())) != [b"ssl"]:
        raise PeerUnknown("the connection is not secured by TLS")
    pems = auth_context.get("x509_pem_cert", ())
    if len(pems) != 1:
        raise PeerUnknown("the connection has no client certificate")
    try:
        return x509.load_pem_x509_certificate(bytes(pems[0]))
    except (ValueError, x509.InvalidVersion) as error:
        raise PeerUnknown("the client certificate can't be read") from error


def address_of(peer: str) -> str:
    """The network address in gRPC's name of a peer, without its port; of IPv6 the first 64 bits.

    Who has one IPv6 address has as many of its neighbours as they like.
    """
    family, _, rest = peer.partition(":")
    host = rest.rpartition(":")[0].replace("%5B", "").replace("%5D", "").strip("[]")
    if family != "ipv6":
        return f"{family}:{host}"
    try:
        network = ipaddress.ip_network((host.partition("%")[0], 64), strict=False)
    except ValueError:
        return peer
    return str(network)
