"""The engines that an order asks for, together: clamd, and a school's own rules where it has some.

A scan and the judging of files that are written later ask the same ones. A file is clean where each says so.
"""

import time
from dataclasses import replace

from lamplighter_agent.media.scan.clamd import Clamd
from lamplighter_agent.media.scan.engine import Engine, Readiness, Session, fit
from lamplighter_agent.media.scan.order import Order
from lamplighter_agent.media.scan.outcome import Reason


class Engines:
    """All of them; `readiness` before `sessions`, since rules are read then."""

    def __init__(self, order: Order) -> None:
        self._limits = order.limits
        self._clamd = Clamd(order.clamd, answers_within_s=order.answers_within_s)
        self._further: tuple[Engine, ...] = _yara(order.rules) if order.rules else ()

    def readiness(self) -> Readiness:
        """Return the readiness of clamd, or why a further engine is not fit."""
        ready = self._clamd.readiness()
        ready = replace(ready, reason=fit(ready, self._limits, time.time_ns() // 1_000_000))
        for engine in self._further:
            told = engine.readiness()
            if ready.reason is Reason.CLEAN and told.reason is not Reason.CLEAN:
                ready = replace(ready, reason=told.reason)
        return ready

    def sessions(self) -> list[Session]:
        """Open a way to each; raises EngineBroken."""
        return [engine.session() for engine in (self._clamd, *self._further)]


def _yara(folder: str) -> tuple[Engine, ...]:
    # Only where it is used: each scan is a process that starts.
    from lamplighter_agent.media.scan.yara import Yara  # noqa: PLC0415

    return (Yara(folder),)
