"""The agent as its MSI installs it into a wine of its own: what a technician does there, and then finds."""

import contextlib
import json
import os
import re
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from installers.windows.interpreter import windows_path
from installers.windows.names import product_code
from installers.windows.source import SERVICE
from tests.wine.prefix import Wine

THIS: Final = version("lamplighter-agent")
# What a technician put there before. Wine tells a service of another folder than C:\\ProgramData.
SETTINGS: Final = "# A technician was here.\n[paths]\nstate = 'C:\\ProgramData\\Lamplighter'\n"
# Everything is slow there: the lists alone take long to be read.
PATIENCE_S: Final = 180.0
MACHINE: Final = "HKEY_LOCAL_MACHINE\\Software"
_PRODUCTS: Final = f"{MACHINE}\\Microsoft\\Windows\\CurrentVersion\\Uninstall"


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """Where things are, and what they say; none of it need be there."""

    wine: Wine

    @property
    def folder(self) -> Path:
        return self.wine.drive / "Program Files" / "Lamplighter"

    @property
    def program(self) -> Path:
        return self.folder / "lamplighter-agent.exe"

    @property
    def settings(self) -> Path:
        return self.folder / "agent.toml"

    @property
    def state(self) -> Path:
        return self.wine.drive / "ProgramData" / "Lamplighter"

    def msiexec(self, verb: str, what: str | Path, *properties: str) -> int:
        """Have Windows Installer do something to an MSI or a product; 0 where it says that it did.

        By wine's own shell: files of this machine would be handed on to what an MSI starts, which takes none.
        """
        named = windows_path(what) if isinstance(what, Path) else what
        nowhere = ("<NUL", ">NUL", "2>NUL")
        return self.wine.ended("wine", "cmd", "/c", "msiexec", verb, named, "/qn", *properties, *nowhere)[0]

    def install(self, msi: Path, *given: str) -> None:
        """Install where nothing is but settings; raises `TimeoutError` where that ends otherwise."""
        self.folder.mkdir(exist_ok=True)
        self.settings.write_text(SETTINGS, encoding="utf-8")
        code = self.msiexec("/i", msi, *given)
        if code:
            raise TimeoutError(f"installing ended with {code}")

    def stop(self) -> None:
        """Stop the service, and wait: wine's Windows Installer stops it and does not, as Windows' does."""
        self.wine.run("wine", "sc", "stop", SERVICE)
        self.until("the end of the service", lambda: not self.processes("service"))
        self.until("the service to be stopped", lambda: "STOPPED" in self.service())

    def until(self, what: str, look: Any) -> None:
        self.wine.patiently(look, what, seconds=PATIENCE_S)

    def status(self) -> dict[str, Any]:
        """Return what the service last wrote of itself; empty where it has not."""
        with contextlib.suppress(OSError, ValueError):
            found: dict[str, Any] = json.loads((self.state / "status.json").read_text(encoding="utf-8"))
            return found
        return {}

    def service(self) -> str:
        """Return what the service manager says of the service."""
        return self.wine.run("wine", "sc", "query", SERVICE)

    def works(self) -> bool:
        """Tell whether the service runs, by the manager's word and its own, and has started its helper."""
        # Asked last: its word stays when it is killed.
        return bool(self.processes("session") and self.status()) and "RUNNING" in self.service()

    def is_product(self, version: str) -> bool:
        """Tell whether Windows lists a version among its programs."""
        return version in self.wine.run("wine", "reg", "query", f"{_PRODUCTS}\\{product_code(version)}")

    def processes(self, verb: str) -> list[int]:
        """Return the processes of a verb, as this machine knows them."""
        wanted = re.compile(rf"lamplighter-agent\.exe( -I -m lamplighter_agent)? {verb}\b")
        here = f"WINEPREFIX={self.wine.drive.parent}\0".encode()
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                if wanted.search(command.replace('"', "")) and here in (entry / "environ").read_bytes():
                    found.append(int(entry.name))
        return found

    def files(self) -> frozenset[Path]:
        """Return all that is on the drive."""
        return frozenset(self.wine.drive.rglob("*"))

    def ours(self) -> list[str]:
        """Return what is on the drive by our name, wherever."""
        paths = (file.relative_to(self.wine.drive).as_posix() for file in self.files())
        return [path for path in paths if "lamplighter" in path.casefold()]

    def registry(self) -> frozenset[str]:
        """Return the software's part of the registry: keys, and `key name=value`."""
        file = self.wine.folder / f"registry-{os.urandom(4).hex()}.reg"
        self.wine.run("wine", "regedit", "/E", windows_path(file), MACHINE)
        text = file.read_text(encoding="utf-16").replace("\\\r\n", "").replace("\\\n", "")
        found, key = set(), ""
        for line in text.splitlines():
            if line.startswith("["):
                key = line.strip("[]")
                found.add(key)
            elif line and key:
                found.add(f"{key} {line}")
        return frozenset(found)

    def holds(self, text: str) -> bool:
        """Tell whether any file of the drive, or the registry, has a text."""
        return any(has(file, text) for file in self.files()) or any(text in one for one in self.registry())


def has(file: Path, text: str) -> bool:
    """Tell whether a file has a text, as Windows may write it."""
    return file.is_file() and any(text.encode(code) in file.read_bytes() for code in ("utf-8", "utf-16-le"))
