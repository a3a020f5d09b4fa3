"""What the agent costs the device: CPU, memory, wake-ups, and how fast a title and a typed word are seen.

    python -m tests.benchmarks.footprint [--seconds 60]

The real pair of processes on a virtual desktop against a real collector, so nothing is left out: sensors
run, the stream to the collector is open. CPU is both processes' own time by the kernel's account; memory is
the proportional set size of both; wake-ups are voluntary context switches of our own threads, with those of
gRPC's threads named apart. The baseline is the idle machine's own: nothing of the agent.
"""

import argparse
import json
import os
import queue
import statistics
import string
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from lamplighter_agent.cost import is_ours
from lamplighter_keywords.matcher import Matcher
from lamplighter_keywords.shipped import load_compiled
from lamplighter_keywords.terms import Source, UserKind
from Xlib import X
from Xlib.ext import xtest

from installers.quickstart.virtual_desktop.desktop import Desktop, Window
from tests.support.processes import memory_of
from tests.support.watched import Watched, watched_device

CHARACTERS_PER_SECOND = 10
TITLES = 20
TERMS = 60
# What a pupil's homework looks like: nothing of it matches, as nearly all typing.
ORDINARY = "the river rises in the hills and runs past two mills before it meets the sea "
# The start is over, and with it what it leaves to be tidied up.
SETTLE_SECONDS = 10
PAUSE = threading.Event()


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60)
    seconds = parser.parse_args().seconds
    with watched_device() as watched:
        measure(watched, seconds)
    return 0


