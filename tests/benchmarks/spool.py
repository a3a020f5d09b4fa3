"""The spool beside bare durable writes in the same folder: `python -m tests.benchmarks.spool`."""

import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from lamplighter_agent.clock import SystemClock
from lamplighter_agent.spool.entry import SpoolSettings
from lamplighter_agent.spool.sealer import Sealer
from lamplighter_agent.spool.spool import Spool

from tests.agent.spool.making import DEVICE, DEVICE_KEY, ORGANISATION, detection, drained

RECORDS = 3000


def per_second(work: Callable[[], object], count: int) -> float:
    began = time.perf_counter()
    work()
    return count / (time.perf_counter() - began)


def bare_writes(folder: Path, size: int) -> None:
    descriptor = os.open(folder / "bare", os.O_WRONLY | os.O_CREAT, 0o600)
    for number in range(RECORDS):
        os.pwrite(descriptor, b"x" * size, number * size)
        os.fdatasync(descriptor)
    os.close(descriptor)


def reopened(folder: Path) -> Spool:
    sealer = Sealer(device_key=DEVICE_KEY, device_id=DEVICE)
    return Spool.open(
        folder, sealer=sealer, clock=SystemClock(), settings=SpoolSettings(organisation=ORGANISATION)
    )


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        spool = reopened(Path(name) / "spool")
        now = SystemClock().now()
        firsts = [detection(severity=1 + n % 5, observed_at=now) for n in range(RECORDS)]
        repeats = [detection("often", observed_at=now) for _ in range(RECORDS)]
        size = len(firsts[0].payload) + 100
        base = per_second(lambda: bare_writes(Path(name), size), RECORDS)
        figures = {
            "spool.appends_per_s": per_second(lambda: [spool.append(one) for one in firsts], RECORDS),
            "spool.repeats_per_s": per_second(lambda: [spool.append(one) for one in repeats], RECORDS),
        }
        spool.close()
        began = time.perf_counter()
        spool = reopened(Path(name) / "spool")
        figures["spool.reopened_per_s"] = 2 * RECORDS / (time.perf_counter() - began)
        figures["spool.drained_per_s"] = per_second(lambda: drained(spool), RECORDS)
        for bench, value in figures.items():
            about = {"bench": bench, "value": round(value), "unit": "1/s", "baseline": round(base)}
            print(json.dumps({**about, "baseline_name": "bare write and fdatasync of that size"}))


if __name__ == "__main__":
    main()
