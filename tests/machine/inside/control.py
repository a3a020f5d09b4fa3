"""Runs in the emulated computer: does what comes down a line from outside, one command at a time.

Usage: control.py PORT. Each line is JSON, `{"run": [...], "seconds": n}`; the answer is a line of JSON with
`code` (None: it took too long) and `said`. The first line says that somebody listens.
"""

import json
import subprocess
import sys
from io import RawIOBase
from pathlib import Path


def main(port: str) -> None:
    with Path(port).open("r+b", buffering=0) as line:
        _say(line, {"ready": True})
        waiting = b""
        while True:
            told = line.read(65536)
            if not told:
                return
            waiting += told
            while b"\n" in waiting:
                order, _, waiting = waiting.partition(b"\n")
                _say(line, _done(json.loads(order)))


def _done(order: dict[str, object]) -> dict[str, object]:
    try:
        done = subprocess.run(
            order["run"],  # type: ignore[call-overload]
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=order["seconds"],
        )
    except subprocess.TimeoutExpired as error:
        return {"code": None, "said": (error.stdout or b"").decode(errors="replace")}
    except OSError as error:
        return {"code": 127, "said": str(error)}
    return {"code": done.returncode, "said": done.stdout.decode(errors="replace")}


def _say(line: RawIOBase, what: dict[str, object]) -> None:
    rest = json.dumps(what).encode() + b"\n"
    while rest:
        rest = rest[line.write(rest) or 0 :]


if __name__ == "__main__":
    main(sys.argv[1])
