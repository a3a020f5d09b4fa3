"""What the key listener's own thread spends on one reply of the X server: `keys.callback_us_p99`.

1,000 keys typed into a real xterm, 10 ms apart; wall time of the callback, and beside it the processor time
that it used itself, since other programs share the machine. Bound: 1,000 us of wall time.
"""

import asyncio
import json
import statistics
import sys
import time
from typing import Any

from lamplighter_agent.backends.linux import x11_keys
from lamplighter_agent.backends.ports import KeyPress

from installers.quickstart.virtual_desktop.desktop import Desktop, running_desktop

KEYS = "all work and no play " * 48


async def measure(desktop: Desktop) -> tuple[list[float], list[float]]:
    """Return microseconds of wall and of thread time for every reply."""
    wall: list[float] = []
    cpu: list[float] = []
    inner = x11_keys._Recorder._on_reply

    def timed(self: Any, reply: Any) -> None:
        started, used = time.perf_counter_ns(), time.thread_time_ns()
        inner(self, reply)
        cpu.append((time.thread_time_ns() - used) / 1000)
        wall.append((time.perf_counter_ns() - started) / 1000)

    x11_keys._Recorder._on_reply = timed  # type: ignore[method-assign]
    heard: list[KeyPress] = []
    source = x11_keys.X11Keys(desktop.display_name)
    await source.start(heard.append, lambda _: None)
    try:
        desktop.open_xterm("Keys")
        await asyncio.to_thread(desktop.type_text, KEYS, delay_ms=10)
    finally:
        await source.stop()
    return wall, cpu


def main() -> int:
    """Print the figures."""
    with running_desktop() as desktop:
        wall, cpu = asyncio.run(measure(desktop))
    for name, values in (("callback_us", wall), ("callback_cpu_us", cpu)):
        cuts = statistics.quantiles(values, n=100)
        for part, value in (("p50", cuts[49]), ("p99", cuts[98])):
            figure = {
                "bench": f"keys.{name}_{part}",
                "value": round(value, 1),
                "unit": "us",
                "baseline": None,
            }
            print(json.dumps(figure | {"replies": len(values)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
