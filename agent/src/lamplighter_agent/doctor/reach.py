"""Whether the collector can be reached, step by step: its name, its port, TLS, the authority, the time.

Nothing is sent but the start of a handshake, and nobody is believed whose key is not the pinned one.
"""

import contextlib
import socket
from datetime import datetime
from pathlib import Path

from cryptography import x509

from lamplighter_agent.doctor.fault import Fault, fault
from lamplighter_agent.enrolment.bootstrap import fetch_authority, is_pin, pin_of
from lamplighter_agent.enrolment.identity import Identity
from lamplighter_agent.errors import CollectorUnreachable, PinWrong

SECONDS = 5.0


def reached_by(identity: Identity, now: datetime) -> list[Fault]:
    """Look at where an enrolled device delivers."""
    pin = _pin_in(identity.authority_file)
    return [] if pin is None else reached(identity.ingest, pin, now)


def reached(address: str, pin: str, now: datetime, *, seconds: float = SECONDS) -> list[Fault]:
    """Look at one address of the collector; at most one fault, the first on the way."""
    host, _, port = address.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not host or not port.isdecimal() or not is_pin(pin):
        return []
    found = _connected(host, int(port), seconds) or _proved(host, int(port), pin, now, seconds)
    return [] if found is None else [found]


def _connected(host: str, port: int, seconds: float) -> Fault | None:
    try:
        socket.getaddrinfo(host, port)
    except OSError:
        reason = f"{host} is no name that this network knows"
        return fault("collector-name", reason, "see to the network and its name service")
    try:
        socket.create_connection((host, port), timeout=seconds).close()
    except OSError as error:
        reason = f"no connection to {host}:{port}: {error.strerror or 'too slow'}"
        return fault("collector-port", reason, "see that the collector runs, and no firewall is between")
    return None


def _proved(host: str, port: int, pin: str, now: datetime, seconds: float) -> Fault | None:
    try:
        proved = fetch_authority(host, port, pin, seconds=seconds)
    except PinWrong as error:
        reason = f"{host}:{port} has another pin: expected {error.expected}, found {error.found}"
        remedy = "see that nothing on the way opens TLS; after a new collector, enrol this device again"
        return fault("collector-pin", reason, remedy)
    except CollectorUnreachable as error:
        return fault("collector-tls", str(error), "see that the port is the collector's")
    if proved.hold(now):
        return None
    reason = f"it says {now:%Y-%m-%d %H:%M} UTC, when the collector's certificate is not valid"
    return fault("clock", reason, "set the clock, of this device or of the collector")


def _pin_in(file: Path) -> str | None:
    with contextlib.suppress(OSError, ValueError):
        return pin_of(x509.load_pem_x509_certificates(file.read_bytes())[0])
    return None
