"""`lamplighter-agent session`: the helper's process. Only the service starts it; on a Mac, launchd."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lamplighter_agent import quiet
from lamplighter_agent.backends.ports import Hardening
from lamplighter_agent.backends.select_process import die_with_parent, harden, on_end_signals
from lamplighter_agent.backends.sign import Sign

if TYPE_CHECKING:
    from lamplighter_protos.v1.local_pb2 import SensingPolicy

    from lamplighter_agent.local_ipc.client import LocalClient
    from lamplighter_agent.session import Session

KNOWN = frozenset({"--socket", "--organisation"})
# What launchd starts is told where the service says whose device this is.
BY_FILE = frozenset({"--socket", "--organisation-file"})


def main(arguments: Sequence[str]) -> int:
    """Harden this process before it can read anything, then work until the service is gone."""
    hardening = harden()
    quiet.configure()
    die_with_parent(signal.SIGTERM)
    from lamplighter_agent.arguments import all_options  # noqa: PLC0415 - hardened first
    from lamplighter_agent.backends.select import run_session  # noqa: PLC0415
    from lamplighter_agent.errors import ConfigError  # noqa: PLC0415

    try:
        told = all_options(arguments, BY_FILE if "--organisation-file" in arguments else KNOWN)
        socket = Path(told["--socket"])
    except ConfigError as error:
        sys.stderr.write(f"lamplighter-agent session: {error}; only the service starts it\n")
        return 2
    return run_session(lambda: _work(socket, told, hardening))


async def _work(socket: Path, told: Mapping[str, str], hardening: Hardening) -> int:
    """Wait for our turn, then work for the service; without one, end."""
    from lamplighter_agent import organisation_file  # noqa: PLC0415
    from lamplighter_agent.session_parts import until_in_front  # noqa: PLC0415

    quiet.on_loop()
    await until_in_front()
    try:
        by_file = told.get("--organisation-file")
        name = told["--organisation"] if by_file is None else organisation_file.read(Path(by_file))
    except OSError as error:
        return _no_service(error)
    return await _serve(socket, name, hardening)


def _no_service(error: OSError) -> int:
    sys.stderr.write(f"lamplighter-agent session: no service: {error.strerror}\n")
    return 1


async def _serve(socket: Path, organisation: str, hardening: Hardening) -> int:
    """Connect, then run the session until the service closes, a signal comes or the work fails."""
    from lamplighter_agent.launching import ENDED_BY_SIGNAL  # noqa: PLC0415
    from lamplighter_agent.local_ipc.client import LocalClient  # noqa: PLC0415
    from lamplighter_agent.session import Session  # noqa: PLC0415
    from lamplighter_agent.session_parts import (  # noqa: PLC0415
        after_refusal,
        desktop_indicator,
        dial,
        sensing,
        session_environment,
    )

    client = LocalClient(organisation=organisation)
    environment = session_environment()
    sign = Sign(
        organisation=organisation,
        clicked=client.request_page,
        help_clicked=client.request_help,
        ended=lambda: session.on_indicator_ended(),  # noqa: PLW0108 - the session is made after it
        language=environment.get("LANG", ""),
    )
    session = Session(client, desktop_indicator(environment, sign), hardening)
    session.attach(sensing(environment, session, client))
    admitted = asyncio.Event()

    def on_policy(policy: "SensingPolicy") -> None:
        # What the service says first, and to nobody whom it refuses.
        admitted.set()
        session.on_policy(policy)

    client.on_policy = on_policy
    told: list[bool] = []

    def stop() -> None:
        told.append(True)
        client.close()

    on_end_signals(stop)
    try:
        await client.connect(socket, dial)
    except OSError as error:
        return _no_service(error)
    await _until_end(client, session)
    client.close()
    if not admitted.is_set():
        await after_refusal()
    # The service wants to know: it sends no signal itself as long as the helper should live.
    return ENDED_BY_SIGNAL if told else 0


async def _until_end(client: "LocalClient", session: "Session") -> None:
    """Run the session as long as there is a service; raise what it fails with."""
    from lamplighter_agent.lean import stay_small  # noqa: PLC0415

    small = asyncio.create_task(stay_small(), name="memory")
    working = asyncio.create_task(session.run(), name="session")
    ended = asyncio.create_task(client.closed.wait(), name="connection")
    await asyncio.wait((working, ended), return_when=asyncio.FIRST_COMPLETED)
    for task in (ended, small, working):
        task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await working
