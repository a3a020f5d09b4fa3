"""What the tests of a release share: its artefacts, in `dist/`, as `make release` made them."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from installers.package.build import package
from tests.support.chroot import Chroot
from tests.support.sources import ROOT

Artefact = Callable[[str, str], Path]
DIST = ROOT / "dist"


@pytest.fixture(scope="session")
def dist() -> Path:
    assert (DIST / "SHA256SUMS").is_file(), "make release comes first"
    return DIST


@pytest.fixture(scope="session")
def released(dist: Path) -> Artefact:
    """The package of a program ("agent", "collector") in a format."""

    def find(name: str, kind: str) -> Path:
        (found,) = dist.glob(f"lamplighter-{name}[-_]*.{kind}")
        return found

    return find


@pytest.fixture(scope="session")
def newer(released: Artefact, tmp_path_factory: pytest.TempPathFactory) -> Artefact:
    """A later version of it, 0.1.1: the same program, taken out of the package."""

    def make(name: str, kind: str) -> Path:
        folder = tmp_path_factory.mktemp("newer")
        subprocess.run(
            ["dpkg-deb", "--extract", str(released(name, "deb")), str(folder / "root")], check=True
        )
        program = folder / f"lamplighter-{name}"
        shutil.move(folder / "root/usr/lib" / program.name / "shipped", program)
        (program / "version").unlink()
        return package(name, kind, folder, program=program, version="0.1.1", compression="none")

    return make


@pytest.fixture
def debian() -> Iterator[Chroot]:
    with Chroot() as clean:
        yield clean
