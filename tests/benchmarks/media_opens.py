"""Opening files of a released medium under the second layer: `python -m tests.benchmarks.media_opens`.

A small file that was found clean is opened again and again by another program, with and without the layer, in
turns; what judges it at the first open is what the service has. As root on Linux only: it mounts an image.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from lamplighter_agent.backends.linux.media_fanotify import OpenGate
from lamplighter_agent.backends.linux.media_later import LaterFiles

from tests.support.clamav import Clamd, running_clamd
from tests.support.sticks import Stick

ROUNDS = 5
OPENS = 300
# Prints how long one open and its end takes, in milliseconds: the median of so many.
_PROGRAM = """
import os, statistics, sys, time
took = []
for _ in range(int(sys.argv[2])):
    began = time.perf_counter()
    os.close(os.open(sys.argv[1], os.O_RDONLY))
    took.append((time.perf_counter() - began) * 1000)
print(statistics.median(took))
"""


def opened(path: Path) -> float:
    done = subprocess.run(
        [sys.executable, "-I", "-c", _PROGRAM, str(path), str(OPENS)], check=True, capture_output=True
    )
    return float(done.stdout)


async def measured(folder: Path, clamd: Clamd) -> tuple[float, float]:
    """Return the medians with the layer and without."""
    path = folder / "essay.txt"
    path.write_bytes(b"about lamps" * 100)
    with_layer, without = [], []
    for _ in range(ROUNDS):
        without.append(await asyncio.to_thread(opened, path))
        later = LaterFiles(clamd.socket)
        gate = OpenGate(later.check, refused=lambda: None)
        gate.start()
        gate.watch(str(folder))
        with_layer.append(await asyncio.to_thread(opened, path))
        await asyncio.to_thread(gate.stop)
        later.close()
    return statistics.median(with_layer), statistics.median(without)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        image, folder = Path(name) / "image", Path(name) / "mounted"
        with image.open("wb") as file:
            file.truncate(16 << 20)
        subprocess.run(["mkfs.ext4", "-q", str(image)], check=True)
        folder.mkdir()
        stick = Stick(image)
        stick.put_in()
        try:
            subprocess.run(["mount", stick.node, str(folder)], check=True)
            with running_clamd() as clamd:
                value, base = asyncio.run(measured(folder, clamd))
            subprocess.run(["umount", str(folder)], check=True)
        finally:
            stick.take_out()
    about = {"bench": "media.fanotify_open_ms", "value": round(value, 3), "unit": "ms", "bound": 1}
    print(
        json.dumps({**about, "baseline": round(base, 4), "baseline_name": "the same open without the layer"})
    )


if __name__ == "__main__":
    main()
