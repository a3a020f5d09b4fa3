"""The real pair of processes on a real desktop: service and session helper, started by their real command.

As root the agent's wheels are installed into a root-owned, world-readable folder, the service is root and the
helper becomes `nobody` with the group `games` as its primary one: accounts that every machine has, so that a
test changes nothing outside its folders. As an ordinary user both are that user.
"""

import contextlib
import grp
import json
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lamplighter_keywords.policy.device_policy import DevicePolicy

from installers.quickstart.agent_install import install_agent
from installers.quickstart.virtual_desktop.desktop import Desktop, User
from tests.support.identities import enrolled, issued_by
from tests.support.school import SCHOOL, SchoolAuthority
from tests.support.waiting import wait_for

ASSET_TAG = "AV-1"
USER = "nobody"
GROUP = "games"
ROOT = os.getuid() == 0
START_SECONDS = 60


def desktop_user() -> User | None:
    """Return who the desktop must belong to: nobody, as root; else ourselves."""
    if not ROOT:
        return None
    entry = pwd.getpwnam(USER)
    return User(uid=entry.pw_uid, gid=entry.pw_gid)


def helper_gid() -> int:
    """Return the primary group that the helper must have."""
    return grp.getgrnam(GROUP).gr_gid if ROOT else os.getgid()


@contextlib.contextmanager
def installed_agent() -> Iterator[list[str]]:
    """Give the agent's command: as root from wheels in a folder that the helper's user can execute."""
    if not ROOT:
        yield [sys.executable, "-m", "lamplighter_agent"]
        return
    folder = Path(tempfile.mkdtemp(prefix="lamplighter-agent-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        yield [str(install_agent(folder / "agent"))]
    finally:
        shutil.rmtree(folder)


@dataclass(slots=True, kw_only=True)
class Pair:
    """A running service with its helper. `restart` after `service.kill()` starts it on the same state."""

    command: Sequence[str]
    folder: Path
    config: Path
    service: subprocess.Popen[bytes]
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def state(self) -> Path:
        return self.folder / "state"

    @property
    def socket(self) -> Path:
        return self.folder / "run" / "service.sock"

    def status(self) -> dict[str, Any]:
        """Return what the service last wrote of itself; empty before."""
        try:
            found: dict[str, Any] = json.loads((self.state / "status.json").read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return found if found["pid"] == self.service.pid else {}

    def wait_until_sensing(self) -> dict[str, Any]:
        def look() -> dict[str, Any] | None:
            assert self.service.poll() is None, self.log()
            found = self.status()
            return found if found.get("sensing") else None

        return wait_for(look, "the agent sensing", seconds=START_SECONDS)

    def wait_for_loss(self, reason: str, count: int = 1) -> None:
        wait_for(lambda: self.status().get("losses", {}).get(reason, 0) >= count, f"loss {reason}")

    def helper_pid(self) -> int:
        """Return the pid of the service's only child."""
        return int(wait_for(lambda: children_of(self.service.pid), "a helper")[0])

    def log(self) -> str:
        return (self.folder / "service.log").read_text(errors="replace")

    def stop(self) -> int:
        self.service.terminate()
        return self.service.wait(timeout=20)


def enrol(command: Sequence[str], config: Path, token: Mapping[str, str], *, asset_tag: str) -> None:
    """Enrol by the real verb."""
    told = ["--collector", token["collector"], "--pin", token["pin"], "--asset-tag", asset_tag]
    whole = [*command, "enrol", "--config", str(config), *told, "--token-file", "-"]
    done = subprocess.run(whole, input=token["token"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def children_of(pid: int) -> list[int]:
    """Return the child processes of a process."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except FileNotFoundError:
        return []


@contextlib.contextmanager
def running_pair(
    command: Sequence[str],
    desktop: Desktop | None,
    *,
    token: Mapping[str, str] | None = None,
    more: str = "",
    policy: DevicePolicy | None = None,
    keywords: bytes | None = None,
    group: str = "pupils",
    arguments: Sequence[str] = (),
    **options: Any,
) -> Iterator[Pair]:
    """Run the pair on a desktop, enrolled by `token` as `lamplighter-collector tokens issue` prints it.

    Without a token its collector does not answer, and the spool keeps everything; its lists (the shipped
    ones, or `keywords`) and `policy` are signed and installed already.
    """
    folder = Path(tempfile.mkdtemp(prefix="lamplighter-pair-", dir="/tmp"))
    folder.chmod(0o755)
    config = folder / "agent.toml"
    config.write_text(_config(folder, desktop) + more)
    if token is None:
        issued = issued_by(SchoolAuthority(SCHOOL), ASSET_TAG, group=group)
        enrolled(folder / "state", issued, policy=policy, keywords=keywords)
    else:
        enrol(command, config, token, asset_tag=ASSET_TAG)
    log = (folder / "service.log").open("ab")
    service = subprocess.Popen(
        [*command, "service", "--config", str(config), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
        **options,
    )
    log.close()
    pair = Pair(command=command, folder=folder, config=config, service=service, options=options)
    try:
        yield pair
    finally:
        if pair.service.poll() is None:
            pair.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _config(folder: Path, desktop: Desktop | None) -> str:
    tables: dict[str, dict[str, str]] = {
        "paths": {"state": str(folder / "state"), "runtime": str(folder / "run")},
    }
    if desktop is not None:
        wanted = {"DISPLAY": "display", "XAUTHORITY": "xauthority"}
        wanted |= {name: name.lower() for name in ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR")}
        known = desktop.environment
        tables["desktop"] = {key: known[name] for name, key in wanted.items() if known.get(name)}
        if ROOT:
            tables["desktop"]["user"] = USER
    if ROOT:
        tables["session"] = {"group": GROUP}
    return "".join(
        f"[{name}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in table.items())
        for name, table in tables.items()
    )
