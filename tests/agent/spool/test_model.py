"""Any sequence of calls, stops and kills against a plain model: nothing lost, nothing twice, counts exact."""

import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from lamplighter_agent.spool.lease import Lease
from lamplighter_agent.spool.spool import Spool
from lamplighter_protos.v1.detection_pb2 import Detection

from tests.agent.spool.making import detection, drained, killed, losses, opened
from tests.support.clock import SteppedClock

users = st.sampled_from(["pupil07", "pupil08"])
terms = st.sampled_from(["a", "b", "c"])
severities = st.integers(1, 5)


class SpoolMachine(RuleBasedStateMachine):
    """The model: what was appended, and what was settled, by id and in sum."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.clock = SteppedClock()
        self.spool: Spool | None = None
        self.leases: list[Lease] = []
        self.firsts: set[bytes] = set()
        self.repeats = 0
        self.settled: dict[bytes, int] = {}
        self.refused = 0
        self.told_losses = 0

    @initialize()
    def start(self) -> None:
        self.spool = self.reopened()

    @rule(term=terms, user=users, severity=severities)
    def append(self, term: str, user: str, severity: int) -> None:
        assert self.spool
        made = detection(term, user=user, severity=severity, observed_at=self.clock.now())
        if self.spool.append(made) is None:
            self.repeats += 1
        else:
            self.firsts.add(made.id)

    @rule(limit=st.integers(1, 5))
    def lease(self, limit: int) -> None:
        assert self.spool
        lease = self.spool.lease(limit)
        assert len(lease.records) <= limit
        held = {record.id for other in self.leases for record in other.records}
        for record in lease.records:
            assert record.id not in self.settled
            assert record.id not in held
        self.leases.append(lease)

    @precondition(lambda self: self.leases)
    @rule(data=st.data())
    def commit(self, data: st.DataObject) -> None:
        lease = self.taken(data)
        some = lease.records[: data.draw(st.integers(0, len(lease.records)))]
        lease.commit([record.id for record in some])
        for record in some:
            self.settle(record.payload)
        lease.rollback()

    @precondition(lambda self: self.leases)
    @rule(data=st.data())
    def rollback(self, data: st.DataObject) -> None:
        self.taken(data).rollback()

    @precondition(lambda self: self.leases)
    @rule(data=st.data())
    def quarantine(self, data: st.DataObject) -> None:
        lease = self.taken(data)
        for record in lease.records[:1]:
            lease.quarantine(record.id, "no")
            message = Detection.FromString(record.payload)
            self.settled[record.id] = 0
            if message.HasField("loss"):
                # Refusing a notice loses its number: it is in the log and set aside, sealed.
                self.told_losses += message.loss.count
            else:
                self.refused += message.repeats or 1
        lease.rollback()

    @rule(minutes=st.sampled_from([-30, 1, 5, 11]))
    def pass_time(self, minutes: int) -> None:
        self.clock.step(timedelta(minutes=minutes))

    @rule()
    def stop_and_start(self) -> None:
        assert self.spool
        self.spool.close()
        self.spool = self.reopened()

    @rule()
    def kill_and_start(self) -> None:
        assert self.spool
        killed(self.spool)
        self.spool = self.reopened()

    @invariant()
    def bounded(self) -> None:
        if self.spool:
            assert self.spool.figures().bytes_on_disk <= 1024 * 1024

    def teardown(self) -> None:
        if self.spool:
            killed(self.spool)
            self.spool = self.reopened()
            left = drained(self.spool, 7)
            for one in left:
                assert one.id not in self.settled
                self.settle(one.SerializeToString())
            assert self.firsts <= set(self.settled)
            assert sum(self.settled.values()) + self.refused == len(self.firsts) + self.repeats
            assert self.told_losses == self.refused
            assert set(losses(left)) <= {8}
            self.spool.close()
        shutil.rmtree(self.folder)

    def settle(self, payload: bytes) -> None:
        message = Detection.FromString(payload)
        assert message.id not in self.settled
        self.settled[message.id] = 0 if message.HasField("loss") else message.repeats or 1
        self.told_losses += message.loss.count

    def taken(self, data: st.DataObject) -> Lease:
        return self.leases.pop(data.draw(st.integers(0, len(self.leases) - 1)))

    def reopened(self) -> Spool:
        self.leases = []
        return opened(self.folder, self.clock, segment_bytes=1024)


TestSpoolModel = SpoolMachine.TestCase
TestSpoolModel.settings = settings(
    max_examples=60,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
