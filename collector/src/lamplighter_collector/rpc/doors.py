"""Both ports for devices, put together: what is offered where, bound, started and stopped."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from lamplighter_collector.config import Config
from lamplighter_collector.db.changes import ChangeWatch
from lamplighter_collector.db.reader import Reader
from lamplighter_collector.db.transact import Transact
from lamplighter_collector.enrolment.authority import Authority
from lamplighter_collector.ingest.privacy import Privacy
from lamplighter_collector.ingest.writer import Writer
from lamplighter_collector.keys.sealing import Seals
from lamplighter_collector.rpc import server
from lamplighter_collector.rpc.admission import Admission
from lamplighter_collector.rpc.bundles import Keeping, Library, Watch
from lamplighter_collector.rpc.deliver import Deliver
from lamplighter_collector.rpc.enrolment import Enrolment, Identity, Issuing
from lamplighter_collector.rpc.health import Health
from lamplighter_collector.rpc.limits import ENROLMENT_OPTIONS, SERVER_OPTIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """What stands behind the doors."""

    authority: Authority
    writer: Writer
    reader: Reader
    watch: ChangeWatch
    seals: Seals
    transact: Transact
    now: Callable[[], datetime]


class Doors:
    """The two gRPC servers of one collector; bound when made.

    Raises:
        ConfigError: an address can't be bound.
    """

    def __init__(self, config: Config, behind: Behind) -> None:
        self.admission = Admission(behind.reader, config.organisation)
        behind.watch.subscribe("devices", self.admission.register_changed)
        for_devices = server.ServerCertificate(behind.authority, behind.now, mutual=True)
        for_strangers = server.ServerCertificate(behind.authority, behind.now, mutual=False)
        self._devices, self.ingest = server.bind(
            config.ingest, "ingest.listen", for_devices.credentials, SERVER_OPTIONS
        )
        self._strangers, self.enrolment = server.bind(
            config.enrolment, "enrolment.listen", for_strangers.credentials, ENROLMENT_OPTIONS
        )
        told = config.ingest.told(self.ingest)
        issuing = Issuing(behind.transact, behind.authority, told, behind.now)
        privacy = Privacy(behind.seals)
        deliver = Deliver(behind.writer, self.admission, privacy)
        server.offer(self._devices, "Ingest", {"Deliver": server.streaming(deliver.stream)})
        library = Library(behind.reader, config.organisation, behind.seals)
        behind.watch.subscribe("bundles", library.changed)
        behind.watch.subscribe("media", library.changed)
        bundles = Watch(self.admission, library, Keeping(behind.transact, config.organisation, behind.now))
        server.offer(self._devices, "Bundles", {"Watch": server.streaming(bundles.stream)})
        server.offer(self._devices, "Identity", Identity(issuing, self.admission).methods())
        health = Health(self.admission, behind.transact, behind.now)
        server.offer(self._devices, "Health", health.methods())
        server.offer(self._strangers, "Enrolment", Enrolment(issuing, behind.seals).methods())

    async def start(self) -> None:
        await self._devices.start()
        await self._strangers.start()

    async def stop(self, grace_seconds: float) -> None:
        """Idle streams of devices are simply cut; they come back."""
        await self._strangers.stop(grace_seconds)
        await self._devices.stop(grace_seconds)
        await self.admission.close()
