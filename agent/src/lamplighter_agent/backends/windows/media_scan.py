"""One scan of a volume of Windows: every byte read by us, then Defender's word on all of it.

The reading gives the digest, the counts and what no engine would be trusted with: archives with passwords,
beyond limits, or of kinds that only Defender could open. Defender is asked where nothing of that came up.
"""

import contextlib
import os
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final, Protocol

from lamplighter_agent.backends.windows.media_walk import Streams, walk
from lamplighter_agent.media.scan.contents import Contents, contents_of, pieces
from lamplighter_agent.media.scan.engine import Readiness, fit
from lamplighter_agent.media.scan.found import File, unread
from lamplighter_agent.media.scan.inside import look_inside
from lamplighter_agent.media.scan.judging import Judged
from lamplighter_agent.media.scan.kinds import kind_of
from lamplighter_agent.media.scan.order import Order
from lamplighter_agent.media.scan.outcome import Reason, ScanOutcome
from lamplighter_agent.media.scan.tally import Tally

PROGRESS_EVERY_S: Final = 1.0
# What these pack, with a password or not, nobody here can look into: 7-Zip, RAR, cabinets.
_ONLY_DEFENDER: Final = (b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"MSCF\0\0\0\0")


class FolderEngine(Protocol):
    """An engine that is given a whole folder."""

    def readiness(self) -> Readiness:
        """Say what it is like now; never raises."""
        ...

    def judge(self, folder: str, waits: Callable[[], None]) -> Reason:
        """Return CLEAN, MALWARE or what went wrong; `waits` is called about once a second."""
        ...


class WindowsScan:
    """One scan as an order asks for it, of what is mounted at `order.folder`."""

    def __init__(
        self, order: Order, told: Callable[[int, int], None], engine: FolderEngine, more_streams: Streams
    ) -> None:
        self._order = order
        self._told = told
        self._engine = engine
        self._more_streams = more_streams

    def asked(self) -> ScanOutcome:
        """Return CLEAN where a scan could be clean now."""
        ready = self._ready()
        return ScanOutcome(reason=ready.reason, engine=ready.engine, signatures_at=ready.signatures_at)

    def scanned(self) -> ScanOutcome:
        tally = self._read()
        known = self._order.known
        if known and tally.outcome().reason is Reason.CLEAN and tally.outcome().digest == known:
            return replace(tally.outcome(), reason=Reason.UNCHANGED)
        ready = self._ready()
        tally.because(ready.reason)
        if tally.outcome().reason is Reason.CLEAN:
            judged = self._engine.judge(self._order.folder, lambda: self._told(tally.files, tally.bytes))
            tally.because(judged)
            # With other signatures than at the start nobody knows which judged what.
            tally.because(Reason.CLEAN if self._ready() == ready else Reason.ENGINE_FAILED)
        outcome = tally.outcome(engine=ready.engine, signatures_at=ready.signatures_at)
        # How many files it found something in is not told.
        return replace(outcome, infected=1) if outcome.reason is Reason.MALWARE else outcome

    def _ready(self) -> Readiness:
        ready = self._engine.readiness()
        return replace(ready, reason=fit(ready, self._order.limits, time.time_ns() // 1_000_000))

    def _read(self) -> Tally:
        tally, next_word = Tally(), time.monotonic() + PROGRESS_EVERY_S
        with contextlib.closing(
            walk(self._order.folder, self._order.limits, self._more_streams)
        ) as everything:
            for found in everything:
                tally.add(found, _read(found) if isinstance(found, File) else None)
                if time.monotonic() >= next_word:
                    next_word = time.monotonic() + PROGRESS_EVERY_S
                    self._told(tally.files, tally.bytes)
        return tally


def _read(file: File) -> Judged:
    try:
        contents = contents_of(pieces(file.descriptor, file.size))
        reason = _inside(file.descriptor, contents)
    except OSError as error:
        return Judged(reason=unread(error))
    finally:
        os.close(file.descriptor)
    return Judged(reason=reason, digest=contents.digest, kind=kind_of(file.path, contents.start))


def _inside(descriptor: int, contents: Contents) -> Reason:
    if contents.start.startswith(_ONLY_DEFENDER):
        return Reason.ARCHIVE_UNREADABLE
    return look_inside(descriptor, _Nobody(), tells_locked=False) if contents.archive else Reason.CLEAN


class _Nobody:
    """Fills `Session` where members of an archive can't be judged one by one."""

    def begin(self, descriptor: int) -> int:
        return descriptor

    def end(self, number: int) -> Reason:  # noqa: ARG002
        """What would have to be judged by itself is not, so it is not clean."""
        return Reason.ARCHIVE_UNREADABLE

    def takes(self, size: int) -> bool:  # noqa: ARG002 - Defender looks at whole files
        return True

    def close(self) -> None: ...
