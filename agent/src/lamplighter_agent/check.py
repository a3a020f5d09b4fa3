"""Looks at this device without sensing anything: for `doctor`, and for `status` where no service runs.

Nothing is opened that could read a key or a title: that needs the indicator, and so a running service.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from lamplighter_keywords.errors import BundleError

from lamplighter_agent import __version__
from lamplighter_agent import config as configuration
from lamplighter_agent.backends.logins import LoginManager
from lamplighter_agent.backends.ports import Hardening
from lamplighter_agent.backends.select import desktop_ports
from lamplighter_agent.backends.select_device import login_manager, machine_facts, pending_place
from lamplighter_agent.backends.select_process import swap_forbidden
from lamplighter_agent.bundles.store import Anchor, BundleStore, Ready
from lamplighter_agent.clock import SystemClock
from lamplighter_agent.config import AgentConfig
from lamplighter_agent.enrolment.standing import ENROL, Standing, standing
from lamplighter_agent.errors import BackendUnavailable, ConfigError, KeyUnavailable, LamplighterError
from lamplighter_agent.ground import Ground
from lamplighter_agent.media.scanning import strictest
from lamplighter_agent.media_check import looked_at
from lamplighter_agent.policy import WAITING
from lamplighter_agent.running_check import troubles
from lamplighter_agent.select_ground import SystemGround
from lamplighter_agent.status import Boundary, ServiceStatus, SessionStatus, read
from lamplighter_agent.storage import stored_by

NOT_RUNNING = "the service does not run"
START_IT = "start the service: lamplighter-agent service"


def probe(config: AgentConfig) -> dict[str, Any]:
    """Return what `status` shows where no service runs: each sensor, not working, and why."""
    base: Ground = SystemGround(config)
    own = _standing(config)
    found = ServiceStatus(
        organisation=own.organisation,
        not_enrolled=own.not_enrolled,
        boundary=planned(base.boundary),
        hardening=Hardening(not_dumpable=False, no_core=False, memory_locked=False, reason=NOT_RUNNING),
        swap_forbidden=swap_forbidden(),
        unproven=base.unproven,
        enrolment=_enrolment(own),
    )
    for session in base.finder(_nobody, asyncio.Event()).sessions():
        ports = desktop_ports({"DISPLAY": session.display, **session.environment})
        backends = {
            "window titles": ports.foreground.name,
            "text of fields": ports.accessible.name,
            "keys in terminals": ports.keys.name,
        }
        sensors = [
            {"sensor": sensor, "working": False, "backend": name, "reason": NOT_RUNNING, "remedy": START_IT}
            for sensor, name in backends.items()
        ]
        found.sessions[session.display] = SessionStatus(
            display=session.display, helper=NOT_RUNNING, indicator_reason=NOT_RUNNING, sensors=sensors
        )
    return found.as_json() | {"running": False}


def _enrolment(own: Standing) -> dict[str, Any]:
    """What the state folder says of enrolment, in the words of a running service."""
    if own.identity is None:
        return {}
    return {
        "asset_tag": own.asset_tag,
        "certificate_until": own.identity.until.isoformat(timespec="seconds"),
    }


def planned(boundary: Boundary) -> Boundary:
    """What would hold, said so: nothing holds where nothing runs."""
    return replace(boundary, detail=f"once the service runs: {boundary.detail}")


def problems(path: Path) -> list[dict[str, str]]:
    """Return what needs attention before the agent can do its work here."""
    found: list[dict[str, str]] = []
    try:
        config = configuration.load(path)
    except ConfigError as error:
        return [_problem(error.key, error.problem, "see agent/README.md, Configuration")]
    if why := _standing(config).not_enrolled:
        reason = why.removesuffix(f"; {ENROL}")
        found.append(_problem("enrolment", reason, f"{ENROL}, with a token of the collector"))
    if config.desktop is None:
        found += _tried(_sessions)
    told = read(config.status_file)
    ready, problem = _bundle(config)
    found += [*problem, *_tried(lambda: _boundary(config)), *_service(config, told)]
    limits = None if ready is None else strictest(ready.bundle.policy)
    media = asyncio.run(looked_at(config.media, running=told is not None, limits=limits))
    return found + [_problem(one.sensor, one.reason, one.remedy) for one in media if not one.working]


def _standing(config: AgentConfig) -> Standing:
    return standing(config.state, facts=machine_facts())


def _service(config: AgentConfig, told: dict[str, Any] | None) -> list[dict[str, str]]:
    """Look at what the running service says that does not work.

    One should run on an enrolled device, and where something is left to enrol with, which only it takes up.
    """
    if told is not None:
        return troubles(told)
    needed = not _standing(config).not_enrolled or pending_place(config.file).mark() is not None
    return [_problem("service", NOT_RUNNING, START_IT)] if needed else []


def _bundle(config: AgentConfig) -> tuple[Ready | None, list[dict[str, str]]]:
    """Look at the signed lists as a start of the service would."""
    identity = _standing(config).identity
    if identity is None:
        return None, []
    anchor = Anchor(organisation=identity.organisation, roots=identity.roots, agent_version=__version__)
    stored = stored_by(config)
    try:
        ready, problem = BundleStore(stored.bundles, anchor, stored.keys, SystemClock()).load()
    except BundleError as error:
        return None, [_problem("bundle", str(error), "enrol this device again")]
    except KeyUnavailable as error:
        return None, [_problem("device key", str(error), "run this as the service's user")]
    if problem is not None:
        remedy = "the collector sends the newest again to a running service"
        return ready, [_problem("bundle", str(problem), remedy)]
    return ready, [] if ready is not None else [_problem("bundle", WAITING, START_IT)]


def _sessions() -> None:
    """Ask who keeps the sessions of this device; raise `BackendUnavailable` where nobody does."""

    async def ask(manager: LoginManager) -> None:
        await manager.connect(_nobody)
        try:
            await manager.sessions()
        finally:
            manager.close()

    if (manager := login_manager()) is not None:
        asyncio.run(ask(manager))


def _nobody() -> None:
    """Nobody is to be told of changes."""


def _boundary(config: AgentConfig) -> None:
    base: Ground = SystemGround(config)
    base.finder(_nobody, asyncio.Event())
    base.tools(base.settings(""))


def _tried(look: Callable[[], None]) -> list[dict[str, str]]:
    try:
        look()
    except BackendUnavailable as error:
        return [_problem(error.port, error.reason, error.remedy)]
    except ConfigError as error:
        return [_problem(error.key, error.problem, "see agent/README.md, Configuration")]
    except LamplighterError as error:
        return [_problem("agent", str(error), "install the agent again")]
    return []


def _problem(what: str, reason: str, remedy: str) -> dict[str, str]:
    return {"what": what, "reason": reason, "remedy": remedy}
