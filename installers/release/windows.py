"""What the MSI of the agent contains: what it unpacks to, by the wheels that it was frozen of."""

import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Final

from packaging.utils import canonicalize_name

from installers.release.found import (
    Component,
    bootloader,
    distribution,
    frequencies,
    hash_of,
    interpreter,
    is_held,
)

# A Windows is not asked for them: our program loads the ones beside it.
_MICROSOFT: Final = """Microsoft Distributable Code, copyright Microsoft Corporation, as the makers of CPython
and of the wheels ship it: unaltered, with a program for Windows. The terms are Microsoft's, for the
redistributable files of Visual C++.
"""
# By the start of their names; the licence of the first comes with Debian's package of it.
_NATIVE: Final = {
    "libffi": "MIT",
    "msvcp140": "LicenseRef-Microsoft-Distributable-Code",
    "vcruntime140": "LicenseRef-Microsoft-Distributable-Code",
}
_FFI_TEXT: Final = Path("/usr/share/doc/libffi8/copyright")


def of_msi(msi: Path, wheels: Path) -> list[Component]:
    """Return the parts of an MSI whose program was frozen of our distributions and the wheels in a folder."""
    with tempfile.TemporaryDirectory(prefix="msi-") as work:
        subprocess.run(["msiextract", "--directory", work, str(msi)], stdout=subprocess.DEVNULL, check=True)
        (program,) = Path(work).rglob("lamplighter-agent.exe")
        return [bootloader(program), *_inside(program.parent, wheels)]


def _inside(folder: Path, wheels: Path) -> Iterator[Component]:
    held = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    inside = folder / "_internal"
    yield interpreter(sorted(inside.glob("python3*.dll")))
    for one in [*_from_wheels(wheels), *_ours()]:
        if is_held(one, held):
            yield distribution(one)
    words = inside / "lamplighter_keywords/shipped/vocabulary.bin"
    if words.is_file():
        yield frequencies(words.read_bytes())
    for path in sorted([*inside.glob("*.dll"), *inside.glob("*.libs/*.dll")]):
        if not path.name.startswith("python3"):
            yield _native(path)


def _from_wheels(folder: Path) -> Iterator[metadata.Distribution]:
    for wheel in sorted(folder.glob("*.whl")):
        within = zipfile.Path(wheel)
        about = next(one for one in within.iterdir() if one.name.endswith(".dist-info"))
        yield metadata.PathDistribution(about)


def _ours() -> Iterator[metadata.Distribution]:
    for one in metadata.distributions():
        if canonicalize_name(one.name).startswith("lamplighter-"):
            yield one


def _native(path: Path) -> Component:
    name = path.name.lower()
    licence = next((word for start, word in _NATIVE.items() if name.startswith(start)), "")
    text = _FFI_TEXT.read_text(encoding="utf-8") if licence == "MIT" else _MICROSOFT
    return Component(name=path.name, licence=licence, hashes=(hash_of(path),), texts=(("terms", text),))
