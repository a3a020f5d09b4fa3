"""The demo's ending: whatever signals come at once, nothing that it started is left."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.support.sources import ROOT
from tests.support.waiting import wait_for

# It says that it was asked to end and ends when its file is there: meanwhile the demo is waiting for it.
SLOW = """
import pathlib, signal, sys, time
asked = lambda *_: pathlib.Path(sys.argv[1], "asked").touch()
signal.signal(signal.SIGTERM, asked)
print(flush=True)
while not pathlib.Path(sys.argv[1], "may-end").exists():
    time.sleep(0.01)
"""
DEMO = """
import contextlib, os, pathlib, sys
from installers.quickstart.__main__ import end_at_the_first_signal
from installers.quickstart.children import children

end_at_the_first_signal()
folder = pathlib.Path(sys.argv[1])
with contextlib.suppress(KeyboardInterrupt), children(folder) as both:
    ordinary = both.start("ordinary", ["sleep", "600"], environment=os.environ)
    slow = both.start("slow", [sys.executable, "-c", sys.argv[2], str(folder)], environment=os.environ)
    slow.stdout.readline()
    print(ordinary.pid, slow.pid, flush=True)
    while True:
        os.read(0, 1)
"""


def test_a_second_signal_does_not_break_off_the_ending(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", DEMO, str(tmp_path), SLOW],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as demo:
        assert demo.stdout is not None
        started = [int(pid) for pid in demo.stdout.readline().split()]
        try:
            demo.send_signal(signal.SIGINT)
            demo.send_signal(signal.SIGTERM)
            wait_for((tmp_path / "asked").exists, "the ending")
            # And again in its midst.
            demo.send_signal(signal.SIGTERM)
            demo.send_signal(signal.SIGINT)
            (tmp_path / "may-end").touch()
            assert demo.wait(30) == 0
            assert not [pid for pid in started if Path(f"/proc/{pid}").exists()]
        finally:
            for pid in started:
                if Path(f"/proc/{pid}").exists():
                    os.kill(pid, signal.SIGKILL)
