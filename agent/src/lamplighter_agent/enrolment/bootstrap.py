"""Fetches the collector's authority by one TLS handshake and compares it with the pin: for the verb `enrol`.

gRPC trusts nothing that it was not given, so the first certificate has to come from somewhere. The handshake
verifies nothing; what it brought is believed only when the hash of its public key is the one that the
technician was given with the token. Nothing is sent here but the handshake.
"""

import hashlib
import hmac
import re
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from lamplighter_protos.names import SERVER_NAME
from OpenSSL import SSL

from lamplighter_agent.errors import CollectorUnreachable, PinWrong

SECONDS: Final = 15.0
_PIN: Final = re.compile(r"sha256:[0-9a-f]{64}")
_CHUNK: Final = 16 * 1024
# What a chain may take; a stranger could send without end.
_MOST_BYTES: Final = 256 * 1024


def is_pin(text: str) -> bool:
    return _PIN.fullmatch(text) is not None


def pin_of(certificate: x509.Certificate) -> str:
    """Return the pin of an authority; a new certificate for the same key has the same."""
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"sha256:{hashlib.sha256(key).hexdigest()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proved:
    """The authority behind the pin, and the certificate that was shown with it, not checked yet."""

    authority: x509.Certificate
    shown: x509.Certificate

    def hold(self, now: datetime) -> bool:
        """Tell whether both are valid at this time."""
        both = (self.authority, self.shown)
        return all(one.not_valid_before_utc <= now <= one.not_valid_after_utc for one in both)


def fetch_authority(host: str, port: int, pin: str, *, seconds: float = SECONDS) -> Proved:
    """Return the authority behind the pin.

    Raises PinWrong with the pin that was found, CollectorUnreachable where nobody speaks TLS there.
    """
    try:
        with socket.create_connection((host, port), timeout=seconds) as connection:
            chain = _chain(connection)
    except OSError as error:
        raise CollectorUnreachable(
            f"no connection to {host}:{port}: {error.strerror or 'too slow'}"
        ) from error
    except SSL.Error as error:
        raise CollectorUnreachable(f"{host}:{port} does not speak TLS as a collector does") from error
    return _pinned(chain, pin)


def _pinned(chain: Sequence[x509.Certificate], pin: str) -> Proved:
    found = "no certificate"
    for certificate in chain:
        found = pin_of(certificate)
        if hmac.compare_digest(found, pin):
            return Proved(authority=certificate, shown=chain[0])
    # The last of a chain is its authority.
    raise PinWrong(expected=pin, found=found)


def _chain(connection: socket.socket) -> list[x509.Certificate]:
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_min_proto_version(SSL.TLS1_2_VERSION)
    context.set_verify(SSL.VERIFY_NONE)
    context.set_alpn_protos([b"h2"])
    # Over memory, so that the socket's own time limit holds.
    tls = SSL.Connection(context, None)
    tls.set_tlsext_host_name(SERVER_NAME.encode())
    tls.set_connect_state()
    read = 0
    while True:
        try:
            tls.do_handshake()
            break
        except SSL.WantReadError:
            _send(tls, connection)
        received = connection.recv(_CHUNK)
        read += len(received)
        if not received or read > _MOST_BYTES:
            raise ConnectionError(0, "the handshake broke off")
        tls.bio_write(received)
    return tls.get_peer_cert_chain(as_cryptography=True) or []


def _send(tls: SSL.Connection, connection: socket.socket) -> None:
    try:
        while True:
            connection.sendall(tls.bio_read(_CHUNK))
    except SSL.WantReadError:
        return
