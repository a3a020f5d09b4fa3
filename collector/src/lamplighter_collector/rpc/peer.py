"""Who is at the other end: read from the client certificate, once per call, never from a message."""

from collections.abc import Mapping, Sequence

from cryptography import x509

from lamplighter_collector.addresses import counted_address
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
    """The network address in gRPC's name of a peer, without its port, as `counted_address` names it."""
    family, _, rest = peer.partition(":")
    if family not in {"ipv4", "ipv6"}:
        return peer
    host = rest.rpartition(":")[0].replace("%5B", "").replace("%5D", "").strip("[]")
    return counted_address(host.replace("%25", "%"))