def measure(watched: Watched, seconds: float) -> None:
    """Print every figure of one run."""
    desktop, receipts = watched.desktop, Receipts(watched.receipts)
    window = watched.open_terminal()
    PAUSE.wait(SETTLE_SECONDS)
    pids = watched.pids
    idle = spend(pids, seconds)
    tell("agent.idle_cpu_percent", idle["cpu"], "percent of a core", bound=0.2, goal=0.1, **idle["parts"])
    tell(
        "agent.idle_wakeups_per_s",
        idle["own_wakeups"],
        "per second",
        bound=2,
        grpc_threads_per_s=idle["other_wakeups"],
        threads=idle["threads"],
    )
    typing = subprocess.Popen(
        ["xdotool", "type", "--delay", str(1000 // CHARACTERS_PER_SECOND), "--", sentence(seconds + 5)],
        env=desktop.environment,
    )
    busy = spend(pids, seconds)
    typing.terminate()
    typing.wait()
    rate = {"characters_per_s": CHARACTERS_PER_SECOND, "seconds": seconds, **busy["parts"]}
    tell("agent.typing_cpu_percent", busy["cpu"], "percent of a core", bound=1.2, goal=0.6, **rate)
    memory = [memory_of(pid) for pid in pids]
    shares = {"service": memory[0].parts, "helper": memory[1].parts}
    parts = {"service_mb": memory[0].whole, "helper_mb": memory[1].whole}
    whole = round(sum(one.whole for one in memory), 1)
    tell("agent.pss_mb", whole, "MB", bound=110, goal=75, **parts, parts_mb=shares)
    typed(desktop, receipts)
    titles(desktop, window, receipts)


def typed(desktop: Desktop, receipts: "Receipts") -> None:
    """Type words of different terms; timed from the key that completes one until it is safe in the spool.

    That key is the letter with which a match is told or, where none is told for it, the space behind it.
    Later than the match itself, so the figure is an upper bound of it.
    """
    seen: list[float] = []
    for term in listed_words():
        receipts.wait_quiet()
        press(desktop, term[:-1])
        for last in (term[-1], " "):
            pressed = time.monotonic()
            press(desktop, last)
            at = receipts.next(seconds=1)
            if at is not None:
                seen.append((at - pressed) * 1000)
                break
        desktop.key("ctrl+u")
    late = round(statistics.quantiles(seen, n=20)[-1], 1) if len(seen) > 1 else float("inf")
    middle = round(statistics.median(seen), 1) if seen else float("inf")
    tell("agent.key_to_match_ms_p95", late, "ms", bound=10, p50=middle, missed=TERMS - len(seen), of=TERMS)


def press(desktop: Desktop, text: str) -> None:
    """Press the keys of small letters and spaces, each as soon as the one before is up."""
    display = desktop.display
    for letter in text:
        code = display.keysym_to_keycode(ord(letter))
        for kind in (X.KeyPress, X.KeyRelease):
            xtest.fake_input(display, kind, code)
        display.sync()


def titles(desktop: Desktop, window: Window, receipts: "Receipts") -> None:
    """Change the title to phrases of different terms; seen is when the detection is safe in the spool.

    That is later than the observation itself, so the figure is an upper bound of it.
    """
    seen: list[float] = []
    for title in listed_titles():
        receipts.wait_quiet()
        changed = time.monotonic()
        rename(desktop, window, title)
        at = receipts.next(seconds=3)
        if at is not None:
            seen.append((at - changed) * 1000)
    middle = round(statistics.median(seen), 1) if seen else float("inf")
    tell("agent.title_ms_p50", middle, "ms", bound=50, goal=10, missed=TITLES - len(seen), of=TITLES)


def listed_titles() -> list[str]:
    """Return titles that the shipped lists find, each by a term of its own."""
    return found_alone(TITLES, Source.WINDOW_TITLE, "{} - Editor")


def listed_words() -> list[str]:
    """Return what is found when it is typed, each by a term that no title has."""
    return found_alone(TITLES + TERMS, Source.TYPED, "{}")[TITLES:]


def found_alone(wanted: int, source: Source, shape: str) -> list[str]:
    """Return texts that are found by one term each, and none twice: repeats are only counted."""
    pack = load_compiled()
    matcher = Matcher(pack)
    used: set[str] = set()
    found: list[str] = []
    letters = frozenset(string.ascii_lowercase + " ")
    for term in (term for one in pack.lists for term in one.terms if letters.issuperset(term.text[0])):
        text = shape.format(term.text[0])
        matches = matcher.match(text, source=source, user_kind=UserKind.PUPIL)
        terms = {match.term for match in matches if match.severity > 1}
        if len(terms) == 1 and not terms & used:
            used |= terms
            found.append(text)
            if len(found) == wanted:
                break
    return found


def rename(desktop: Desktop, window: Window, title: str) -> None:
    """Change a title as an application does: one request, so that what is timed is the agent."""
    display = desktop.display
    target = display.create_resource_object("window", window.id)
    name, kind = (display.intern_atom(atom) for atom in ("_NET_WM_NAME", "UTF8_STRING"))
    target.change_property(name, kind, 8, title.encode())
    display.flush()


class Receipts:
    """Reads the ids that the service says are safe, each with the time it came."""

    def __init__(self, descriptor: int) -> None:
        self._file = os.fdopen(descriptor, "rb", buffering=0)
        self._times: queue.Queue[float] = queue.Queue()
        self._reader = threading.Thread(target=self._read, name="receipts", daemon=True)
        self._reader.start()

    def next(self, *, seconds: float) -> float | None:
        """Return when the next id came; None when none does."""
        try:
            return self._times.get(timeout=seconds)
        except queue.Empty:
            return None

    def wait_quiet(self) -> None:
        """Return when no more ids come, for example of a match typed before."""
        while self.next(seconds=0.3) is not None:
            continue

    def _read(self) -> None:
        while self._file.read(33):
            self._times.put(time.monotonic())


def sentence(seconds: float) -> str:
    wanted = int(seconds * CHARACTERS_PER_SECOND)
    return (ORDINARY * (wanted // len(ORDINARY) + 1))[:wanted]


def spend(pids: list[int], seconds: float) -> dict[str, Any]:
    """Return what the processes used in a stretch of time."""
    cpu, switches, began = [cpu_seconds(pid) for pid in pids], wakeups(pids), time.monotonic()
    PAUSE.wait(seconds)
    took = time.monotonic() - began
    after = wakeups(pids)
    own = sum(count - switches.get(thread, 0) for thread, count in after.items() if is_ours(*thread))
    every = sum(count - switches.get(thread, 0) for thread, count in after.items())
    percents = [(cpu_seconds(pid) - start) / took * 100 for pid, start in zip(pids, cpu, strict=True)]
    return {
        "cpu": round(sum(percents), 3),
        "parts": {"service": round(percents[0], 3), "helper": round(percents[1], 3)},
        "own_wakeups": round(own / took, 2),
        "other_wakeups": round((every - own) / took, 2),
        "threads": sorted({name for _, _, name in after}),
    }


def cpu_seconds(pid: int) -> float:
    """Return what the scheduler gave a process, to the nanosecond: ticks are too coarse for an idle one."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


def wakeups(pids: list[int]) -> dict[tuple[int, int, str], int]:
    """Return voluntary context switches by process, thread and the thread's name."""
    found: dict[tuple[int, int, str], int] = {}
    for pid in pids:
        for task in Path(f"/proc/{pid}/task").iterdir():
            lines = dict(line.split(":", 1) for line in (task / "status").read_text().splitlines())
            found[pid, int(task.name), lines["Name"].strip()] = int(lines["voluntary_ctxt_switches"])
    return found


def tell(bench: str, value: float, unit: str, **more: Any) -> None:
    print(json.dumps({"bench": bench, "value": value, "unit": unit, "baseline": "none", **more}), flush=True)


if __name__ == "__main__":
    sys.exit(main())
