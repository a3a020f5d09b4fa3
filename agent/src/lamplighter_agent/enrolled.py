"""What an enrolled device has beyond its helpers: lists, sealed spool, the way to the collector.

Everything is opened before the first helper starts and closed after the last one ended, so that nothing seen
has nowhere to go.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from lamplighter_keywords.policy.device_policy import DevicePolicy
from lamplighter_protos.v1.health_pb2 import Heartbeat as Message

from lamplighter_agent import __version__
from lamplighter_agent.backends.select_device import battery
from lamplighter_agent.backends.select_process import slept_seconds
from lamplighter_agent.beat import Machine, capabilities_of, heartbeat_of
from lamplighter_agent.bundles.lapse import Lapse
from lamplighter_agent.bundles.receiver import BundleReceiver, ReceiverPorts
from lamplighter_agent.bundles.store import Anchor, BundleStore, Ready
from lamplighter_agent.clock import Clock
from lamplighter_agent.config import AgentConfig
from lamplighter_agent.context_counts import ContextCounts
from lamplighter_agent.delivery.backoff import Backoff, BackoffSettings
from lamplighter_agent.delivery.courier import Courier
from lamplighter_agent.delivery.heartbeat import Heartbeat
from lamplighter_agent.errors import DeliveryError, IdentityRevoked
from lamplighter_agent.health import Count, DeliveryState, Health
from lamplighter_agent.judgement import Judgement
from lamplighter_agent.lean import QUIET_SECONDS, give_back
from lamplighter_agent.losses import LossLedger
from lamplighter_agent.media.memory import MediaMemory
from lamplighter_agent.membership import Membership
from lamplighter_agent.notice.running import Signed, themes_of
from lamplighter_agent.pipeline import Pipeline
from lamplighter_agent.place import Whereabouts
from lamplighter_agent.policy import WAITING
from lamplighter_agent.recorder import Recorder
from lamplighter_agent.spool.entry import SpoolSettings
from lamplighter_agent.spool.sealer import Sealer
from lamplighter_agent.spool.spool import Spool
from lamplighter_agent.spool.worker import SpoolWorker
from lamplighter_agent.status import ServiceStatus
from lamplighter_agent.storage import stored_by

_RECEIPTS = frozenset({Count.DELIVERED, Count.DUPLICATE, Count.REFUSED})


class TellingHealth(Health):
    """Says when the way to the collector changes, so that `status` is news, and when there was an answer."""

    def __init__(self, clock: Clock, *, changed: Callable[[], None], heard: Callable[[], None]) -> None:
        super().__init__(clock)
        self._changed = changed
        self._heard = heard

    def count(self, what: Count, number: int = 1) -> None:
        super().count(what, number)
        if what in _RECEIPTS:
            self._heard()

    def delivery_is(self, state: DeliveryState, problem: str = "") -> None:
        super().delivery_is(state, problem)
        self._changed()


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolledPorts:
    """Who is told what."""

    stored: Callable[[bytes], None]
    # Something for `status` has changed.
    changed: Callable[[], None]
    # Other lists or another policy hold from now on.
    signed: Callable[[Signed], None]
    # The device came to school or left it.
    moved: Callable[[], None]
    # What the service knows of itself: a heartbeat tells the collector.
    status: ServiceStatus


class Enrolled:
    """Owns lists, spool and courier of one run."""

    def __init__(
        self,
        config: AgentConfig,
        membership: Membership,
        clock: Clock,
        ledger: LossLedger,
        ports: EnrolledPorts,
    ) -> None:
        self._config = config
        self._membership = membership
        self._organisation = membership.identity.organisation
        self._clock = clock
        self._ledger = ledger
        self._ports = ports
        self._health = TellingHealth(clock, changed=ports.changed, heard=membership.heard)
        self._lists: dict[str, object] = {}
        self._slept_before = slept_seconds()
        self.place = Whereabouts(
            membership.identity.ingest,
            membership.connect_at,
            awake=lambda: clock.monotonic() + slept_seconds(),
            changed=ports.moved,
        )
        self.policy: DevicePolicy | None = None
        places = stored_by(config)
        tag = membership.identity.asset_tag
        self.media = MediaMemory.opened(places.media, places.keys, identity=tag, clock=clock)

    async def start(self) -> Judgement:
        """Open everything; raise one of our errors where that can't be."""
        places = stored_by(self._config)
        self._key = places.keys.backend
        sealer = Sealer.from_store(places.keys)
        settings = SpoolSettings(organisation=self._organisation)
        self._spool = SpoolWorker(
            Spool.open(places.spool, sealer=sealer, clock=self._clock, settings=settings)
        )
        self._recorder = Recorder(
            self._spool,
            organisation=self._organisation,
            clock=self._clock,
            ledger=self._ledger,
            health=self._health,
            stored=self._ports.stored,
        )
        contexts = ContextCounts()
        self._judgement = Judgement(
            Pipeline(None, self._clock, contexts),
            self._recorder,
            contexts,
            file=places.counts,
            clock=self._clock,
            health=self._health,
        )
        self._judgement.start()
        self._bundles = self._made_receiver()
        self._lapse = Lapse(self._clock, self._renew)
        ready = await self._bundles.begin()
        if ready is not None:
            self._take(ready)
        self._recording = asyncio.create_task(self._recorder.run(), name="recorder")
        self._heartbeat = Heartbeat(self._beat, clock=self._clock, heard=self._membership.heard)
        self._courier = self._made_courier()
        self._courier.beside = self._heartbeat.run
        self._delivering = asyncio.create_task(self._courier.run(), name="courier")
        self._watching = asyncio.create_task(self._bundles.run(), name="bundles")
        self._lapsing = asyncio.create_task(self._lapse.run(), name="overrides")
        self._locating = asyncio.create_task(self.place.run(), name="place")
        self._keeping = self._membership.start()
        return self._judgement

    def reconnect(self) -> None:
        """Deliver by the certificate that holds now."""
        self._courier.reconnect()
        self._bundles.reconnect()

    @property
    def parts(self) -> tuple[asyncio.Task[None], ...]:
        """What must live as long as the service."""
        watched = self._delivering, self._watching, self._lapsing, self._locating
        return self._recording, *watched, *self._keeping

    @property
    def waiting(self) -> str:
        """Return why nothing can be judged yet; empty once there are lists and a policy."""
        if self.policy is not None:
            return ""
        reason = self._bundles.figures.reason
        return f"{WAITING} ({reason})" if reason else WAITING

    def _renew(self, ready: Ready) -> None:
        """Take what came while we run; what it needed for that, and what the last one held, is given back."""
        self._take(ready)
        asyncio.get_running_loop().call_later(QUIET_SECONDS, give_back)

    def _take(self, ready: Ready) -> None:
        """Judge by this bundle from the next observation on."""
        pack, self.policy = ready.bundle.pack, ready.bundle.policy
        licensed = ready.bundle.licensed
        entries = sum(len(one.entries) for one in licensed)
        terms = sum(len(one.terms) for one in pack.lists)
        self._lists = {"lists": len(pack.lists), "terms": terms, "licensed": entries}
        self._judgement.judge_by(ready.matcher)
        self._lapse.follow(ready)
        self.place.follow(self.policy.site_collectors)
        self._membership.silent_after(self.policy.silent_days)
        themes = themes_of(pack, licensed)
        self._ports.signed(Signed(themes=themes, licensed=entries, policy=self.policy))

    def _not_served(self, error: DeliveryError) -> None:
        if isinstance(error, IdentityRevoked) and error.reason:
            self._membership.refused(error.reason)

    def _made_receiver(self) -> BundleReceiver:
        identity = self._membership.identity
        anchor = Anchor(organisation=identity.organisation, roots=identity.roots, agent_version=__version__)
        ports = ReceiverPorts(
            connect=self._membership.connect,
            taken=self._renew,
            contact=self._membership.heard,
            failed=self._not_served,
            changed=self._ports.changed,
            media=self.media,
        )
        places = stored_by(self._config)
        store = BundleStore(places.bundles, anchor, places.keys, self._clock)
        return BundleReceiver(store, ports, clock=self._clock, backoff=Backoff(BackoffSettings()))

    def _made_courier(self) -> Courier:
        return Courier(
            self._spool,
            self._membership.connect,
            clock=self._clock,
            backoff=Backoff(BackoffSettings()),
            health=self._health,
            refused=self._membership.refused,
        )

    async def stop(self) -> None:
        """Store what is left, let the courier go, close the spool."""
        self._judgement.stop()
        await self._recorder.finish(self._recording)
        ending = (self._delivering, self._watching, self._lapsing, self._locating, *self._keeping)
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)
        await self._spool.close()

    async def describe(self, status: ServiceStatus) -> None:
        """Fill in what `status` shows of lists, spool and collector."""
        figures = await self._spool.figures()
        health = self._health.figures()
        delivered = health.last_delivered_at
        status.collector = {
            "link": health.delivery.value,
            "problem": health.delivery_problem,
            "last_delivered_at": None if delivered is None else delivered.isoformat(timespec="seconds"),
            "counts": dict(health.counts),
            "clock_behind_s": self._heartbeat.clock_behind_s,
        }
        status.lists = dict(self._lists)
        status.place = self.place.describe()
        status.bundle = self._bundles.figures.described(self._clock.now())
        status.spool = {
            "records": figures.live_records,
            "bytes": figures.bytes_on_disk,
            "set_aside": figures.set_aside,
            "losses_owed": figures.losses_owed,
            "key": self._key,
        }
        self._heartbeat.look(capabilities_of(status))

    async def _beat(self) -> Message:
        status = self._ports.status
        await self.describe(status)
        percent, on_battery = battery()
        machine = Machine(
            battery_percent=percent,
            on_battery=on_battery,
            suspended_seconds=int(slept_seconds() - self._slept_before),
        )
        return heartbeat_of(status, machine)
