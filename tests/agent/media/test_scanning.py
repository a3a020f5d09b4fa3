"""A scan of a whole medium: as good as its worst volume, and what did not change is not scanned again."""

from dataclasses import replace
from pathlib import Path

import pytest
from lamplighter_agent.backends.media_ports import Medium, Volume
from lamplighter_agent.backends.ports import SensorState
from lamplighter_agent.media.kept import Kept
from lamplighter_agent.media.receipts import Receipts
from lamplighter_agent.media.rules import DAY_MS, HOUR_MS, Scanned
from lamplighter_agent.media.scan.outcome import Reason, ScanLimits, ScanOutcome, Verdict
from lamplighter_agent.media.scanning import Progress, Scanning, identity_of, strictest, together, usable
from lamplighter_keywords.policy.device_policy import DevicePolicy, MediaRules

from tests.agent.media.samples import CLEAN, INCOMPLETE, INFECTED, NOW, RULES
from tests.agent.media.test_kept import file_in
from tests.support.fakes.media import STICK
from tests.support.fakes.media_scanner import FakeScanner

UNCHANGED = ScanOutcome(reason=Reason.UNCHANGED, files=3, bytes=70, digest=CLEAN.digest)
TWO = replace(STICK, volumes=(*STICK.volumes, Volume(node="/dev/sdz2", file_system="ext4")))


class World:
    """Scans by a stand-in, at a time that a test sets."""

    def __init__(self, folder: Path, *outcomes: ScanOutcome) -> None:
        self.scanner = FakeScanner(*outcomes)
        self.now = NOW
        self.receipts = Receipts(Kept(file_in(folder)))
        self.scanning = Scanning(self.scanner, self.receipts, lambda: self.now)
        self.told: list[Progress] = []

    async def scan(self, medium: Medium = STICK, **rules: int) -> Scanned:
        return await self.scanning.scan(medium, replace(RULES, **rules), self.told.append)  # type: ignore[arg-type]


async def test_an_unchanged_medium_keeps_engine_and_date_of_its_receipt(tmp_path: Path) -> None:
    world = World(tmp_path, CLEAN, UNCHANGED)
    await world.scan()
    world.now += HOUR_MS
    again = await world.scan()
    assert again.at == NOW
    assert again.outcome.verdict is Verdict.CLEAN
    assert (again.outcome.engine, again.outcome.signatures_at) == (CLEAN.engine, CLEAN.signatures_at)
    assert [known for _, _, known in world.scanner.scanned] == ["", CLEAN.digest]


@pytest.mark.parametrize("change", ["older", "shorter", "signatures", "other medium", "no serial"])
async def test_a_receipt_that_does_not_count_now_is_not_used(tmp_path: Path, change: str) -> None:
    world, medium, rules = World(tmp_path), STICK, {}
    first = replace(CLEAN, signatures_at=NOW - 5 * DAY_MS)
    world.scanner.outcomes = [first]
    if change == "no serial":
        medium = replace(STICK, serial="")
    await world.scan(medium)
    if change == "older":
        world.now += 12 * HOUR_MS
    elif change == "shorter":
        world.now += 2 * HOUR_MS
        rules = {"receipt_hours": 2}
    elif change == "signatures":
        rules = {"stale_days": 4}
    elif change == "other medium":
        medium = replace(STICK, serial="0043")
    await world.scan(medium, **rules)
    assert world.scanner.scanned[-1][2] == ""


@pytest.mark.fault
async def test_unchanged_from_what_nobody_knows_is_a_fault_of_the_scanner(tmp_path: Path) -> None:
    outcome = (await World(tmp_path, UNCHANGED).scan()).outcome
    assert outcome.reason is Reason.SCANNER_FAILED


@pytest.mark.fault
async def test_a_scanner_that_raises_is_never_clean(tmp_path: Path) -> None:
    class Broken(FakeScanner):
        async def scan(self, *_: object, **__: object) -> ScanOutcome:
            raise OSError(5, "a fault")

        async def state(self, limits: ScanLimits | None = None) -> SensorState:
            raise AssertionError

    receipts = Receipts(Kept(file_in(tmp_path)))
    found = await Scanning(Broken(), receipts, lambda: NOW).scan(STICK, RULES, lambda _: None)
    assert found.outcome.verdict is Verdict.INCOMPLETE


async def test_the_worst_volume_decides_and_what_follows_it_is_not_looked_at(tmp_path: Path) -> None:
    world = World(tmp_path, INCOMPLETE, CLEAN)
    assert (await world.scan(TWO)).outcome.verdict is Verdict.INCOMPLETE
    assert len(world.scanner.scanned) == 1


async def test_malware_takes_the_receipts_of_the_medium_away(tmp_path: Path) -> None:
    world = World(tmp_path, CLEAN, INFECTED)
    await world.scan()
    await world.scan()
    assert world.receipts.newest(identity_of(STICK), 0, NOW) is None


async def test_limits_are_the_rules_and_progress_goes_over_all_volumes(tmp_path: Path) -> None:
    world = World(tmp_path, CLEAN)
    await world.scan(TWO, stale_days=3, largest_gb=2)
    limits = world.scanner.scanned[0][1]
    assert limits is not None
    assert (limits.stale_days, limits.largest_bytes) == (3, 2 * 10**9)

    assert [(one.files, one.bytes) for one in world.told] == [(1, 35), (4, 105)]
    assert world.told[0].of_bytes == STICK.size_bytes


def test_together_they_are_the_sum_the_oldest_and_one_digest() -> None:
    older = replace(CLEAN, signatures_at=NOW - 3 * DAY_MS, digest="cd" * 32)
    whole = together([Scanned(outcome=CLEAN, at=NOW), Scanned(outcome=older, at=NOW - 1)])
    assert (whole.at, whole.outcome.signatures_at) == (NOW - 1, NOW - 3 * DAY_MS)
    assert (whole.outcome.files, whole.outcome.kinds) == (6, {"document": 6})
    assert len(whole.outcome.digest) == 64
    assert together([]).outcome.verdict is Verdict.INCOMPLETE
    assert together([Scanned(outcome=CLEAN, at=1), Scanned(outcome=INCOMPLETE, at=1)]).outcome.digest == ""


def test_a_volume_that_no_system_knows_is_not_one_to_use() -> None:
    strange = Volume(node="/dev/sdz3", file_system="")
    assert usable(replace(STICK, volumes=(*STICK.volumes, strange))) == STICK.volumes


def test_the_engine_is_judged_by_the_strictest_of_all_groups() -> None:
    policy = DevicePolicy()
    assert strictest(policy).stale_days == 7
    for days, strict in ((30, 7), (2, 2)):
        staff = replace(policy.staff, portable=MediaRules(stale_days=days))
        assert strictest(replace(policy, staff=staff)).stale_days == strict
