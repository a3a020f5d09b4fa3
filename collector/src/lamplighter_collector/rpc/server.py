"""The gRPC server: mutual TLS or nothing."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import grpc
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from lamplighter_collector.config import Address, IngestConfig
from lamplighter_collector.errors import ConfigError
from lamplighter_collector.rpc.limits import SERVER_OPTIONS

Handler = Callable[..., Awaitable[None]]


def credentials_of(config: IngestConfig) -> grpc.ServerCredentials:
    """Credentials that demand a client certificate of our authority.

    Raises:
        ConfigError: a file is unreadable, damaged, expired, or key and certificate don't belong together.
    """
    ca = _read("ingest.ca", config.ca)
    chain = _read("ingest.certificate", config.certificate)
    key = _read("ingest.key", config.key)
    _certificate("ingest.ca", ca)
    certificate = _certificate("ingest.certificate", chain)
    if _public_part(key) != certificate.public_key().public_bytes(
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    ):
        raise ConfigError("ingest.key", "does not belong to ingest.certificate")
    return grpc.ssl_server_credentials([(key, chain)], root_certificates=ca, require_client_auth=True)


def build(config: IngestConfig, deliver: Handler) -> tuple[grpc.aio.Server, Address]:
    """A server that is bound but not started, and the address it got.

    Raises:
        ConfigError: as `credentials_of`, or the address can't be bound.
    """
    credentials = credentials_of(config)
    server = grpc.aio.server(options=SERVER_OPTIONS)
    # Without (de)serialisers the handler sees raw bytes.
    method: grpc.RpcMethodHandler[bytes, bytes] = grpc.stream_stream_rpc_method_handler(deliver)
    server.add_generic_rpc_handlers(
        (grpc.method_handlers_generic_handler("lamplighter_protos.v1.Ingest", {"Deliver": method}),)
    )
    try:
        port = server.add_secure_port(str(config.listen), credentials)
    except RuntimeError as error:
        raise ConfigError("ingest.listen", f"{config.listen} can't be bound") from error
    return server, Address(host=config.listen.host, port=port)


def _read(key: str, path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(key, f"{path}: {error.strerror}") from error


def _certificate(key: str, pem: bytes) -> x509.Certificate:
    try:
        certificate = x509.load_pem_x509_certificates(pem)[0]
    except (ValueError, IndexError) as error:
        raise ConfigError(key, "holds no certificate in PEM form") from error
    now = datetime.now(UTC)
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise ConfigError(
            key, f"is valid from {certificate.not_valid_before_utc} to {certificate.not_valid_after_utc}"
        )
    return certificate


def _public_part(pem: bytes) -> bytes:
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError) as error:
        raise ConfigError("ingest.key", "holds no private key in PEM form without a passphrase") from error
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
