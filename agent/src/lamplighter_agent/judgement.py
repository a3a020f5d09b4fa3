"""What becomes of what the helpers see: judged by the pipeline, kept by the recorder.

An enrolled device has a `Judgement`. One that is not has `NoJudgement`: nothing is sensed there, so there is
nothing to judge and nowhere to keep it; losses are counted for `status` alone.
"""

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from lamplighter_keywords.matcher import Matcher
from lamplighter_keywords.policy.device_policy import Floor
from lamplighter_protos.v1 import detection_pb2 as pb

from lamplighter_agent.clock import Clock
from lamplighter_agent.context_counts import ContextCounts
from lamplighter_agent.detection import Detection, Speaker
from lamplighter_agent.files import replace_whole
from lamplighter_agent.health import Count, Health
from lamplighter_agent.losses import LossLedger, Reason
from lamplighter_agent.observation import Observation
from lamplighter_agent.pipeline import Pipeline
from lamplighter_agent.recorder import Recorder

# How much of a day's context a power cut may cost, and how late a finished day may be told.
SAVE_SECONDS = 60.0
DAY_CHECK_SECONDS = 3600.0


class Judge(Protocol):
    """What the hub's observations and losses go to."""

    def observe(self, observation: Observation, speaker: Speaker, floor: Floor) -> None: ...

    def lost(self, reason: Reason, count: int) -> None: ...

    def forget(self, session: int) -> None: ...

    def found(self, detection: Detection) -> None: ...


class NoJudgement:
    """For a device that is not enrolled."""

    def __init__(self, ledger: LossLedger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock

    def observe(self, observation: Observation, speaker: Speaker, floor: Floor) -> None:
        """Forget it: the helper was told not to sense."""

    def lost(self, reason: Reason, count: int) -> None:
        self._ledger.add(reason, self._clock.now(), count)
        self._ledger.take(self._clock.now(), everything=True)

    def forget(self, session: int) -> None:
        """Nothing is remembered."""

    def found(self, detection: Detection) -> None:
        """Forget it: nothing is watched here."""


class Judgement:
    """For an enrolled device. `file` keeps the current day's context between two runs."""

    def __init__(
        self,
        pipeline: Pipeline,
        recorder: Recorder,
        contexts: ContextCounts,
        *,
        file: Path,
        clock: Clock,
        health: Health,
    ) -> None:
        self._pipeline = pipeline
        self._recorder = recorder
        self._contexts = contexts
        self._file = file
        self._clock = clock
        self._health = health
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def observe(self, observation: Observation, speaker: Speaker, floor: Floor) -> None:
        """Keep what counts from this severity on."""
        self._health.count(Count.OBSERVED)
        for detection in self._pipeline.process(observation, speaker, floor):
            self._health.count(Count.MATCHED)
            self._recorder.record(detection)
        if self._contexts.changed:
            self._later("save", SAVE_SECONDS, self._save)

    def lost(self, reason: Reason, count: int) -> None:
        self._recorder.lost(reason, count)

    def forget(self, session: int) -> None:
        self._pipeline.forget(session)

    def found(self, detection: Detection) -> None:
        """Keep what needs no lists, such as portable media."""
        self._health.count(Count.MATCHED)
        self._recorder.record(detection)

    def judge_by(self, matcher: Matcher) -> None:
        """Judge by other lists from the next observation on."""
        self._pipeline.judge_by(matcher)

    def start(self) -> None:
        """Take up the counts of the last run and tell of days that are over."""
        with contextlib.suppress(FileNotFoundError):
            try:
                self._contexts.restore(self._file.read_text(encoding="utf-8"))
            except (ValueError, TypeError):
                # Counts of one day, without text: worth a counted loss, not a stopped agent.
                self._recorder.lost(pb.LossNotice.REASON_SPOOL_DAMAGED, 1)
        self._tell_finished_days()

    def stop(self) -> None:
        """Keep the counts of the day; before the recorder finishes."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        self._save()

    def _tell_finished_days(self) -> None:
        for detection in self._contexts.take_finished(self._clock.now()):
            self._recorder.record(detection)
        self._save()
        self._later("day", DAY_CHECK_SECONDS, self._tell_finished_days)

    def _save(self) -> None:
        if not self._contexts.changed:
            return
        try:
            replace_whole(self._file, self._contexts.dump().encode(), durable=False)
        except OSError:
            # A full disk: the counts stay in memory and the next change tries again.
            self._contexts.changed = True

    def _later(self, name: str, seconds: float, call: Callable[[], None]) -> None:
        if name not in self._timers:

            def due() -> None:
                del self._timers[name]
                call()

            self._timers[name] = asyncio.get_running_loop().call_later(seconds, due)
