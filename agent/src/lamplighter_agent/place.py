"""Whether this device is at school: one bit, and nothing else about where it is.

At school is where the school's own collector answers at an address that it has nowhere else: one of those
that the signed policy names, else a private address of the collector that this device delivers to. The
answer is its part of a TLS handshake: the collector signs what this device made up a moment ago, with the key
that the device trusts since it was enrolled, so that no other machine at such an address counts. Nothing else
is asked, looked up or measured, and neither addresses nor networks are kept or told.

An answer holds for `HOLDS_SECONDS`, counted on through a suspend. Without one, and where nothing can be
asked, the device is away: the rules for that are the more private ones.
"""

import asyncio
import contextlib
import ipaddress
import socket
from collections.abc import Callable
from typing import Any, Final

import grpc

from lamplighter_agent.delivery.channel import ready
from lamplighter_agent.errors import CollectorUnreachable, NotEnrolled

ASK_SECONDS: Final = 60.0
HOLDS_SECONDS: Final = 80.0
# How soon after a suspend an answer from before is known to be too old.
LOOK_SECONDS: Final = 10.0
_ANSWER_SECONDS: Final = 5.0
NOT_ASKED: Final = "not asked yet: the rules for away from school hold"
NO_ADDRESS: Final = (
    "no address is known at which the collector answers at school only: the rules for away from school hold; "
    "name one in the device policy (place.collectors)"
)
NO_ANSWER: Final = "the collector does not answer as it does at school: the rules for away from school hold"
# RFC 1918, RFC 4193 and what never leaves a link or a machine.
_PRIVATE: Final = tuple(
    ipaddress.ip_network(one)
    for one in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "169.254.0.0/16",
        "127.0.0.0/8",
        "fc00::/7",
        "fe80::/10",
        "::1/128",
    )
)


def is_private(host: str) -> bool:
    """Say whether a numeric address can't be reached over the Internet; False for anything else."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return any(address in network for network in _PRIVATE)


class Whereabouts:
    """For the life of the service, on its loop. `collector` is where this device delivers, `host:port`."""

    def __init__(
        self,
        collector: str,
        connect: Callable[[str], grpc.aio.Channel],
        *,
        awake: Callable[[], float],
        changed: Callable[[], None],
    ) -> None:
        """`connect` opens a channel, `awake` counts seconds also in a suspend, `changed` hears of moves."""
        self._collector = collector
        self._connect = connect
        self._awake = awake
        self._changed = changed
        self._named: tuple[str, ...] | None = None
        self._answered_at: float | None = None
        self._told = False
        self._problem = NOT_ASKED
        self._due = asyncio.Event()

    @property
    def on_site(self) -> bool:
        return self._answered_at is not None and self._awake() - self._answered_at < HOLDS_SECONDS

    def describe(self) -> dict[str, Any]:
        """Return what `status` shows."""
        on_site = self.on_site
        problem = "" if on_site else self._problem
        return {"on_site": on_site, "known": problem in ("", NO_ANSWER), "reason": problem}

    def follow(self, collectors: tuple[str, ...] | None) -> None:
        """Take the signed policy's word on where the collector answers at school only."""
        if collectors != self._named:
            self._named = collectors
            # It was an answer to another question.
            self._answered_at = None
        self.look()

    def look(self) -> None:
        """Ask now: something may have moved."""
        self._due.set()

    async def run(self) -> None:
        """Ask again and again until cancelled."""
        asked = -ASK_SECONDS
        while True:
            stale = self._told and not self.on_site
            if self._due.is_set() or stale or self._awake() - asked >= ASK_SECONDS:
                # After a suspend: said before it is asked, since asking takes its time.
                self._tell()
                self._due.clear()
                asked = self._awake()
                await self._ask()
                self._tell()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._due.wait()

    def _tell(self) -> None:
        if self._told != self.on_site:
            self._told = self.on_site
            self._changed()

    async def _ask(self) -> None:
        named = self._named
        addresses = await self._private() if named is None else named
        for address in addresses:
            if await self._answers(address):
                if self._named == named:
                    self._answered_at = self._awake()
                return
        self._answered_at = None
        self._problem = NO_ANSWER if addresses else NO_ADDRESS

    async def _private(self) -> tuple[str, ...]:
        """Return the private addresses of the collector that this device delivers to."""
        host, _, port = self._collector.rpartition(":")
        host = host.strip("[]")
        if is_private(host):
            return (self._collector,)
        try:
            # The same name that delivery looks up.
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return ()
        hosts = (str(address[0]) for _, _, _, _, address in found)
        return tuple(f"[{one}]:{port}" if ":" in one else f"{one}:{port}" for one in hosts if is_private(one))

    async def _answers(self, address: str) -> bool:
        try:
            channel = self._connect(address)
        except NotEnrolled:
            return False
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                await ready(channel)
        except (CollectorUnreachable, TimeoutError):
            return False
        else:
            return True
        finally:
            await channel.close()
