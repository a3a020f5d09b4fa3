"""Keeps an enrolled device enrolled: its certificate, its contact with the collector, and how both end.

Joins renewal and vigil to the courier's channel. Sensing goes by `silent`; the end of the device is told to
`ended`, with the slug of its reason, and is the service's to carry out.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import grpc

from lamplighter_agent.backends.select_process import running_seconds
from lamplighter_agent.clock import Clock
from lamplighter_agent.delivery.backoff import Backoff, BackoffSettings
from lamplighter_agent.enrolment import wire
from lamplighter_agent.enrolment.contact import ContactFile
from lamplighter_agent.enrolment.identity import PROTECTION, Identity, IdentityStore
from lamplighter_agent.enrolment.reasons import ENDING, SILENT
from lamplighter_agent.enrolment.renew import Renewal, RenewalPorts
from lamplighter_agent.enrolment.silence import Silence
from lamplighter_agent.enrolment.vigil import Vigil
from lamplighter_agent.errors import EnrolmentRefused
from lamplighter_agent.machine import bound_words

# A certificate lasts for days: a collector that is away is asked patiently.
_RENEWAL = BackoffSettings(base_seconds=10.0, cap_seconds=3600.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipPorts:
    """Who is told what."""

    # There is a new certificate: connections are to be made anew.
    renewed: Callable[[], None]
    # Whether the device is silent has changed.
    silence: Callable[[], None]
    # Something for `status` has changed.
    changed: Callable[[], None]
    ended: Callable[[str], None]


class Membership:
    """For the life of the service, on its loop."""

    def __init__(self, state: Path, identity: Identity, clock: Clock, ports: MembershipPorts) -> None:
        self.identity = identity
        self._clock = clock
        self._ports = ports
        self._problem = ""
        self._backoff = Backoff(_RENEWAL)
        self._contact = ContactFile(state, otherwise=identity.obtained_at)
        self._vigil = Vigil(self._contact, clock, changed=self._silence_changed, running=running_seconds)
        renewal = RenewalPorts(
            connect=lambda one: wire.mutual_tls(one, clock),
            wait_after=self._wait_after,
            renewed=self._renewed,
            problem=self._problem_is,
            refused=self.refused,
        )
        self._renewal = Renewal(IdentityStore(state), identity, renewal, clock)

    @property
    def silent(self) -> bool:
        return self._vigil.now is not Silence.HEARD

    @property
    def silent_why(self) -> str:
        """Return why nothing is sensed; empty where the collector was heard of late."""
        if not self.silent:
            return ""
        last = self._contact.contact.at
        return (
            f"no contact with the collector for {self._vigil.silent_days} days by this device's clock "
            f"(last: {last:%Y-%m-%d}); check the clock and the network"
        )

    def start(self) -> tuple[asyncio.Task[None], ...]:
        """Begin; the tasks must live as long as the service, and are cancelled by whoever has them."""
        if self._vigil.now is Silence.OVER:
            self._ports.ended(SILENT)
        return (
            asyncio.create_task(self._renewal.run(), name="renewal"),
            asyncio.create_task(self._vigil.run(), name="vigil"),
        )

    def connect(self) -> grpc.aio.Channel:
        """Return a channel by the certificate that holds now; raises NotEnrolled with the reason."""
        return wire.mutual_tls(self.identity, self._clock)

    def connect_at(self, address: str) -> grpc.aio.Channel:
        """Return a channel straight to this address of the collector; raises NotEnrolled with the reason."""
        return wire.mutual_tls(self.identity, self._clock, at=address)

    def heard(self) -> None:
        """Take note of an answer of the collector."""
        self._vigil.heard()

    def silent_after(self, days: int) -> None:
        """Take the school's word on how long silence may last."""
        self._vigil.silent_after(days)

    def refused(self, reason: str) -> None:
        """Take note of a refusal; only the collector's plain word that the device ended ends it."""
        if reason in ENDING:
            self._ports.ended(reason)

    def describe(self) -> dict[str, Any]:
        """Return what `status` shows."""
        return {
            "asset_tag": self.identity.asset_tag,
            "enrolled_at": _shown(self.identity.enrolled_at),
            "certificate_until": _shown(self.identity.until),
            "certificate_from": _shown(self.identity.obtained_at),
            "renewal_problem": self._problem,
            "last_contact_at": _shown(self._contact.contact.at),
            "silent": self.silent_why,
            "key": PROTECTION,
            "machine": bound_words(self.identity.machine),
            "ended": None,
        }

    def _wait_after(self, error: Exception | None) -> float:
        if error is None:
            self._backoff.reset()
            return 0.0
        # Only a person can help against a refusal.
        return self._backoff.longest() if isinstance(error, EnrolmentRefused) else self._backoff.next()

    def _renewed(self, identity: Identity) -> None:
        self.identity = identity
        self.heard()
        self._ports.renewed()
        self._ports.changed()

    def _problem_is(self, problem: str) -> None:
        self._problem = problem
        self._ports.changed()

    def _silence_changed(self, now: Silence) -> None:
        if now is Silence.OVER:
            self._ports.ended(SILENT)
        self._ports.silence()
        self._ports.changed()


def _shown(when: datetime) -> str:
    return when.isoformat(timespec="seconds")
