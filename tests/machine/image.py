"""The disk of the emulated computer: Debian 12 with a kernel, a booted systemd and a desktop.

Made by mmdebstrap from this machine's own package sources, as root, and turned into ext4 without a loop
device. It is kept in `.machine/`, named by what it is made of, and a run never writes to it. What changes
with each run (the product, the checks' own programs) comes on a second disk: see `carried.py`.
"""

import hashlib
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from installers.package.agent import FORMATS
from tests.support.chroot import UNSEEING
from tests.support.sources import ROOT

HERE: Final = Path(__file__).parent
KEPT: Final = ROOT / ".machine"
PUPIL: Final = "rowan"
PUPIL_UID: Final = 1000
_PACKAGES: Final = HERE / "packages.txt"
_SETUP: Final = HERE / "setup.sh"
_CUSTOMISE: Final = HERE / "customise.sh"
_SIZE: Final = "4G"
_LEFT_OUT: Final = ("doc", "man", "info", "locale")


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """What the emulator starts."""

    folder: Path

    @property
    def disk(self) -> Path:
        return self.folder / "root.ext4"

    @property
    def kernel(self) -> Path:
        return self.folder / "vmlinuz"

    @property
    def initrd(self) -> Path:
        return self.folder / "initrd.img"


def base_image() -> Image:
    """Return the image, made anew where its inputs changed; older ones are removed.

    Raises:
        subprocess.CalledProcessError: it can't be made.
    """
    image = Image(folder=KEPT / f"base-{_fingerprint()}")
    if not image.folder.exists():
        for older in KEPT.glob("base-*"):
            shutil.rmtree(older)
        KEPT.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="making-", dir=KEPT) as making:
            Path(making).chmod(0o755)
            made = Image(folder=Path(making) / "image")
            made.folder.mkdir()
            _make(Path(making) / "root", made)
            made.folder.rename(image.folder)
    return image


def packages() -> list[str]:
    """Return the names of the Debian packages in the image: its own, and what the agent's package asks for.

    Nothing is fetched in the computer, so what that one forgot to ask for is missing there.
    """
    lines = (line.partition("#")[0].strip() for line in _PACKAGES.read_text(encoding="utf-8").splitlines())
    asked = (one.partition(" |")[0] for one in FORMATS["deb"].depends)
    return sorted({*filter(None, lines), *asked})


def make_ext4(folder: Path, disk: Path, *, size: str, label: str) -> None:
    """Write a folder as an ext4 file system, owners and modes as they are."""
    subprocess.run(
        ["mke2fs", "-q", "-t", "ext4", "-L", label, "-d", str(folder), str(disk), size], check=True
    )


def _make(root: Path, image: Image) -> None:
    leave_out = [f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in _LEFT_OUT]
    subprocess.run(
        [
            *(*UNSEEING, "nice", "-n", "5", "mmdebstrap", "--mode=root", "--variant=minbase"),
            *leave_out,
            f"--include={','.join(packages())}",
            f'--setup-hook=sh -eu {_SETUP} "$1"',
            f'--customize-hook=sh -eu {_CUSTOMISE} "$1" {PUPIL} {PUPIL_UID}',
            *("bookworm", str(root), *map(str, _sources())),
        ],
        check=True,
        env={**os.environ, "SOURCE_DATE_EPOCH": "0"},
    )
    for name, copy in (("vmlinuz-*", image.kernel), ("initrd.img-*", image.initrd)):
        (found,) = (root / "boot").glob(name)
        shutil.copyfile(found, copy)
    make_ext4(root, image.disk, size=_SIZE, label="machine")


def _sources() -> list[Path]:
    """Return where this machine gets its Debian packages from."""
    apt = Path("/etc/apt")
    listed = [apt / "sources.list", *sorted((apt / "sources.list.d").iterdir())]
    return [one for one in listed if one.is_file() and one.suffix in {".list", ".sources"}]


def _fingerprint() -> str:
    digest = hashlib.sha256(" ".join(packages()).encode())
    for path in (_SETUP, _CUSTOMISE, Path(__file__)):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
