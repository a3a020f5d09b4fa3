"""Ingest over mutual TLS beside the same server without a store: ``python -m tests.benchmarks.ingest``.

Three servers run, alike but for the store: SQLite, PostgreSQL, none; the last seals nothing either, so that
encryption counts as a cost of the store. A load process of its own drives them in rounds, each server once
per round, in an order that alternates. The ratio of each round is taken and the median printed; a first
round, in which connections are made, is driven and not counted. A device has one batch in flight, as in the
field; many devices are at it at once.
"""

import argparse
import asyncio
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import grpc
from google.protobuf.timestamp_pb2 import Timestamp
from lamplighter_collector import logs
from lamplighter_collector.config import load
from lamplighter_collector.devices.identity import DeviceName
from lamplighter_collector.ingest.arrival import Arrival
from lamplighter_collector.ingest.privacy import EVIDENCE
from lamplighter_collector.ingest.services import SqlStore, Store
from lamplighter_collector.keys.sealing import Seals
from lamplighter_collector.keys.services import open_seals
from lamplighter_collector.service import Ready, serve
from lamplighter_protos.v1 import detection_pb2, ingest_pb2
from sqlalchemy import Engine

from tests.collector.postgresql import Cluster
from tests.support.certificates import CertificateFiles
from tests.support.collector import ORGANISATION, Collector, credentials
from tests.support.enrolling import OPTIONS, kept

