"""Makes the MSI of a folder: wixl, then msibuild for what wixl can't say."""

import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from installers.windows import tables
from installers.windows.file_version import file_version
from installers.windows.source import FILES, SETTINGS, source
from installers.windows.tables import Table

_NO_SETTINGS = (
    "# What a technician sets on this device; agent/README.md has the keys. Empty: all as shipped.\n"
    "# An upgrade leaves this file as it is.\n"
)


def package(folder: Path, version: str, to: Path) -> Path:
    """Write the MSI that installs all files of `folder`; raises ValueError for a version it can't have."""
    with tempfile.TemporaryDirectory(prefix="lamplighter-msi-") as work:
        found = {PurePosixPath(one.relative_to(folder).as_posix()): one for one in _files(folder)}
        settings = Path(work) / SETTINGS.name
        settings.write_text(_NO_SETTINGS, encoding="utf-8")
        links = Path(work) / FILES
        # wixl takes every file from below one folder.
        for path, file in {**found, SETTINGS: settings}.items():
            (links / path).parent.mkdir(parents=True, exist_ok=True)
            (links / path).symlink_to(file.resolve())
        paths = sorted({*found, SETTINGS})
        wxs = Path(work) / "agent.wxs"
        wxs.write_bytes(source(paths, version))
        to.unlink(missing_ok=True)
        _run("wixl", "--arch", "x64", "--output", str(to), str(wxs))
        _complete(to, {path: file_version((links / path).read_bytes()) for path in paths}, Path(work))
    return to


def _files(folder: Path) -> Sequence[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def _complete(msi: Path, versions: Mapping[PurePosixPath, str], work: Path) -> None:
    folders = {parent for path in versions for parent in path.parents} - {PurePosixPath()}
    changed = (
        tables.files(exported(msi, "File"), versions),
        tables.directories(exported(msi, "Directory"), folders),
        tables.components(exported(msi, "Component")),
        tables.registry(exported(msi, "Registry")),
    )
    for table in changed:
        file = work / f"{table.name}.idt"
        file.write_bytes(table.text().encode())
        _run("msibuild", str(msi), "-i", str(file))
    for statement in tables.statements():
        _run("msibuild", str(msi), "-q", statement)


def exported(msi: Path, table: str) -> Table:
    """Return one table of an MSI."""
    return Table.read(table, _run("msiinfo", "export", str(msi), table))


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ChildProcessError(f"{command[0]} ended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout
