"""`lamplighter-agent dialog`: shows one dialog in a person's session, as that person, for the service.

It knows nothing, keeps nothing and talks to nobody but who started it: words come in on its standard input,
the answer goes out, and when the input ends the dialog goes away, so that none outlives the service.
"""

import os
import queue
import sys
import threading
from collections.abc import Callable, Iterator, Sequence

from lamplighter_agent import quiet
from lamplighter_agent.backends.dialog_port import DialogEnd, OpenDialog, OpensDialog
from lamplighter_agent.backends.select_process import harden

LOOK_SECONDS = 0.5


def main(arguments: Sequence[str]) -> int:
    """Show what the standard input says, and say what came of it."""
    harden()
    quiet.configure()
    if arguments:
        sys.stderr.write("lamplighter-agent dialog: takes nothing; only the service starts it\n")
        return 2
    from lamplighter_agent.backends.select import open_dialog  # noqa: PLC0415 - hardened first

    return serve(sys.stdin.fileno(), lambda line: _say(sys.stdout.fileno(), line), open_dialog)


def serve(reads: int, say: Callable[[bytes], None], opens: OpensDialog) -> int:
    """Do that with a descriptor to read from; return the exit code."""
    from lamplighter_agent import dialog_wire as wire  # noqa: PLC0415
    from lamplighter_agent.errors import BackendUnavailable  # noqa: PLC0415

    lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
    # Ends with the input, or with the process: nobody can wake a thread that reads.
    threading.Thread(target=_read, args=(reads, lines.put), name="input", daemon=True).start()
    try:
        shown = opens(wire.read_words(lines.get() or b""))
    except (ValueError, BackendUnavailable):
        say(wire.UNSHOWN)
        return 1
    say(wire.SHOWN)
    try:
        end = _until_end(shown, lines, wire.read_percent)
        if end is not None:
            say(wire.end_line(end))
    finally:
        shown.take_away()
    return 0


def _until_end(
    shown: OpenDialog, lines: "queue.SimpleQueue[bytes | None]", percent_of: Callable[[bytes], int | None]
) -> DialogEnd | None:
    """Return how it ended; None where the service has gone."""
    while True:
        for line in _waiting(lines):
            if line is None:
                return None
            percent = percent_of(line)
            if percent is not None:
                shown.show_percent(percent)
        end = shown.wait(LOOK_SECONDS)
        if end is not None:
            return end


def _waiting(lines: "queue.SimpleQueue[bytes | None]") -> Iterator[bytes | None]:
    while not lines.empty():
        yield lines.get()


def _read(reads: int, put: Callable[[bytes | None], None]) -> None:
    """Hand over line by line; None at the end."""
    rest = b""
    try:
        while found := os.read(reads, 4096):
            *whole, rest = (rest + found).split(b"\n")
            for line in whole:
                put(line)
    except OSError:
        # It was closed: that is its end.
        rest = b""
    put(None)


def _say(writes: int, line: bytes) -> None:
    try:
        os.write(writes, line)
    except OSError:
        # Nobody listens any more.
        return
