"""Adding up what was found, in the order of the walk. Pure."""

import hashlib
from collections import Counter

from lamplighter_agent.media.scan.found import File, Folder, Found, Link, Skipped
from lamplighter_agent.media.scan.judging import Judged
from lamplighter_agent.media.scan.outcome import Reason, ScanOutcome, gravest

_DONE = frozenset({Reason.CLEAN, Reason.MALWARE})


class Tally:
    """The counts and the digest of one walk. One thread."""

    def __init__(self) -> None:
        self.files = 0
        self.bytes = 0
        self._infected = 0
        self._unscanned = 0
        self._kinds: Counter[str] = Counter()
        self._reason = Reason.CLEAN
        self._digest = hashlib.sha256()

    def add(self, found: Found, judged: Judged | None = None) -> None:
        """Add what the walk gave next; of a file with what it came to."""
        if isinstance(found, File):
            assert judged is not None
            self._file(found, judged)
        elif isinstance(found, Folder):
            self._note(b"D", found.path)
        elif isinstance(found, Link):
            self._note(b"L", found.path, found.target)
        else:
            self._skipped(found)

    def because(self, reason: Reason) -> None:
        """Take a reason; the gravest counts."""
        self._reason = gravest(self._reason, reason)

    def _file(self, file: File, judged: Judged) -> None:
        self.because(judged.reason)
        self._infected += judged.reason is Reason.MALWARE
        self._unscanned += judged.reason not in _DONE
        if judged.digest:
            self.files += 1
            self.bytes += file.size
            self._kinds[judged.kind] += 1
        self._note(b"F", file.path, judged.digest)

    def _skipped(self, skipped: Skipped) -> None:
        self.because(skipped.reason)
        self._unscanned += 1

    def _note(self, *parts: bytes) -> None:
        """Put parts into the digest so that no two lists of them give the same."""
        for part in parts:
            self._digest.update(len(part).to_bytes(4, "big") + part)

    def outcome(self, *, engine: str = "", signatures_at: int = 0) -> ScanOutcome:
        """Return what it comes to; without a digest where something was not looked at."""
        return ScanOutcome(
            reason=self._reason,
            files=self.files,
            bytes=self.bytes,
            infected=self._infected,
            unscanned=self._unscanned,
            kinds=dict(self._kinds),
            digest="" if self._unscanned else self._digest.hexdigest(),
            engine=engine,
            signatures_at=signatures_at,
        )
