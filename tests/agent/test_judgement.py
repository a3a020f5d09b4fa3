import asyncio
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from lamplighter_agent.context_counts import ContextCounts
from lamplighter_agent.detection import Speaker
from lamplighter_agent.health import Health
from lamplighter_agent.judgement import Judgement, NoJudgement
from lamplighter_agent.losses import LossLedger
from lamplighter_agent.observation import TypedText
from lamplighter_agent.pipeline import EVERYTHING, Pipeline
from lamplighter_protos.v1 import detection_pb2 as pb

from tests.agent.test_recorder import leased, recording
from tests.keywords.lists import matcher_of, term
from tests.support.clock import SteppedClock

SAM = Speaker(user="sam", kind=pb.USER_KIND_PUPIL, session=1)


def typed(text: str, clock: SteppedClock) -> TypedText:
    return TypedText(
        field_id=1, position=0, text=text, pasted=False, application="xterm", observed_at=clock.now()
    )


def pipeline(clock: SteppedClock, contexts: ContextCounts) -> Pipeline:
    terms = term("lantern", term_id="lamp-1", severity=4), term("candle", term_id="lamp-2", severity=1)
    return Pipeline(matcher_of(*terms), clock, contexts)


async def test_a_match_goes_to_the_spool_and_context_is_kept_for_the_day(tmp_path: Path) -> None:
    clock, contexts, file = SteppedClock(), ContextCounts(), tmp_path / "context.json"
    async with recording(tmp_path / "spool") as (recorder, spool, _):
        judgement = Judgement(
            pipeline(clock, contexts), recorder, contexts, file=file, clock=clock, health=Health(clock)
        )
        judgement.start()
        judgement.observe(typed("a lantern and a candle ", clock), SAM, EVERYTHING)
        judgement.stop()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert "sam" not in file.read_text()

        clock.step(timedelta(days=1))
        later = ContextCounts()
        tomorrow = Judgement(
            pipeline(clock, later), recorder, later, file=file, clock=clock, health=Health(clock)
        )
        tomorrow.start()
        tomorrow.stop()
        found: list[pb.Detection] = []
        async with asyncio.timeout(5):
            while len(found) < 2:
                found += await leased(spool)
        assert sorted((one.severity, one.repeats, one.HasField("evidence")) for one in found) == [
            (1, 1, False),
            (4, 0, True),
        ]


@pytest.mark.fault
async def test_a_damaged_file_of_counts_is_a_counted_loss(tmp_path: Path) -> None:
    clock, contexts, file = SteppedClock(), ContextCounts(), tmp_path / "context.json"
    file.write_text("{")
    async with recording(tmp_path / "spool") as (recorder, spool, _):
        judgement = Judgement(
            pipeline(clock, contexts), recorder, contexts, file=file, clock=clock, health=Health(clock)
        )
        judgement.start()
        judgement.stop()
        found: list[pb.Detection] = []
        async with asyncio.timeout(5):
            while not found:
                found = await leased(spool)
        assert found[0].loss.reason == pb.LossNotice.REASON_SPOOL_DAMAGED


def test_without_enrolment_losses_are_counted_for_status_alone() -> None:
    ledger = LossLedger()
    NoJudgement(ledger, SteppedClock()).lost(pb.LossNotice.REASON_PEER_REJECTED, 2)
    assert ledger.totals == {"REASON_PEER_REJECTED": 2}
    assert ledger.wait_seconds(SteppedClock().now()) is None
