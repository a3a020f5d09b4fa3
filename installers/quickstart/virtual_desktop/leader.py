"""Starts one desktop and owns every process of it; run as a script by `virtual_desktop.desktop`.

It is a child subreaper: what D-Bus activates or a toolkit leaves behind becomes its child, so that at the
end nothing runs on and no zombie is left. The end is the end of its standard input, which also comes
when the test process itself is killed. Prints one line of JSON when the desktop is really up.
"""

import contextlib
import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import time
from typing import Any

from Xlib import X
from Xlib.display import Display

PR_SET_CHILD_SUBREAPER = 36
DEADLINE_S = 20.0


def read_line(descriptor: int) -> str:
    """Return one line that a child writes when it is ready."""
    line = b""
    end = time.monotonic() + DEADLINE_S
    while not line.endswith(b"\n"):
        ready, _, _ = select.select([descriptor], [], [], max(0.0, end - time.monotonic()))
        piece = os.read(descriptor, 4096) if ready else b""
        if not piece:
            raise RuntimeError("a part of the desktop did not start")
        line += piece
    return line.decode().strip()


def await_window_manager(name: str) -> None:
    """Return when a window manager has announced itself on the root window."""
    display = Display(name)
    root = display.screen().root
    root.change_attributes(event_mask=X.PropertyChangeMask)
    announced = display.intern_atom("_NET_SUPPORTING_WM_CHECK")
    end = time.monotonic() + DEADLINE_S
    while root.get_full_property(announced, X.AnyPropertyType) is None:
        if time.monotonic() > end:
            raise RuntimeError("no window manager")
        if not display.pending_events():
            select.select([display.fileno()], [], [], 0.5)
        while display.pending_events():
            display.next_event()
    display.close()


def start_display(screen: str, environment: dict[str, str], quiet: dict[str, Any]) -> str:
    """Start the X server; return its name once it listens."""
    reader, writer = os.pipe()
    arguments = ["Xvfb", "-displayfd", str(writer), "-screen", "0", screen, "-nolisten", "tcp", "-ac"]
    subprocess.Popen(arguments, pass_fds=[writer], stdout=subprocess.DEVNULL, env=environment, **quiet)
    os.close(writer)
    return f":{read_line(reader)}"


def start(settings: dict[str, Any]) -> dict[str, Any]:
    """Start X server, window manager, D-Bus and AT-SPI; return a program's environment there and the bus.

    Without a "screen" there is no X server: who asked brings a compositor.
    """
    environment: dict[str, str] = settings["environment"]
    identity = settings["identity"]
    bus = None
    quiet: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **identity}
    if settings["screen"]:
        environment["DISPLAY"] = start_display(settings["screen"], environment, quiet)
    if settings["bus"]:
        reader, writer = os.pipe()
        subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", f"--print-address={writer}"],
            pass_fds=[writer],
            stdout=subprocess.DEVNULL,
            env=environment,
            **quiet,
        )
        os.close(writer)
        environment["DBUS_SESSION_BUS_ADDRESS"] = read_line(reader)
    if settings["window_manager"]:
        subprocess.Popen(["openbox"], stdout=subprocess.DEVNULL, env=environment, **quiet)
        await_window_manager(environment["DISPLAY"])
    if settings["bus"] and settings["accessibility"]:
        ask = ["dbus-send", "--session", "--print-reply", "--reply-timeout=20000", "--dest=org.a11y.Bus"]
        ask += ["/org/a11y/bus", "org.a11y.Bus.GetAddress"]
        done = subprocess.run(ask, env=environment, check=True, stdout=subprocess.PIPE, **quiet)
        bus = str(done.stdout, "ascii").split('"')[1]
    return {"environment": environment, "accessibility_bus": bus}


def children() -> list[int]:
    """Return the pids of our own children, adopted ones too."""
    with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as listing:  # noqa: PTH123 - procfs
        return [int(pid) for pid in listing.read().split()]


def end_all() -> None:
    """End and reap every process until none is left; what does not heed is killed."""
    end = time.monotonic() + 3.0
    asked: set[int] = set()
    while True:
        mine = children()
        if not mine:
            return
        late = time.monotonic() > end
        for pid in mine:
            if late or pid not in asked:
                asked.add(pid)
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL if late else signal.SIGTERM)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        select.select([], [], [], 0.01)


def main() -> None:
    """Bring the desktop up, say so, and hold it until standard input ends."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    # Ctrl-C is for who started the desktop: they end it by closing our standard input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    settings = json.loads(sys.argv[1])
    try:
        sys.stdout.write(json.dumps(start(settings)) + "\n")
        sys.stdout.flush()
        # Activated programs die while we wait: reap them at once.
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        os.read(0, 1)
    finally:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        end_all()


if __name__ == "__main__":
    main()
