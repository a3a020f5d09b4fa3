"""Lines of JSON over a unix socket: QEMU's own monitor (QMP), and the two lines into the computer."""

import json
import socket
from pathlib import Path
from typing import Any, Self

from tests.support.waiting import wait_for


class Line:
    """One connection; for one thread."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        wait_for(path.exists, path.name)
        self._socket.connect(str(path))
        self._waiting = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._socket.close()

    def say(self, what: dict[str, Any]) -> None:
        self._socket.sendall(json.dumps(what).encode() + b"\n")

    def hear(self, *, seconds: float) -> dict[str, Any]:
        """Return the next line.

        Raises:
            TimeoutError: none came.
            EOFError: the other side is gone.
        """
        self._socket.settimeout(seconds)
        while b"\n" not in self._waiting:
            told = self._socket.recv(65536)
            if not told:
                raise EOFError("the emulated computer ended")
            self._waiting += told
        line, _, self._waiting = self._waiting.partition(b"\n")
        heard: dict[str, Any] = json.loads(line)
        return heard


class Monitor:
    """QEMU's monitor."""

    def __init__(self, path: Path) -> None:
        self._line = Line(path)
        self._line.hear(seconds=30)
        self._events: list[tuple[str, str]] = []
        self.ask("qmp_capabilities")

    def close(self) -> None:
        self._line.close()

    def ask(self, execute: str, **arguments: Any) -> Any:
        """Give one order and return its answer.

        Raises:
            RuntimeError: QEMU refused.
        """
        self._line.say({"execute": execute, "arguments": arguments})
        while "return" not in (told := self._hear(seconds=60)):
            if "error" in told:
                raise RuntimeError(f"{execute}: {told['error']['desc']}")
        return told["return"]

    def wait_for(self, event: str, device: str, *, seconds: float) -> None:
        """Return when QEMU has told this event of a device; each counts once."""
        while (event, device) not in self._events:
            self._hear(seconds=seconds)
        self._events.remove((event, device))

    def _hear(self, *, seconds: float) -> dict[str, Any]:
        told = self._line.hear(seconds=seconds)
        if "event" in told:
            self._events.append((told["event"], str(told.get("data", {}).get("device", ""))))
        return told


class Shell:
    """Runs programs in the computer, as root or in the pupil's session."""

    def __init__(self, path: Path) -> None:
        self._line = Line(path)

    def close(self) -> None:
        self._line.close()

    def wait(self, *, seconds: float) -> None:
        """Return when somebody listens there."""
        assert self._line.hear(seconds=seconds) == {"ready": True}

    def run(self, *arguments: str, seconds: float = 120, check: bool = False) -> str:
        """Run a program to its end; return what it said, both ways.

        Raises:
            TimeoutError: it took longer than `seconds`.
            AssertionError: `check`, and it failed.
        """
        self._line.say({"run": arguments, "seconds": seconds})
        told = self._line.hear(seconds=seconds + 60)
        if told["code"] is None:
            raise TimeoutError(f"{arguments[0]} took longer than {seconds:.0f} s")
        assert not check or told["code"] == 0, (arguments, told)
        return str(told["said"])

    def sh(self, script: str, *, seconds: float = 120, check: bool = False) -> str:
        """Run a few lines of shell."""
        return self.run("sh", "-c", script, seconds=seconds, check=check)
