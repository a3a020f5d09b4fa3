"""A school with one emulated laptop: a real collector outside, which the emulated network leads to."""

import contextlib
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.machine.carried import make_carried
from tests.machine.emulator import COLLECTOR_ADDRESS, Computer, running_computer
from tests.machine.image import PUPIL, base_image
from tests.machine.sticks import Stick
from tests.support.collector import Collector
from tests.support.waiting import wait_for

ASSET_TAG: Final = "AV-0042"
STATE: Final = "/var/lib/lamplighter"
COMMAND: Final = "/usr/bin/lamplighter-agent"
# Everything is slow there: the lists alone take long to be read.
PATIENCE: Final = 300.0


class OutsideCollector(Collector):
    """One that tells devices an address of the emulated network."""

    def write_config(self) -> None:
        super().write_config()
        (self.folder / "policy.toml").write_text('[acknowledgement]\nnotice = "on_paper"\n', encoding="utf-8")
        text = self.config.read_text(encoding="utf-8")
        for name, listen in (("ingest", self.ingest), ("enrolment", self.enrolment)):
            port = listen.rpartition(":")[2]
            if port != "0":
                public = f'[{name}]\npublic = "{COLLECTOR_ADDRESS}:{port}"\n'
                text = text.replace(f"[{name}]\n", public)
        text += '[bundles]\nfirst_policy = "policy.toml"\n'
        self.config.write_text(text, encoding="utf-8")

    @property
    def ports(self) -> tuple[int, ...]:
        return tuple(int(one.rpartition(":")[2]) for one in (self.ingest, self.enrolment))


@dataclass(slots=True, kw_only=True)
class School:
    """What runs, and what a technician asks of it."""

    computer: Computer
    collector: Collector
    sticks: dict[str, Stick] = field(default_factory=dict)

    # --- the laptop ---

    def status(self) -> dict[str, Any]:
        """Return what the service last wrote of itself; empty where it has not."""
        with contextlib.suppress(ValueError):
            found: dict[str, Any] = json.loads(self.computer.root.run("cat", f"{STATE}/status.json"))
            return found
        return {}

    def until(self, what: str, look: Any, *, seconds: float = PATIENCE) -> Any:
        return wait_for(look, what, seconds=seconds, step=0.5)

    def until_sensing(self) -> None:
        """Return once the service that runs now senses, and holds media."""

        def watches() -> bool:
            told = self.status()
            runs = str(told.get("pid")) == self.unit("MainPID")
            return bool(runs and told.get("sensing") and told["media"].get("enforced"))

        self.until("sensing", watches)

    def json(self, *arguments: str) -> Any:
        """Return what a program says in JSON."""
        return json.loads(self.computer.root.run(*arguments, check=True))

    def unit(self, name: str) -> str:
        """Return a property of the service's unit."""
        return self.computer.root.run(
            "systemctl", "show", "--value", f"--property={name}", "lamplighter-agent"
        ).strip()

    def media(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.status().get("media", {}).get("media", [])
        return found

    def until_decided(self, *steps: str) -> dict[str, Any]:
        """Return what is told of the one stick that is in, once one of `steps` is decided of it."""

        def decided() -> dict[str, Any] | None:
            inside = self.media()
            return inside[0] if len(inside) == 1 and inside[0]["step"] in steps else None

        try:
            found: dict[str, Any] = self.until(" or ".join(steps), decided)
        except AssertionError as error:
            raise AssertionError(f"{error}: {self.media()}") from error
        return found

    def mapped(self) -> bool:
        """Say whether a container is open."""
        return "crypt" in self.computer.root.run("lsblk", "--noheadings", "--output", "TYPE")

    # --- the pupil ---

    def mount(self, node: str, *more: str) -> str:
        """Mount as the file manager does; return where, or "" where that is refused."""
        said = self.computer.pupil.run("udisksctl", "mount", "--no-user-interaction", "-b", node, *more)
        return said.split(" at ")[1].strip().rstrip(".") if said.startswith("Mounted ") else ""

    # --- the collector ---

    def themes(self) -> set[str]:
        return {one["theme"] for one in self.collector.report("incidents")}

    def receipts(self, stick: Stick) -> list[dict[str, Any]]:
        """Return what the collector has of a stick, the newest first."""
        return [one for one in self.told("media", "receipts") if one["medium"] == stick.medium]

    def receipt(self, stick: Stick) -> dict[str, Any]:
        found: dict[str, Any] = self.until("a receipt", lambda: self.receipts(stick))[0]
        return found

    def told(self, *verb: str) -> list[dict[str, Any]]:
        """Return what a verb of the collector's command line answers."""
        answered: list[dict[str, Any]] = json.loads(self.collector.run(*verb, "--json"))
        return answered

    def grant(self, medium: str, *more: str) -> str:
        """Permit a medium to the pupil; the permission is on the laptop when this returns."""
        before = self.register()
        words = ["media", "grant", "--medium", medium, "--to", f"person:{PUPIL}", "--for", "2h"]
        (made,) = self.told(*words, "--reason", "a check", *(more or ("--read-write",)))
        self.until("the register on the laptop", lambda: self.register() > before)
        return str(made["id"])

    def register(self) -> int:
        return int(self.status().get("media", {}).get("register", {}).get("version") or 0)


@contextlib.contextmanager
def running_school() -> Iterator[School]:
    """Start all of it; the product lies ready on the laptop and is not installed yet."""
    with contextlib.ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="machine-")))
        image, carried = base_image(), make_carried(folder)
        collector = OutsideCollector(folder / "school")
        collector.folder.mkdir()
        # Once for its ports, and once with what devices are told of them.
        collector.start().stop()
        opened.enter_context(collector)
        computer = opened.enter_context(running_computer(image, carried, folder, forwarded=collector.ports))
        yield School(computer=computer, collector=collector)
