"""Scans of portable media, beside clamd's own MULTISCAN of the same files in the same run.

`python -m tests.benchmarks.media [--files N]`: N (20,000) is for the memory. As root the medium is a loop
device, which is mounted and unmounted in that time; else it is a folder. `verdict_s` has the start of the
scanner's process in it; `wall_ratio` has not, since the agent starts it when the medium is put in, and udev
takes longer to look at that (`with_start` has). clamd's cache is off and its database is a test's few
signatures, so only the ratio means anything elsewhere.
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import socket
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from lamplighter_agent.backends.linux.media_scanner import ClamavScanner
from lamplighter_agent.backends.media_ports import Volume
from lamplighter_agent.media.scan.outcome import Reason, ScanOutcome

from tests.support.clamav import Clamd, running_clamd
from tests.support.images import attached, image_of, mounted
from tests.support.scanned import Progress, nothing

FILES, FILE_BYTES = 300, 20_000
ROUNDS = 9
SMALL_BYTES = 200
PREPARED_S = 0.5


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=int, default=20_000)
    many = parser.parse_args().files
    settings = {"DisableCache": "yes", "MaxThreads": "10"}
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name, running_clamd(settings) as clamd:
        folder = Path(name)
        _times(clamd, _filled(folder / "some", FILES, FILE_BYTES))
        _memory(clamd, _filled(folder / "many", many, SMALL_BYTES))


def _filled(folder: Path, files: int, size: int) -> Path:
    """Write files that differ from one another, half of them text."""
    chance = random.Random(files)
    words = ["river", "maths", "essay", "photo", "history", "page", "the", "of", "and", "to"]
    for number in range(files):
        place = folder / f"folder {number % 20}"
        place.mkdir(parents=True, exist_ok=True)
        if number % 2:
            content = chance.randbytes(size)
        else:
            content = " ".join(chance.choices(words, k=size // 5)).encode().ljust(size)[:size]
        (place / f"{number}.{('txt', 'jpg')[number % 2]}").write_bytes(content)
    return folder


def _times(clamd: Clamd, content: Path) -> None:
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name, _medium(content, Path(name)) as scan:
        whole, ours, theirs, ratios = [], [], [], []
        for _ in range(ROUNDS):
            whole.append(asyncio.run(scan(clamd, prepared_s=0.0)))
            ours.append(asyncio.run(scan(clamd, prepared_s=PREPARED_S)))
            theirs.append(scan.by_clamd_alone(clamd))
            ratios.append(ours[-1] / theirs[-1])
    _say("media.verdict_s", statistics.median(whole), "s", bound=1.5, goal=0.7, worst=round(max(whole), 3))
    _say(
        "media.wall_ratio",
        statistics.median(ratios),
        "ratio",
        bound=1.5,
        goal=1.25,
        baseline=round(statistics.median(theirs), 3),
        baseline_name="clamd MULTISCAN of the same files, s",
        with_start=round(statistics.median(whole) / statistics.median(theirs), 2),
        best=round(min(ours) / min(theirs), 2),
    )


@contextlib.contextmanager
def _medium(content: Path, folder: Path) -> Iterator["_Scan"]:
    """Give what scans it."""
    if os.geteuid() != 0:
        yield _Scan(folder=content)
    else:
        yield _Scan(image=image_of(content, folder / "image", megabytes=32), room=folder / "room")


class _Scan:
    """One scan, from the medium's being put in."""

    def __init__(self, *, folder: Path | None = None, image: Path | None = None, room: Path = Path()) -> None:
        self._folder = folder
        self._image = image
        self._room = room

    async def __call__(self, clamd: Clamd, *, prepared_s: float) -> float:
        """Return how long it took, with or without the time in which its process could get ready."""
        scanner = ClamavScanner(clamd=clamd.socket, room=self._room)
        with contextlib.nullcontext("") if self._image is None else attached(self._image) as node:
            if prepared_s:
                scanner.prepare()
                await asyncio.sleep(prepared_s)
            began = time.perf_counter()
            if self._folder is not None:
                outcome = await scanner.scan_folder(self._folder, nothing, mounted=False)
            else:
                outcome = await scanner.scan(Volume(node=node, file_system="ext4"), nothing)
            took = time.perf_counter() - began
        assert outcome.reason is Reason.CLEAN
        assert outcome.files == FILES
        return took

    def by_clamd_alone(self, clamd: Clamd) -> float:
        """Return how long MULTISCAN takes over the same, as freshly put in, and mounted already."""
        if self._folder is not None:
            return _multiscan(clamd, self._folder)
        assert self._image is not None
        with attached(self._image) as node, mounted(node, self._image.parent / "mount"):
            return _multiscan(clamd, self._image.parent / "mount")


def _multiscan(clamd: Clamd, tree: Path) -> float:
    with socket.socket(socket.AF_UNIX) as asked:
        began = time.perf_counter()
        asked.connect(str(clamd.socket))
        asked.sendall(b"zMULTISCAN " + os.fsencode(tree) + b"\0")
        answer = b""
        while more := asked.recv(4096):
            answer += more
        took = time.perf_counter() - began
    assert answer.endswith(b": OK\0"), answer
    return took


def _memory(clamd: Clamd, content: Path) -> None:
    peaks: list[float] = []
    began = time.perf_counter()
    outcome = _measured(clamd, content, lambda _files, _size: peaks.append(_peak_mb()))
    took = time.perf_counter() - began
    assert peaks, "too few files to measure anything"
    quarter = peaks[len(peaks) // 4]
    growth = round(peaks[-1] - quarter, 2)
    per_second = round(outcome.files / took)
    _say("media.scan_peak_mb", peaks[-1], "MB", files=outcome.files, growth=growth, files_per_s=per_second)


def _measured(clamd: Clamd, content: Path, progress: Progress) -> ScanOutcome:
    return asyncio.run(ClamavScanner(clamd=clamd.socket).scan_folder(content, progress, mounted=False))


def _peak_mb() -> float:
    """Return the most memory that the running scanner's process ever had."""
    for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text("ascii").split():
        if b"scan_process" in Path(f"/proc/{pid}/cmdline").read_bytes():
            lines = Path(f"/proc/{pid}/status").read_text("ascii", "replace").splitlines()
            return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) * 1024 / 1e6
    return 0.0


def _say(bench: str, value: float, unit: str, **further: object) -> None:
    print(json.dumps({"bench": bench, "value": round(value, 3), "unit": unit, **further}))


if __name__ == "__main__":
    main()
