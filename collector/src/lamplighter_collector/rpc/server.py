"""gRPC servers on ports of their own: for devices with mutual TLS, for enrolment with ours alone."""

import threading
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, TypeAlias, cast

import grpc

from lamplighter_collector.config import Address, Listener
from lamplighter_collector.enrolment.authority import Authority, ServerIdentity
from lamplighter_collector.errors import ConfigError

# The stubs leave out that None means no change.
_Fetcher = Callable[[], grpc.ServerCertificateConfiguration]
Handler: TypeAlias = "grpc.RpcMethodHandler[bytes, bytes]"


class ServerCertificate:
    """The collector's own certificate: made at the start, and anew before it runs out.

    Anew also when the clock was put back to before it begins: no device would take it until then.
    gRPC asks at each handshake, on a thread of its own.
    """

    def __init__(self, authority: Authority, now: Callable[[], datetime], *, mutual: bool) -> None:
        self._authority = authority
        self._now = now
        self._roots = authority.pem if mutual else None
        self._own: ServerIdentity = authority.server_identity(now())
        self._renewing = threading.Lock()
        self.credentials = grpc.dynamic_ssl_server_credentials(
            self._configuration(), cast("_Fetcher", self._renewed), require_client_authentication=mutual
        )

    def _renewed(self) -> grpc.ServerCertificateConfiguration | None:
        """What to use from now on, or None for no change."""
        now = self._now()
        with self._renewing:
            if self._own.serves(now):
                return None
            self._own = self._authority.server_identity(now)
            return self._configuration()

    def _configuration(self) -> grpc.ServerCertificateConfiguration:
        return grpc.ssl_server_certificate_configuration([(self._own.key, self._own.chain)], self._roots)


def bind(
    listener: Listener,
    key: str,
    credentials: grpc.ServerCredentials,
    options: tuple[tuple[str, int], ...],
) -> tuple[grpc.aio.Server, Address]:
    """A server that is bound but not started, and the address it got. ``key`` names its setting.

    Raises:
        ConfigError: the address can't be bound.
    """
    server = grpc.aio.server(options=options)
    try:
        port = server.add_secure_port(str(listener.listen), credentials)
    except RuntimeError as error:
        raise ConfigError(key, f"{listener.listen} can't be bound") from error
    return server, Address(host=listener.listen.host, port=port)


def offer(server: grpc.aio.Server, service: str, methods: Mapping[str, Handler]) -> None:
    """Have a service of ours answered by these handlers, before the start."""
    server.add_generic_rpc_handlers(
        (grpc.method_handlers_generic_handler(f"lamplighter_protos.v1.{service}", dict(methods)),)
    )


# Without (de)serialisers a handler sees raw bytes: gRPC would answer a broken message with the error's text.
def streaming(handler: Callable[[Any, Any], Awaitable[None]]) -> Handler:
    return grpc.stream_stream_rpc_method_handler(handler)


def unary(handler: Callable[[bytes, Any], Awaitable[bytes]]) -> Handler:
    return grpc.unary_unary_rpc_method_handler(handler)
