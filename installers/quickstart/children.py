"""The processes that the demo started, ended in reverse order whatever happens."""

import contextlib
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

STOP_SECONDS = 10


@dataclass(slots=True)
class Children:
    """Started processes, each with its log; `close` ends and reaps them."""

    logs: Path
    running: list[tuple[str, subprocess.Popen[bytes]]] = field(default_factory=list)
    files: list[IO[bytes]] = field(default_factory=list)

    def start(
        self, name: str, command: Sequence[str], *, environment: Mapping[str, str], **options: Any
    ) -> subprocess.Popen[bytes]:
        """Start a process with a piped standard output; its standard error goes to logs/NAME.log.

        `options` are Popen's own, for example `pass_fds`.
        """
        log = (self.logs / f"{name}.log").open("wb")
        self.files.append(log)
        process = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            env=dict(environment),
            start_new_session=True,
            **options,
        )
        self.running.append((name, process))
        return process

    def ended(self) -> str | None:
        """Return the name of a process that ended by itself, if any did."""
        return next((name for name, process in self.running if process.poll() is not None), None)

    def kill(self, process: subprocess.Popen[bytes]) -> int:
        """Kill a process at once, unless it has ended, and reap it; return its exit code."""
        process.kill()
        code = process.wait(STOP_SECONDS)
        if process.stdout is not None:
            process.stdout.close()
        self.running = [(name, other) for name, other in self.running if other is not process]
        return code

    def close(self) -> None:
        while self.running:
            _, process = self.running.pop()
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(STOP_SECONDS)
            if process.stdout is not None:
                process.stdout.close()
        while self.files:
            self.files.pop().close()


@contextlib.contextmanager
def children(logs: Path) -> Iterator[Children]:
    """Give a `Children` and end what it started when the block ends."""
    found = Children(logs)
    try:
        yield found
    finally:
        found.close()
