"""What an enrolled device has beyond its helpers: lists, sealed spool, the way to the collector.

Everything is opened before the first helper starts and closed after the last one ended, so that nothing seen
has nowhere to go.
"""

import asyncio
from collections.abc import Callable

from lamplighter_keywords.matcher import Matcher
from lamplighter_keywords.shipped import load_shipped

from lamplighter_agent.backends.linux.keystore import FileKeyStore
from lamplighter_agent.clock import Clock
from lamplighter_agent.config import AgentConfig, CollectorConfig
from lamplighter_agent.context_counts import ContextCounts
from lamplighter_agent.delivery.backoff import Backoff, BackoffSettings
from lamplighter_agent.delivery.channel import MutualTls
from lamplighter_agent.delivery.courier import Courier
from lamplighter_agent.health import DeliveryState, Health
from lamplighter_agent.judgement import Judgement
from lamplighter_agent.losses import LossLedger
from lamplighter_agent.notice.facts import ThemeFact
from lamplighter_agent.notice.running import themes_of
from lamplighter_agent.pipeline import Pipeline
from lamplighter_agent.recorder import Recorder
from lamplighter_agent.spool.entry import SpoolSettings
from lamplighter_agent.spool.sealer import Sealer
from lamplighter_agent.spool.spool import Spool
from lamplighter_agent.spool.worker import SpoolWorker
from lamplighter_agent.status import ServiceStatus


class TellingHealth(Health):
    """Says when the way to the collector changes, so that `status` is news and nothing polls."""

    def __init__(self, clock: Clock, changed: Callable[[], None]) -> None:
        super().__init__(clock)
        self._changed = changed

    def delivery_is(self, state: DeliveryState, problem: str = "") -> None:
        super().delivery_is(state, problem)
        self._changed()


class Enrolled:
    """Owns lists, spool and courier of one run."""

    def __init__(
        self,
        config: AgentConfig,
        clock: Clock,
        ledger: LossLedger,
        *,
        stored: Callable[[bytes], None],
        changed: Callable[[], None],
    ) -> None:
        assert config.collector is not None
        self._config = config
        self._collector: CollectorConfig = config.collector
        self._clock = clock
        self._ledger = ledger
        self._stored = stored
        self._health = TellingHealth(clock, changed)
        self._lists: dict[str, object] = {}
        self.themes: tuple[ThemeFact, ...] = ()

    async def start(self) -> Judgement:
        """Open everything; raise one of our errors where that can't be."""
        config = self._config
        pack = load_shipped()
        self.themes = themes_of(pack)
        self._lists = {"lists": len(pack.lists), "terms": sum(len(one.terms) for one in pack.lists)}
        keys = FileKeyStore(config.state / "keys")
        sealer = Sealer.from_store(keys)
        settings = SpoolSettings(organisation=config.organisation)
        self._spool = SpoolWorker(
            Spool.open(config.spool_folder, sealer=sealer, clock=self._clock, settings=settings)
        )
        self._recorder = Recorder(
            self._spool,
            organisation=config.organisation,
            clock=self._clock,
            ledger=self._ledger,
            health=self._health,
            stored=self._stored,
        )
        contexts = ContextCounts()
        self._judgement = Judgement(
            Pipeline(Matcher(pack), self._clock, contexts),
            self._recorder,
            contexts,
            file=config.state / "context.json",
            clock=self._clock,
            health=self._health,
        )
        self._judgement.start()
        self._recording = asyncio.create_task(self._recorder.run(), name="recorder")
        self._delivering = asyncio.create_task(self._courier().run(), name="courier")
        return self._judgement

    @property
    def parts(self) -> tuple[asyncio.Task[None], ...]:
        """What must live as long as the service."""
        return self._recording, self._delivering

    def _courier(self) -> Courier:
        collector = self._collector
        tls = MutualTls(
            address=collector.address,
            server_name=collector.server_name,
            ca=collector.ca,
            certificate=collector.certificate,
            key=collector.key,
            clock=self._clock,
        )
        backoff = Backoff(BackoffSettings())
        return Courier(self._spool, tls.open, clock=self._clock, backoff=backoff, health=self._health)

    async def stop(self) -> None:
        """Store what is left, let the courier go, close the spool."""
        self._judgement.stop()
        await self._recorder.finish(self._recording)
        self._delivering.cancel()
        await asyncio.gather(self._delivering, return_exceptions=True)
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
        }
        status.lists = dict(self._lists)
        status.spool = {
            "records": figures.live_records,
            "bytes": figures.bytes_on_disk,
            "set_aside": figures.set_aside,
            "losses_owed": figures.losses_owed,
            "key": FileKeyStore.backend,
        }
