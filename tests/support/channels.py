"""Channels as the agent opens them, with certificates of a test's own."""

from lamplighter_agent.clock import SystemClock
from lamplighter_agent.delivery.channel import MutualTls

from tests.support.certificates import CertificateFiles


def tls_of(
    files: CertificateFiles, address: str, *, server_name: str = "", direct: bool = False
) -> MutualTls:
    """Say how to reach a collector; an empty `server_name` is the address's."""
    return MutualTls(
        address=address,
        server_name=server_name,
        ca=files.ca,
        certificate=files.certificate,
        key=files.key,
        clock=SystemClock(),
        direct=direct,
    )
