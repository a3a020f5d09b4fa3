"""A guard in a process of its own, as the service has it, and the port that drives it by lines of JSON.

Run in a world (`python -m tests.support.guard_driver`), it holds the locks of its releases, so it can be
killed as a service can.
"""

import asyncio
import dataclasses
import json
import os
import signal
import subprocess
import sys
from typing import Any

import pyudev
import structlog
from lamplighter_agent import errors
from lamplighter_agent.backends.linux._disks import medium_in
from lamplighter_agent.backends.linux.media_guard import PolkitGuard
from lamplighter_agent.backends.media_ports import MediaGuard, Medium, MediumKind, Volume
from lamplighter_agent.backends.ports import SensorState

from tests.support.media_world import MediaWorld
from tests.support.sources import ROOT

_FORBIDDEN = "LAMPLIGHTER_TEST_FORBIDDEN"


class DrivenGuard:
    """Fills `MediaGuard` by a guard in a world."""

    def __init__(self, world: MediaWorld, *, forbidden: str = "") -> None:
        """With `forbidden`, a file that holds this word may not be opened later."""
        self._process = world.start(
            *(sys.executable, "-m", "tests.support.guard_driver"),
            environment={"PYTHONPATH": str(ROOT), _FORBIDDEN: forbidden},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.name = "driven"

    async def look(self, node: str) -> Medium:
        """Return what the watch would tell of a disk."""
        return _medium(await self._say("look", node=node))

    async def ready(self) -> SensorState:
        return SensorState(**await self._say("ready"))

    async def answers(self) -> bool:
        return bool((await self._say("answers"))["answers"])

    async def withdraw_all(self) -> None:
        await self._say("withdraw_all")

    async def hold(self, medium: Medium) -> None:
        await self._say("hold", medium=dataclasses.asdict(medium))

    async def release(self, volume: Volume, account_name: str, *, writable: bool) -> None:
        await self._say("release", volume=dataclasses.asdict(volume), account=account_name, writable=writable)

    async def withdraw(self, key: str) -> None:
        await self._say("withdraw", key=key)

    async def stop(self) -> None:
        await self._say("stop")

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        """End the whole process at once."""
        self._process.send_signal(how)

    def close(self) -> None:
        """End it, and wait."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(20)

    async def _say(self, call: str, **arguments: Any) -> dict[str, Any]:
        return await asyncio.to_thread(self._exchange, {"call": call} | arguments)

    def _exchange(self, said: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(said).encode() + b"\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        if "error" in answer:
            raise getattr(errors, answer["error"])(answer["reason"], **answer["about"])
        return answer


async def _do(guard: MediaGuard, said: dict[str, Any]) -> dict[str, Any]:
    match said["call"]:
        case "look":
            found = medium_in(pyudev.Devices.from_device_file(pyudev.Context(), said["node"]))
            assert found is not None
            return dataclasses.asdict(found)
        case "ready":
            return dataclasses.asdict(await guard.ready())
        case "answers":
            return {"answers": await guard.answers()}
        case "hold":
            await guard.hold(_medium(said["medium"]))
        case "release":
            volume = Volume(**said["volume"])
            await guard.release(volume, said["account"], writable=said["writable"])
        case "withdraw":
            await guard.withdraw(said["key"])
        case "withdraw_all":
            await guard.withdraw_all()
        case "stop":
            await guard.stop()
    return {}


def _medium(told: dict[str, Any]) -> Medium:
    volumes = tuple(Volume(**one) for one in told.pop("volumes"))
    kind = MediumKind(told.pop("kind"))
    return Medium(**told | {"interfaces": tuple(told["interfaces"])}, volumes=volumes, kind=kind)


async def _main() -> None:
    # What it says on standard output are its answers.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    word = os.environ[_FORBIDDEN].encode()

    def check(descriptor: int) -> bool:
        return word not in os.pread(descriptor, 1 << 20, 0)

    guard = PolkitGuard(check=check if word else None)
    while line := await asyncio.to_thread(sys.stdin.readline):
        try:
            answer = await _do(guard, json.loads(line))
        except errors.MediaGuardError as error:
            about = {}
            if isinstance(error, errors.StillInUse):
                about = {"accounts": error.accounts, "by_the_system": error.by_the_system}
            answer = {"error": type(error).__name__, "reason": error.reason, "about": about}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    # As a service that was killed: nothing is taken back in order.
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(_main())
