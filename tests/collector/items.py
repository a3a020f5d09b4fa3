"""Items as the collector's own code sees them, for tests below the wire."""

from typing import Any

from lamplighter_collector.devices.identity import DeviceName
from lamplighter_collector.ingest.arrival import Arrival, arrival_of
from lamplighter_collector.ingest.mapping import item_from
from lamplighter_collector.ingest.privacy import Privacy
from lamplighter_collector.keys.sealing import Seals

from tests.support.collector import ORGANISATION, answer, detection, loss
from tests.support.sealed import KeysInMemory

LAPTOP = DeviceName(
    organisation=ORGANISATION, device="lap-17", identity="0b7f2009-e5ac-4390-a843-3f865fa4e42a"
)
RECEIVED_MS = 1_795_248_010_000
SEALS = Seals(KeysInMemory(), ORGANISATION)
PRIVACY = Privacy(SEALS)


def arrival(*, origin: DeviceName = LAPTOP, **changes: Any) -> Arrival:
    return made(PRIVACY, origin=origin, **changes)


def made(privacy: Privacy, *, origin: DeviceName = LAPTOP, **changes: Any) -> Arrival:
    """As `arrival`, sealed by somebody else."""
    return arrival_of(item_from(detection(**changes).SerializeToString(), origin), RECEIVED_MS, privacy)


def loss_arrival(*, origin: DeviceName = LAPTOP, **changes: Any) -> Arrival:
    return arrival_of(item_from(loss(**changes).SerializeToString(), origin), RECEIVED_MS, PRIVACY)


def answer_arrival(*, origin: DeviceName = LAPTOP, **changes: Any) -> Arrival:
    return arrival_of(item_from(answer(**changes).SerializeToString(), origin), RECEIVED_MS, PRIVACY)
