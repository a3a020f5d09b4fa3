"""Makes a package: freezes the program, writes the papers, and has nfpm put it together."""

import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Final

from installers.frozen.build import build as freeze
from installers.frozen.contents import PROGRAMS
from installers.package import documents
from installers.package.agent import agent
from installers.package.collector import collector
from installers.package.frame import LINUX, Made
from installers.package.nfpm import Package
from installers.release.found import contents
from installers.release.report import notices

NFPM: Final = Path(sys.executable).with_name("nfpm")
KINDS: Final = {"agent": ("deb", "rpm"), "collector": ("deb", "rpm")}


def package(
    name: str,
    kind: str,
    out: Path,
    *,
    program: Path | None = None,
    version: str = "",
    compression: str = "xz",
) -> Path:
    """Make the package `name` ("agent", "collector") of one format in `out` and return it.

    `program` is its frozen folder where there is one already; `version` another one than its distribution's;
    `compression` is nfpm's word for it. Raises LicenceRefused where a part may not be shipped, RuntimeError
    with what nfpm says.
    """
    distribution = PROGRAMS[name].distribution
    version = version or metadata.version(distribution)
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="package-") as folder:
        work = Path(folder)
        held = freeze(PROGRAMS[name], work) if program is None else program
        made = Made(
            program=held,
            documents=_documents(name, version, held, work),
            scripts=_scripts(LINUX / name / kind, version, work),
            version=version,
            glibc=platform.libc_ver()[1],
        )
        what = _DESCRIBED[name](kind, made)
        what = replace(what, compression=compression, maintainer=documents.maintainer())
        return _by_nfpm(what, kind, out, work)


_DESCRIBED: Final = {"agent": agent, "collector": collector}


def _documents(name: str, version: str, program: Path, work: Path) -> Path:
    distribution = PROGRAMS[name].distribution
    parts = contents(program)
    folder = work / "documents"
    folder.mkdir()
    (folder / "version").write_text(f"{version}\n", encoding="utf-8")
    (folder / "copyright").write_text(documents.copyright_of(distribution, parts), encoding="utf-8")
    (folder / "bundled.md.gz").write_bytes(documents.packed(notices(distribution, parts)))
    (folder / "changelog.gz").write_bytes(documents.packed(documents.changelog(distribution, version)))
    (folder / f"{distribution}.8.gz").write_bytes(documents.page(LINUX / name / f"{distribution}.8", version))
    return folder


def _scripts(source: Path, version: str, work: Path) -> Path:
    folder = work / "scripts"
    folder.mkdir()
    for script in sorted(source.iterdir()):
        text = script.read_text(encoding="utf-8").replace("@VERSION@", version)
        (folder / script.name).write_text(text, encoding="utf-8")
    return folder


def _by_nfpm(what: Package, kind: str, out: Path, work: Path) -> Path:
    configuration = work / "nfpm.json"
    configuration.write_text(what.configuration(), encoding="utf-8")
    environment = os.environ | {"SOURCE_DATE_EPOCH": str(int(documents.now()))}
    done = subprocess.run(
        [str(NFPM), "package", "--config", str(configuration), "--packager", kind, "--target", str(out)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    made = re.search(r"created package: (.+)", done.stdout)
    if done.returncode or made is None:
        raise RuntimeError(f"nfpm: {done.stderr.strip() or done.stdout.strip()}")
    return Path(shutil.move(made[1].strip(), out / Path(made[1].strip()).name))
