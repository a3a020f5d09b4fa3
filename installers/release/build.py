"""Makes every artefact of a release, each by its own way, then what is said about them."""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from installers.frozen.build import build as freeze
from installers.frozen.contents import PROGRAMS
from installers.package.build import KINDS, package
from installers.package.documents import now
from installers.release.finished import refuse_artefacts
from installers.release.found import (
    ROOT,
    Component,
    contents,
    distribution,
    needs,
    needs_of_fedora,
    of_wheel,
)
from installers.release.report import bill, notices, refuse
from installers.release.signing import Signer, sign
from installers.release.windows import of_msi


class StepFailed(Exception):
    """An artefact could not be made; says which, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One artefact's making."""

    name: str
    make: Callable[[], object]


def release(out: Path, signer: Signer, *, organisation: str, team: str) -> Path:
    """Fill `out` and return its checksums; raises StepFailed, and then there are none."""
    with tempfile.TemporaryDirectory(prefix="release-") as folder:
        run(steps(out, Path(folder), organisation=organisation, team=team))
    # What makes wheels puts it there, for folders that Git looks at; checksums would ask for it.
    (out / ".gitignore").unlink(missing_ok=True)
    if not signer.is_test:
        run([Step(name="signature", make=partial(refuse_artefacts, out))])
    return sign(out, signer)


def run(wanted: Sequence[Step]) -> None:
    """Run each step, the first fault ends it; raises StepFailed."""
    for step in wanted:
        print(f"{step.name} ...", flush=True)
        try:
            step.make()
        except Exception as fault:
            raise StepFailed(f"{step.name}: {fault}") from fault


def steps(out: Path, work: Path, *, organisation: str, team: str) -> list[Step]:
    """Return what a release consists of, in order; the MSI where this tree can make it."""
    mac = ["--organisation", organisation, "--team", team, str(out / "macos")]
    found = [
        Step(name="wheels", make=partial(_wheels, out)),
        Step(name="macOS lists", make=partial(_macos, out, mac)),
    ]
    if find_spec("installers.windows"):
        found.append(Step(name="agent MSI", make=partial(_msi, out)))
    for name in PROGRAMS:
        found.append(Step(name=f"{name} program", make=partial(_program, name, work)))
        found += [
            Step(name=f"{name} .{kind}", make=partial(_package, name, kind, out, work))
            for kind in KINDS[name]
        ]
    return found


def _wheels(out: Path) -> None:
    _command("make", "wheels")
    for wheel in sorted(out.glob("*.whl")):
        name, parts = of_wheel(wheel)
        _say(wheel, name, parts)


def _macos(out: Path, words: Sequence[str]) -> None:
    _command(sys.executable, "-m", "installers.macos", *words)
    # Written by us, and nothing of others in them.
    ours = distribution(metadata.distribution("lamplighter-agent"))
    for file in sorted(path for path in (out / "macos").rglob("*") if path.is_file()):
        _say(file, ours.name, [ours])


def _msi(out: Path) -> None:
    _command("make", "msi")
    (made,) = out.glob("*.msi")
    _say(made, "lamplighter-agent", of_msi(made, ROOT / ".wine" / "freezing"))


def _program(name: str, work: Path) -> None:
    # Before anything is packed: a licence that forbids it ends the release here.
    refuse(contents(freeze(PROGRAMS[name], work)))


def _package(name: str, kind: str, out: Path, work: Path) -> None:
    program = work / PROGRAMS[name].name
    describe(package(name, kind, out, program=program), program)


_NEEDS: Final = {
    ".deb": (("dpkg-deb", "--field"), ("Depends",), needs),
    ".rpm": (("rpm", "--query", "--requires", "--package"), (), needs_of_fedora),
}


def describe(artefact: Path, program: Path) -> None:
    """Write beside a package what it contains, `program` and what it needs, and the licences."""
    before, after, read = _NEEDS[artefact.suffix]
    parts = [*contents(program), *read(_command(*before, str(artefact), *after))]
    _say(artefact, PROGRAMS[program.name.removeprefix("lamplighter-")].distribution, parts)


def _say(artefact: Path, distribution: str, parts: Sequence[Component]) -> None:
    ours = next(one for one in parts if one.name == distribution)
    whole = Component(name=artefact.name, version=ours.version, licence=ours.licence, kind="application")
    for ending, text in (
        ("cdx.json", bill(whole, parts, seconds=now())),
        ("licences.md", notices(artefact.name, parts)),
    ):
        artefact.with_name(f"{artefact.name}.{ending}").write_text(text, encoding="utf-8")


def _command(*words: str) -> str:
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError((done.stderr or done.stdout).strip()[-2000:] or f"ended with {done.returncode}")
    return done.stdout
