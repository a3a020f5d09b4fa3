import asyncio

import pytest
from lamplighter_agent import helper_watch
from lamplighter_agent.backends.ports import ProcessCondition
from lamplighter_agent.helper_watch import watch_helpers
from lamplighter_agent.losses import Reason
from lamplighter_protos.v1 import detection_pb2 as pb

from tests.agent.local_ipc.local_pair import until


async def test_each_helper_is_looked_at_and_what_was_done_to_it_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(helper_watch, "LOOK_SECONDS", 0.01)
    conditions = {1: ProcessCondition.FINE, 2: ProcessCondition.FINE, 3: ProcessCondition.FINE}
    told: list[tuple[int, Reason]] = []

    def tampered(pid: int, reason: Reason) -> None:
        told.append((pid, reason))
        del conditions[pid]

    watching = asyncio.create_task(watch_helpers(conditions.keys, conditions.__getitem__, tampered))
    conditions[2], conditions[3] = ProcessCondition.STOPPED, ProcessCondition.TRACED
    await until(lambda: len(told) == 2)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    assert told == [(2, pb.LossNotice.REASON_HELPER_STOPPED), (3, pb.LossNotice.REASON_HELPER_TRACED)]
    assert list(conditions) == [1]