STREAMS: Final = {1: 64, 100: 64}
BOUNDS: Final[dict[str, dict[str, object]]] = {
    "ingest.batch1_ratio": {"bound": 0.5, "goal": 0.8},
    "ingest.batch100_events_per_s": {"bound": 8_000, "goal": 25_000},
}
POOL: Final = 5_000
THEMES: Final = (
    ("bullying", 3),
    ("drugs", 2),
    ("gambling", 2),
    ("hate", 3),
    ("scams", 3),
    ("self-harm", 4),
    ("suicide", 5),
    ("weapons", 4),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One comparison."""

    size: int
    rounds: int
    seconds: float


class NullStore:
    """Accepts everything and keeps nothing: what the transport and the checks alone can do."""

    def __init__(self, _engine: Engine) -> None:
        pass

    def accept(self, arrivals: Sequence[Arrival], senders: Collection[DeviceName]) -> list[bool]:
        return [True] * len(arrivals)


class NoSeals(Seals):
    """Leaves words as they are: what the same server costs without encryption."""

    def seal(self, subject: str, field: str, text: str) -> bytearray:
        return bytearray(text.encode()) if field == EVIDENCE else super().seal(subject, field, text)


STORES: Final[dict[str, Callable[[Engine], Store]]] = {
    "sqlite": SqlStore,
    "postgresql": SqlStore,
    "null": NullStore,
}


def serve_with(store: str, config: Path) -> None:
    def announce(ready: Ready) -> None:
        up = {"ingest": str(ready.ingest), "enrolment": str(ready.enrolment)}
        print(json.dumps(up), flush=True)

    logs.configure()
    settings = load(config)
    if store == "null":
        sealing = partial(open_seals, made=NoSeals)
        asyncio.run(serve(settings, announce=announce, store=NullStore, sealing=sealing))
    else:
        asyncio.run(serve(settings, announce=announce, store=STORES[store]))


# The load process ------------------------------------------------------------------------------------------


def detections_without_ids() -> list[bytes]:
    """Serialised detections of one account's school day, to which a fresh id is put in front."""
    dice = random.Random(7)
    now = int(time.time())
    return [
        detection_pb2.Detection(
            organisation=ORGANISATION,
            user="pupil07",
            user_kind=detection_pb2.USER_KIND_PUPIL,
            source=detection_pb2.SOURCE_TYPED,
            application="Text editor",
            theme=theme,
            term=f"t-{dice.randrange(400):04d}",
            list_version="2026.11.1",
            severity=severity,
            lane="exact",
            evidence=detection_pb2.Evidence(before="x" * 40, matched="zebra lantern", after="y" * 40),
            addends=[detection_pb2.Addend(reason="term", value=severity)],
            observed_at=Timestamp(seconds=now - dice.randrange(6 * 3600)),
        ).SerializeToString()
        for theme, severity in dice.choices(THEMES, k=POOL)
    ]


def new_id() -> bytes:
    """As devices make them: milliseconds, then random."""
    return (time.time_ns() // 1_000_000).to_bytes(6, "big") + os.urandom(10)


def message(number: int, bodies: Sequence[bytes], size: int) -> bytes:
    start = number * size % (len(bodies) - size)
    return ingest_pb2.DeliverBatch(
        organisation=ORGANISATION,
        batch=number,
        detections=[b"\x0a\x10" + new_id() + body for body in bodies[start : start + size]],
    ).SerializeToString()


async def drive(call: Any, bodies: Sequence[bytes], size: int, until: float) -> int:
    stored, number = 0, 0
    while time.perf_counter() < until:
        number += 1
        await call.write(message(number, bodies, size))
        answer = ingest_pb2.DeliverReceipts.FromString(await call.read())
        assert all(receipt.outcome == ingest_pb2.OUTCOME_ACCEPTED for receipt in answer.receipts)
        stored += len(answer.receipts)
    return stored


def devices_of(folder: Path, plan: Plan) -> list[CertificateFiles]:
    return [kept(folder / "devices", f"lap-{number}") for number in range(STREAMS[plan.size])]


async def load_all(targets: dict[str, str], folder: Path, plan: Plan) -> None:
    """Drive the targets in turn, once more than planned, and print one JSON line per round."""
    bodies = detections_without_ids()
    channels = {
        name: [
            grpc.aio.secure_channel(address, credentials(files), options=OPTIONS)
            for files in devices_of(folder / name, plan)
        ]
        for name, address in targets.items()
    }
    for number in range(1 + plan.rounds):
        for name, opened in sorted(channels.items(), reverse=bool(number % 2)):
            calls: list[Any] = [
                channel.stream_stream("/lamplighter_protos.v1.Ingest/Deliver")() for channel in opened
            ]
            begin = time.perf_counter()
            stored = await asyncio.gather(
                *(drive(call, bodies, plan.size, begin + plan.seconds) for call in calls)
            )
            rate = sum(stored) / (time.perf_counter() - begin)
            for call in calls:
                await call.done_writing()
            print(json.dumps({"target": name, "rate": rate}), flush=True)
    for opened in channels.values():
        for channel in opened:
            await channel.close()


# The measuring process -------------------------------------------------------------------------------------


def fdatasync_ms(folder: Path) -> float:
    """Median of one durable 4 KiB append: the floor under every commit."""
    spent = []
    with (folder / "fsync.bin").open("ab", buffering=0) as file:
        for _ in range(200):
            file.write(bytes(4096))
            begin = time.perf_counter()
            os.fdatasync(file.fileno())
            spent.append((time.perf_counter() - begin) * 1000)
    return statistics.median(spent)


def started(store: str, collector: Collector) -> tuple[subprocess.Popen[str], str]:
    collector.write_config()
    with collector.log.open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", __spec__.name, "--serve", store, "--config", str(collector.config)],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    assert process.stdout is not None
    ready = json.loads(process.stdout.readline())
    collector.enrolment = ready["enrolment"]
    return process, ready["ingest"]


def measure(plan: Plan, folder: Path, cluster: Cluster) -> dict[str, list[float]]:
    """Rates of each target, one per round."""
    urls = {"postgresql": cluster.url(cluster.new_database())}
    rates: dict[str, list[float]] = {name: [] for name in STORES}
    servers = []
    targets = {}
    try:
        for name in STORES:
            (folder / name).mkdir()
            collector = Collector(folder / name, store=urls.get(name))
            server, targets[name] = started(name, collector)
            servers.append(server)
            for number in range(STREAMS[plan.size]):
                collector.enrol(f"lap-{number}")
        arguments = ["--load", json.dumps(targets), "--folder", str(folder)]
        arguments += ["--size", str(plan.size), "--rounds", str(plan.rounds), "--seconds", str(plan.seconds)]
        output = subprocess.run(
            [sys.executable, "-m", __spec__.name, *arguments], check=True, capture_output=True, text=True
        ).stdout
        for line in output.splitlines():
            result = json.loads(line)
            rates[result["target"]].append(result["rate"])
        for each in rates.values():
            del each[0]  # connections were made
    finally:
        for server in servers:
            server.send_signal(signal.SIGTERM)
        for server in servers:
            server.wait(timeout=30)
            if server.stdout is not None:
                server.stdout.close()
    return rates


def report(rounds: int, seconds: float) -> None:
    for size in STREAMS:
        with tempfile.TemporaryDirectory(dir=Path.home()) as name, Cluster() as cluster:
            folder = Path(name)
            floor = fdatasync_ms(folder)
            rates = measure(Plan(size=size, rounds=rounds, seconds=seconds), folder, cluster)
        baseline = f"the same server without a store, {statistics.median(rates['null']):.0f} events/s"
        for store in ("sqlite", "postgresql"):
            ratios = [ours / null for ours, null in zip(rates[store], rates["null"], strict=True)]
            more: dict[str, object] = {
                "store": store,
                "streams": STREAMS[size],
                "fdatasync_ms": round(floor, 3),
            }
            bench, ratio = f"ingest.batch{size}", statistics.median(ratios)
            print_line(f"{bench}_ratio", ratio, "ratio", baseline, more | BOUNDS.get(f"{bench}_ratio", {}))
            rate = statistics.median(rates[store])
            bounds = BOUNDS.get(f"{bench}_events_per_s", {})
            print_line(f"{bench}_events_per_s", rate, "events/s", baseline, more | bounds)


def print_line(bench: str, value: float, unit: str, baseline: str, more: dict[str, object]) -> None:
    print(json.dumps({"bench": bench, "value": round(value, 3), "unit": unit, "baseline": baseline, **more}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", choices=sorted(STORES), help=argparse.SUPPRESS)
    parser.add_argument("--config", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--load", type=json.loads, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--size", type=int, default=1, help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0)
    arguments = parser.parse_args()
    if arguments.serve:
        serve_with(arguments.serve, arguments.config)
    elif arguments.load:
        plan = Plan(size=arguments.size, rounds=arguments.rounds, seconds=arguments.seconds)
        asyncio.run(load_all(arguments.load, arguments.folder, plan))
    else:
        report(arguments.rounds, arguments.seconds)


if __name__ == "__main__":
    main()
