"""One scan of a whole medium: every volume, with what the last receipts know, and the receipts it leaves.

A medium is as good as the worst of its volumes, and nothing of it is released before the last one is clean.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

import structlog
from lamplighter_keywords.media.medium_id import MediumId
from lamplighter_keywords.policy.device_policy import DevicePolicy, MediaRules

from lamplighter_agent.backends.media_ports import MediaScanner, Medium, Volume
from lamplighter_agent.media.receipts import Receipt, Receipts
from lamplighter_agent.media.rules import DAY_MS, HOUR_MS, Scanned
from lamplighter_agent.media.scan.outcome import Reason, ScanLimits, ScanOutcome, Verdict, gravest

_log = structlog.get_logger(__name__)


def identity_of(medium: Medium) -> MediumId:
    """Return what a permission or a receipt names this medium by."""
    return MediumId(
        bus=medium.bus.lower(),
        vendor=medium.vendor_id.lower(),
        product=medium.product_id.lower(),
        serial=medium.serial,
    )


def usable(medium: Medium) -> tuple[Volume, ...]:
    """Return the volumes that somebody could mount; what no system recognises is never released."""
    return tuple(one for one in medium.volumes if one.file_system or one.locked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a scan is. `of_bytes` is the size of the medium, which is more than its files."""

    files: int
    bytes: int
    of_bytes: int


class Scanning:
    """Scans media and keeps receipts."""

    def __init__(self, scanner: MediaScanner, receipts: Receipts, now: Callable[[], int]) -> None:
        """Take `now`, milliseconds since 1970 UTC that never go back."""
        self._scanner = scanner
        self._receipts = receipts
        self._now = now

    async def scan(self, medium: Medium, rules: MediaRules, told: Callable[[Progress], None]) -> Scanned:
        """Return what all of it came to; a fault of the scanner is an outcome, and never a clean one."""
        name, limits = identity_of(medium), limits_of(rules)
        done: list[Scanned] = []
        before = (0, 0)
        for number, volume in enumerate(usable(medium)):
            known = self._known(name, number, rules)
            progress = _adding(told, before, medium.size_bytes)
            outcome = await self._one(volume, progress, limits, known)
            before = before[0] + outcome.files, before[1] + outcome.bytes
            done.append(self._dated(outcome, known))
            if outcome.verdict is not Verdict.CLEAN:
                break
            self._keep(name, number, done[-1], rules)
        whole = together(done)
        if whole.outcome.verdict is Verdict.INFECTED:
            self._receipts.forget(name)
        return whole

    async def _one(
        self, volume: Volume, told: Callable[[int, int], None], limits: ScanLimits, known: Receipt | None
    ) -> ScanOutcome:
        digest = "" if known is None else known.digest
        try:
            outcome = await self._scanner.scan(volume, told, limits=limits, known=digest)
        except Exception as error:  # noqa: BLE001 - whatever it is, the medium was not scanned
            _log.error("scan_failed", problem=type(error).__name__)
            return ScanOutcome(reason=Reason.SCANNER_FAILED)
        if outcome.reason is Reason.UNCHANGED and (known is None or outcome.digest != known.digest):
            return replace(outcome, reason=Reason.SCANNER_FAILED)
        return outcome

    def _known(self, name: MediumId, number: int, rules: MediaRules) -> Receipt | None:
        """Return the receipt that counts by the rules of now, which may be narrower than those of then."""
        now = self._now()
        found = self._receipts.newest(name, number, now)
        if found is None or now - found.made_at >= rules.receipt_hours * HOUR_MS:
            return None
        return found if found.made_at - found.signatures_at <= rules.stale_days * DAY_MS else None

    def _dated(self, outcome: ScanOutcome, known: Receipt | None) -> Scanned:
        """Return when the engine looked, and with what: for what did not change, that was then."""
        if outcome.reason is not Reason.UNCHANGED or known is None:
            return Scanned(outcome=outcome, at=self._now())
        then = replace(outcome, engine=known.engine, signatures_at=known.signatures_at)
        return Scanned(outcome=then, at=known.made_at)

    def _keep(self, name: MediumId, number: int, scanned: Scanned, rules: MediaRules) -> None:
        outcome = scanned.outcome
        if not (name.is_nameable and outcome.digest) or outcome.reason is Reason.UNCHANGED:
            return
        receipt = Receipt(
            medium=str(name),
            volume=number,
            digest=outcome.digest,
            engine=outcome.engine,
            signatures_at=outcome.signatures_at,
            made_at=scanned.at,
            expires_at=scanned.at + rules.receipt_hours * HOUR_MS,
        )
        self._receipts.add(receipt, self._now())


def together(done: Sequence[Scanned]) -> Scanned:
    """Return one outcome for all volumes: the worst reason, the sums, the oldest date."""
    if not done:
        return Scanned(outcome=ScanOutcome(reason=Reason.FILE_SYSTEM_UNKNOWN), at=0)
    outcomes = [one.outcome for one in done]
    reason = gravest(*(one.reason for one in outcomes))
    worst = next(one for one in outcomes if one.reason is reason)
    kinds: Counter[str] = Counter()
    for one in outcomes:
        kinds.update(one.kinds)
    digests = [one.digest for one in outcomes]
    whole = replace(
        worst,
        files=sum(one.files for one in outcomes),
        bytes=sum(one.bytes for one in outcomes),
        infected=sum(one.infected for one in outcomes),
        unscanned=sum(one.unscanned for one in outcomes),
        kinds=dict(kinds),
        digest=_digest(digests),
        signatures_at=min(one.signatures_at for one in outcomes),
    )
    return Scanned(outcome=whole, at=min(one.at for one in done))


def _digest(digests: Sequence[str]) -> str:
    if not all(digests) or len(digests) == 1:
        return digests[0] if len(digests) == 1 else ""
    return sha256("\n".join(digests).encode()).hexdigest()


def strictest(policy: DevicePolicy) -> ScanLimits:
    """Return by what the engine as a whole is judged: it does its work when it does it for everybody."""
    return min(
        (limits_of(one.portable) for one in (policy.pupil, policy.staff)), key=lambda it: it.stale_days
    )


def limits_of(rules: MediaRules) -> ScanLimits:
    """Return how far a scan goes by these rules."""
    return ScanLimits(stale_days=rules.stale_days, largest_bytes=rules.largest_gb * 10**9)


def _adding(
    told: Callable[[Progress], None], before: tuple[int, int], whole: int
) -> Callable[[int, int], None]:
    def progress(files: int, count: int) -> None:
        told(Progress(files=before[0] + files, bytes=before[1] + count, of_bytes=whole))

    return progress
