"""A token, a pin and a new key become this device's identity.

In order: the authority behind the pin; a channel that trusts it alone; `Enrol` with a request that names
nobody, and a mark of the machine; the answer, checked, kept whole. The token goes to the proved collector
and nowhere else: not into a log, not into an error, not onto the disk.
"""

import asyncio
import re
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from lamplighter_protos.v1.enrolment_pb2 import EnrolRequest, IdentityReply
from lamplighter_protos.v1.enrolment_pb2_grpc import EnrolmentStub

from lamplighter_agent.backends.machine_port import MachineFacts
from lamplighter_agent.enrolment import wire
from lamplighter_agent.enrolment.bootstrap import Proved, fetch_authority, is_pin
from lamplighter_agent.enrolment.issued import Issued, issued, name_in, new_key, signing_request
from lamplighter_agent.errors import CollectorUnreachable, ConfigError
from lamplighter_agent.machine import marks_of

_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}\.[A-Za-z0-9_-]{16,128}")
_LONGEST_TAG = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the technician was given. Raises ConfigError for what can't be right; never quotes the token."""

    collector: str
    pin: str
    asset_tag: str
    token: str = field(repr=False)

    def __post_init__(self) -> None:
        host, _, port = self.collector.rpartition(":")
        if not host or not port.isdecimal() or not 0 < int(port) < 2**16:
            raise ConfigError("--collector", "must be host:port of the collector's enrolment")
        if not is_pin(self.pin):
            raise ConfigError("--pin", 'must be "sha256:" and 64 hexadecimal digits')
        if not self.asset_tag.isprintable() or not 0 < len(self.asset_tag.strip()) <= _LONGEST_TAG:
            raise ConfigError("--asset-tag", f"must be 1 to {_LONGEST_TAG} characters on one line")
        if not _TOKEN.fullmatch(self.token):
            raise ConfigError("token", "is not whole: it has two parts with a full stop between them")

    @property
    def place(self) -> tuple[str, int]:
        host, _, port = self.collector.rpartition(":")
        return host.removeprefix("[").removesuffix("]"), int(port)


async def enrol(wish: Wish, now: datetime, facts: MachineFacts | None = None) -> Issued:
    """Return what the collector issued, not kept yet. `facts` are this machine's.

    Raises PinWrong, CollectorUnreachable, EnrolmentRefused or AnswerUnusable.
    """
    proved = await asyncio.to_thread(fetch_authority, *wish.place, wish.pin)
    key = new_key()
    try:
        reply = await wire.asked(_ask(wish, proved, signing_request(key), facts or MachineFacts()))
    except CollectorUnreachable:
        if proved.hold(now):
            raise CollectorUnreachable(
                f"the collector showed its pin, but did not answer at port {wish.place[1]}: "
                "see that it is the address which tokens issue printed"
            ) from None
        raise CollectorUnreachable(
            f"this device's clock says {now:%Y-%m-%d %H:%M} UTC, when the collector's certificate is not "
            "valid: set the clock"
        ) from None
    return issued(reply, key, asset_tag=wish.asset_tag)


async def _ask(wish: Wish, proved: Proved, request: bytes, facts: MachineFacts) -> IdentityReply:
    organisation = name_in(proved.authority, NameOID.ORGANIZATION_NAME) or ""
    message = EnrolRequest(
        token=wish.token,
        asset_tag=wish.asset_tag,
        signing_request=request,
        machine=marks_of(facts, organisation).hardware,
    )
    async with wire.server_tls(wish.collector, proved.authority.public_bytes(Encoding.PEM)) as channel:
        return await EnrolmentStub(channel).Enrol(message, timeout=wire.CALL_SECONDS)
