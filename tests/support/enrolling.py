"""Enrolment from the device's side: keys, signing requests, and asking a real collector."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from lamplighter_protos.names import RECOVER_PREFIX, SERVER_NAME
from lamplighter_protos.v1 import enrolment_pb2

from tests.support.certificates import CertificateFiles

OPTIONS = (
    ("grpc.ssl_target_name_override", SERVER_NAME),
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.enable_retries", 0),
)
ANSWER_SECONDS = 20


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def signing_request(key: Any, *, name: str = "", extensions: Sequence[Any] = ()) -> bytes:
    """A PKCS #10 request in DER, with whatever a stranger would like to be."""
    names = [x509.NameAttribute(NameOID.COMMON_NAME, name)] if name else []
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(names))
    for extension in extensions:
        builder = builder.add_extension(extension, critical=True)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def proof_by(key: ec.EllipticCurvePrivateKey, request: bytes) -> bytes:
    return key.sign(RECOVER_PREFIX + request, ec.ECDSA(hashes.SHA256()))


@dataclass(slots=True, kw_only=True)
class Strange:
    """A device that has only the authority's certificate, and asks on the enrolment port."""

    address: str
    authority: bytes
    key: ec.EllipticCurvePrivateKey = field(default_factory=new_key)

    def enrol(
        self, token: str, asset_tag: str, *, request: bytes | None = None
    ) -> enrolment_pb2.IdentityReply:
        """Ask once; raises grpc.RpcError with the refusal."""
        message = enrolment_pb2.EnrolRequest(
            token=token,
            asset_tag=asset_tag,
            signing_request=signing_request(self.key) if request is None else request,
        )
        return self.ask("Enrol", message.SerializeToString())

    def ask(self, method: str, raw: bytes) -> enrolment_pb2.IdentityReply:
        with self._channel() as channel:
            call: Any = channel.unary_unary(f"/lamplighter_protos.v1.Enrolment/{method}")
            return enrolment_pb2.IdentityReply.FromString(call(raw, timeout=ANSWER_SECONDS))

    @contextlib.contextmanager
    def _channel(self) -> Iterator[grpc.Channel]:
        credentials = grpc.ssl_channel_credentials(self.authority)
        with grpc.secure_channel(self.address, credentials, options=OPTIONS) as channel:
            yield channel


def keep(
    folder: Path, name: str, reply: enrolment_pb2.IdentityReply, key: ec.EllipticCurvePrivateKey
) -> CertificateFiles:
    """Write what an enrolment gave as the agent reads it: PEM files, the key for its owner only."""
    certificate = x509.load_der_x509_certificate(reply.certificate)
    authorities = [x509.load_der_x509_certificate(each) for each in reply.authorities]
    return write(folder, name, certificate, authorities, key)


def kept(folder: Path, name: str) -> CertificateFiles:
    """Where `keep` put what it was given for ``name``."""
    own = folder / name
    return CertificateFiles(
        ca=own / "authority.pem", certificate=own / "certificate.pem", key=own / "key.pem"
    )


def write(
    folder: Path,
    name: str,
    certificate: x509.Certificate,
    authorities: Sequence[x509.Certificate],
    key: ec.EllipticCurvePrivateKey,
) -> CertificateFiles:
    files = kept(folder, name)
    files.key.parent.mkdir(parents=True, exist_ok=True)
    files.ca.write_bytes(b"".join(each.public_bytes(Encoding.PEM) for each in authorities))
    files.certificate.write_bytes(certificate.public_bytes(Encoding.PEM))
    files.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    files.key.chmod(0o600)
    return files
