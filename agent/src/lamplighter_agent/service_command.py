"""`lamplighter-agent service`: the privileged process."""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lamplighter_agent import quiet
from lamplighter_agent.backends.select_process import harden, stand_in_streams
from lamplighter_agent.errors import ConfigError

if TYPE_CHECKING:
    from lamplighter_agent.backends.serving import Wishes
    from lamplighter_agent.enrolment.ending import Ended
    from lamplighter_agent.service import Service

KNOWN = frozenset({"--config", "--receipts-fd"})


def main(arguments: Sequence[str]) -> int:
    """Harden this process before it reads anything, then serve until the system asks it to stop."""
    hardening = harden()
    stand_in_streams()
    quiet.configure()
    from lamplighter_agent import config, logs  # noqa: PLC0415 - hardened first
    from lamplighter_agent.arguments import options  # noqa: PLC0415
    from lamplighter_agent.backends.select_device import run_service  # noqa: PLC0415
    from lamplighter_agent.errors import LamplighterError  # noqa: PLC0415
    from lamplighter_agent.service import Service  # noqa: PLC0415

    logs.configure()
    try:
        told = options(arguments, KNOWN)
        stored = _receipts(told.get("--receipts-fd"))
        settings = config.load(Path(told.get("--config", str(config.DEFAULT_PATH))))

        async def work(wishes: "Wishes") -> None:
            await _serve(
                lambda ended: Service(
                    settings, hardening, stored=stored, ended=ended, sessions=wishes.sessions
                ),
                wishes,
            )

        run_service(work)
    except LamplighterError as error:
        sys.stderr.write(f"lamplighter-agent service: {error}\n")
        return 2
    return 0


async def _serve(make: "Callable[[Ended | None], Service]", wishes: "Wishes") -> None:
    """Run one service after the other: a new one when the device was enrolled, or when it ended."""
    quiet.on_loop()
    ended = None
    while not wishes.stop.is_set():
        wishes.again.clear()
        service = make(ended)
        await service.run(wishes.stop, wishes.again)
        ended = service.ended


def _receipts(descriptor: str | None) -> Callable[[bytes], None]:
    """Return what is told the ids that are safe."""
    if descriptor is None:
        return lambda _id: None
    try:
        number = int(descriptor)
        os.set_inheritable(number, False)
    except (ValueError, OSError) as error:
        raise ConfigError("--receipts-fd", "is no open descriptor") from error
    from lamplighter_agent.receipts import Receipts  # noqa: PLC0415

    return Receipts(number)
