"""The way to the collector: mutual TLS from files, or none at all.

Files are read at each connection, because gRPC's client can't change a certificate while it runs: after a
renewal the courier simply connects again. Whatever would make the connection weaker (a missing or empty
authority, a key that others can read, a key that does not fit, a certificate whose time is over) is refused
here with its reason: the collector's side of that refusal looks like a collector that is down.
"""

from dataclasses import dataclass
from pathlib import Path

import grpc
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from lamplighter_agent.backends.select_files import disk
from lamplighter_agent.clock import Clock
from lamplighter_agent.errors import CollectorUnreachable, NotEnrolled

# A bundle is the largest message: the lists, and beside them roots, manifest, policy and licensed lists.
MESSAGE_BYTES = 6 * 1024 * 1024
OPTIONS: tuple[tuple[str, int], ...] = (
    # Not below what the collector allows (30 s), or it throws us off; it finds a dead path within 80 s.
    ("grpc.keepalive_time_ms", 60_000),
    ("grpc.keepalive_timeout_ms", 20_000),
    ("grpc.http2.max_pings_without_data", 0),
    # Ids make sending again safe, and only the courier knows when.
    ("grpc.enable_retries", 0),
    ("grpc.max_receive_message_length", MESSAGE_BYTES),
    # A new channel must not inherit another one's connection, certificate or wait.
    ("grpc.use_local_subchannel_pool", 1),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MutualTls:
    """Opens channels. `server_name`, where not empty, is the name in the collector's certificate.

    `direct`: also where the environment names a proxy, nobody stands between.
    """

    address: str
    server_name: str
    ca: Path
    certificate: Path
    key: Path
    clock: Clock
    direct: bool = False

    def open(self) -> grpc.aio.Channel:
        """Return a channel that is not connected yet; raises NotEnrolled with the reason."""
        authority = _read(self.ca, "authority")
        chain = _read(self.certificate, "certificate")
        key = _read(self.key, "key")
        if disk.others_may_read(self.key):
            raise NotEnrolled("key: others than the service's user can read it")
        self._check(authority, chain, key)
        credentials = grpc.ssl_channel_credentials(authority, key, chain)
        options: list[tuple[str, int | str]] = list(OPTIONS)
        if self.server_name:
            options.append(("grpc.ssl_target_name_override", self.server_name))
        if self.direct:
            options.append(("grpc.enable_http_proxy", 0))
        return grpc.aio.secure_channel(self.address, credentials, options=options)

    def _check(self, authority: bytes, chain: bytes, key: bytes) -> None:
        try:
            x509.load_pem_x509_certificates(authority)
            own = x509.load_pem_x509_certificates(chain)[0]
            private = load_pem_private_key(key, None)
        except (ValueError, TypeError) as error:
            raise NotEnrolled("identity: not PEM, or a key with a password") from error
        now = self.clock.now()
        if now >= own.not_valid_after_utc:
            raise NotEnrolled(f"certificate: expired on {own.not_valid_after_utc:%Y-%m-%d}")
        if now < own.not_valid_before_utc:
            raise NotEnrolled(f"certificate: not valid before {own.not_valid_before_utc:%Y-%m-%d}")
        shape = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        if own.public_key().public_bytes(*shape) != private.public_key().public_bytes(*shape):
            raise NotEnrolled("key: does not belong to the certificate")


def _read(path: Path, what: str) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise NotEnrolled(f"{what}: {error.strerror}") from error
    if not content.strip():
        raise NotEnrolled(f"{what}: empty file")
    return content


async def ready(channel: grpc.aio.Channel) -> None:
    """Connect, or raise CollectorUnreachable; leasing comes after, so that failing costs nothing."""
    state = channel.get_state(try_to_connect=True)
    while state is not grpc.ChannelConnectivity.READY:
        if state in (grpc.ChannelConnectivity.TRANSIENT_FAILURE, grpc.ChannelConnectivity.SHUTDOWN):
            raise CollectorUnreachable("no connection to the collector")
        await channel.wait_for_state_change(state)
        state = channel.get_state(try_to_connect=True)
