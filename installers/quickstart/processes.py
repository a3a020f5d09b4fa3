"""Starts the collector and the agent's service with their real commands, and says when they are up.

The journeys of the tests start them by the same functions, so that what is tested is what is shown.
"""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen
from typing import Any

from installers.quickstart.children import Children
from installers.quickstart.waiting import wait_for

START_SECONDS = 60
COLLECTOR = (sys.executable, "-m", "lamplighter_collector")


@dataclass(frozen=True, slots=True, kw_only=True)
class Collector:
    """A running collector: where agents deliver and enrol, and where the page is."""

    ingest: str
    enrolment: str
    web: str
    config: Path
    process: Popen[bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """The graphical session that the agent watches."""

    user: str
    environment: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """The school and the device of a demo or a journey."""

    organisation: str
    asset_tag: str


def start_collector(
    children: Children,
    folder: Path,
    setting: Setting,
    *,
    listen: Sequence[str] = (),
    program: Sequence[str] = COLLECTOR,
) -> Collector:
    """Start `lamplighter-collector serve` and return once it listens.

    `listen` pins the addresses of ingest, enrolment and page; by default all are free ports. `program` is
    what runs the collector's command line.
    """
    ingest, enrolment, web = listen or ("127.0.0.1:0",) * 3
    config = folder / "collector.toml"
    # Nobody sits there to agree to the notice at sign-in, so this made-up school has it agreed to on paper.
    (folder / "policy.toml").write_text('[acknowledgement]\nnotice = "on_paper"\n', encoding="utf-8")
    config.write_text(
        _toml(
            {
                "bundles": {"first_policy": "policy.toml"},
                "organisation": {"name": setting.organisation},
                "store": {"url": f"sqlite:///{folder / 'collector.db'}"},
                "ingest": {"listen": ingest},
                "enrolment": {"listen": enrolment},
                "web": {"listen": web},
            }
        ),
        encoding="utf-8",
    )
    command = [*program, "serve", "--config", str(config)]
    process = children.start("collector", command, environment=dict(os.environ))
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise RuntimeError(f"the collector did not start: see {children.logs / 'collector.log'}")
    up = json.loads(line)
    return Collector(
        ingest=up["ingest"], enrolment=up["enrolment"], web=up["web"], config=config, process=process
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PageReader:
    """An account of the page, made by the command that a technician uses."""

    login: str
    password: str = field(repr=False)


def add_reader(config: Path) -> PageReader:
    """Add a DSL to the collector. Each has a login of its own, since the demo's collector keeps its store."""
    login = f"dsl-{secrets.token_hex(3)}"
    command = [sys.executable, "-m", "lamplighter_collector", "accounts", "add", "--config", str(config)]
    command += ["--login", login, "--name", "Demonstration DSL", "--role", "dsl", "--json"]
    done = subprocess.run(command, capture_output=True, check=False, timeout=START_SECONDS)
    if done.returncode:
        raise RuntimeError(f"no account for the page: {done.stderr.decode(errors='replace').strip()}")
    (made,) = json.loads(done.stdout)
    return PageReader(login=login, password=made["password"])


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentPlan:
    """One configured agent: where it keeps things and which session it watches."""

    folder: Path
    state: Path
    runtime: Path
    watched: Watched

    def write(self) -> Path:
        """Write the configuration into `folder` and return its path."""
        wanted = {"DISPLAY": "display", "XAUTHORITY": "xauthority", "LANG": "language"}
        wanted |= {"WAYLAND_DISPLAY": "wayland_display", "SWAYSOCK": "sway_socket"}
        wanted |= {name: name.lower() for name in ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR")}
        environment = self.watched.environment
        desktop = {key: environment[name] for name, key in wanted.items() if environment.get(name)}
        tables = {
            "paths": {"state": str(self.state), "runtime": str(self.runtime)},
            "desktop": {"user": self.watched.user, **desktop},
        }
        file = self.folder / "agent.toml"
        file.write_text(_toml(tables), encoding="utf-8")
        return file


def start_service(
    children: Children, command: Sequence[str], config: Path, *, more: Sequence[str] = (), **options: Any
) -> Popen[bytes]:
    """Start `lamplighter-agent service`; `wait_until_watching` tells when it senses."""
    whole = [*command, "service", "--config", str(config), *more]
    return children.start(
        "agent", whole, environment={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}, **options
    )


def status(state: Path) -> dict[str, Any]:
    """Return what the agent last said of itself; empty before it said anything."""
    try:
        found: dict[str, Any] = json.loads((state / "status.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return found


def wait_until_watching(children: Children, state: Path, service: Popen[bytes]) -> dict[str, Any]:
    """Return the status of this very service once the indicator is shown and at least one sensor works."""

    def look() -> dict[str, Any] | None:
        if ended := children.ended():
            raise RuntimeError(f"{ended} stopped: see {children.logs / ended}.log")
        found = status(state)
        return found if found.get("sensing") and found.get("pid") == service.pid else None

    return wait_for(look, "the agent watching", seconds=START_SECONDS)


def _toml(tables: Mapping[str, Mapping[str, str]]) -> str:
    # A JSON string is a TOML basic string.
    parts = (
        f"[{name}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in table.items())
        for name, table in tables.items()
    )
    return "\n".join(parts)
