"""A whole Lamplighter for one test: desktop, collector, installed agent, all real, all on this machine."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from installers.quickstart.accounts import Account, pupil
from installers.quickstart.children import Children, children
from installers.quickstart.enrolment import enrol, token
from installers.quickstart.processes import (
    COLLECTOR,
    AgentPlan,
    Collector,
    Setting,
    Watched,
    start_collector,
    start_service,
    status,
    wait_until_watching,
)
from installers.quickstart.virtual_desktop.desktop import Desktop, User, hiding, running_desktop
from tests.support.waiting import wait_for

SETTING = Setting(organisation="Alder Vale School", asset_tag="AV-0042")


@dataclass(slots=True, kw_only=True)
class Stack:
    """What runs, and what a test asks of it."""

    folder: Path
    desktop: Desktop
    children: Children
    command: Path
    account: Account
    collector: Collector
    # Files that the agent is started without.
    hide: Sequence[str] = ()
    service: subprocess.Popen[bytes] | None = None

    @property
    def state(self) -> Path:
        return self.folder / "agent-state"

    def start_service(self, *more: str, **options: Any) -> None:
        """Start the agent's service and return once it senses."""
        self.begin_service(*more, **options)
        self.wait_until_watching()

    def begin_service(self, *more: str, within: Sequence[str] = (), **options: Any) -> None:
        """Start the agent's service, `within` another program that runs it."""
        command = hiding(self.hide, [*within, str(self.command)])
        self.service = start_service(self.children, command, self.write_config(), more=more, **options)

    def write_config(self) -> Path:
        """Write the agent's configuration and return its path."""
        plan = AgentPlan(
            folder=self.folder,
            state=self.state,
            runtime=self.folder / "agent-run",
            watched=Watched(user=self.account.name, environment=self.desktop.environment),
        )
        return plan.write()

    def enrol(self) -> None:
        """Enrol the device by the real verbs, with a token of the collector that runs."""
        tag = SETTING.asset_tag
        issued = token(self.collector.config, asset_tag=tag, attester="Ada Quill")
        enrol([str(self.command)], self.write_config(), issued, asset_tag=tag)

    def wait_until_watching(self) -> None:
        """Return once the service that runs now senses."""
        assert self.service is not None
        wait_until_watching(self.children, self.state, self.service)

    def restart_collector(self, *, program: Sequence[str] = COLLECTOR) -> None:
        """Kill the collector, unless that was done, and start it again on its addresses and store."""
        listen = (self.collector.ingest, self.collector.enrolment, urlsplit(self.collector.web).netloc)
        self.children.kill(self.collector.process)
        self.collector = start_collector(
            self.children, self.folder / "collector", SETTING, listen=listen, program=program
        )

    def tell_collector(self, *verb: str) -> None:
        """Run a verb of the collector's command line."""
        command = [*COLLECTOR, *verb, "--config", str(self.collector.config)]
        subprocess.run(command, capture_output=True, check=True)

    def stop_service(self) -> int:
        """Ask the service to end, and return its exit code."""
        assert self.service is not None
        self.service.terminate()
        self.service.wait(20)
        return self.children.kill(self.service)

    def kill_service(self) -> None:
        """Kill the service; its helper must follow by itself."""
        assert self.service is not None
        helper = Path(f"/proc/{self.helper_pid()}")
        self.children.kill(self.service)
        wait_for(lambda: not helper.exists(), "the helper gone with its service")

    def status(self) -> dict[str, Any]:
        return status(self.state)

    def helper_pid(self) -> int:
        """Return the session helper's pid."""
        found = self.find_helper()
        assert found is not None, "no session helper runs"
        return found

    def find_helper(self) -> int | None:
        """Return the pid of the service's only child that runs the session helper, if there is one now."""
        assert self.service is not None
        for task in Path(f"/proc/{self.service.pid}/task").iterdir():
            for pid in (task / "children").read_text().split():
                with contextlib.suppress(OSError):
                    if b"session" in Path(f"/proc/{pid}/cmdline").read_bytes():
                        return int(pid)
        return None

    def read(self, verb: str) -> list[dict[str, Any]]:
        """Return what a read verb of the collector's command line says."""
        opened = ["--open"] if verb in {"incidents", "detections"} else []
        command = [sys.executable, "-m", "lamplighter_collector", *verb.split(), *opened]
        done = subprocess.run(
            [*command, "--config", str(self.collector.config), "--json"], capture_output=True, check=True
        )
        found: list[dict[str, Any]] = json.loads(done.stdout)
        return found

    def wait_for_theme(self, theme: str, *, seconds: float = 60) -> dict[str, Any]:
        """Return the first incident of a theme once the collector has it."""
        return wait_for(
            lambda: next((found for found in self.read("incidents") if found["theme"] == theme), None),
            f"an incident of {theme}",
            seconds=seconds,
            step=0.2,
        )


@contextmanager
def running_stack(
    command: Path, *, opened: Callable[..., AbstractContextManager[Desktop]] = running_desktop, **without: Any
) -> Iterator[Stack]:
    """Run everything but the agent's service, which the test starts when its windows are ready.

    `without` goes to the desktop, which `opened` opens: `bus=False` and the like.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lamplighter-", dir="/var/tmp")))
        folder.chmod(0o755)
        for name in ("agent-state", "agent-run", "collector", "logs"):
            (folder / name).mkdir()
        account = pupil()
        owner = User(uid=account.uid, gid=account.gid) if os.getuid() == 0 else None
        desktop = stack.enter_context(opened(user=owner, **without))
        started = stack.enter_context(children(folder / "logs"))
        collector = start_collector(started, folder / "collector", SETTING)
        running = Stack(
            folder=folder,
            desktop=desktop,
            children=started,
            command=command,
            account=account,
            collector=collector,
        )
        running.enrol()
        yield running
