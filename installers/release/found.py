"""What a frozen program really contains: looked for in its folder, not taken from what was asked for."""

import hashlib
import re
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import Final

from packaging.utils import canonicalize_name

from installers.closure import OURS, locked, needed
from installers.release.licences import licence_of

ROOT: Final = Path(__file__).parents[2]
_TEXTS: Final = re.compile(r"(LICEN[CS]E|COPYING|NOTICE|COPYRIGHT|AUTHORS)", re.IGNORECASE)
_DOCUMENTS: Final = Path("/usr/share/doc")
_WORDS: Final = "lamplighter_keywords/shipped/vocabulary.bin"
# The system's libraries, by the start of their names: Debian's package that has the text, and its licence.
_NATIVE: Final = {
    "libbz2": ("libbz2-1.0", "bzip2-1.0.6"),
    "libcom_err": ("libcom-err2", "MIT"),
    "libcrypt.": ("libcrypt1", "LGPL-2.1-or-later"),
    "libcrypt-": ("libcrypt1", "LGPL-2.1-or-later"),
    "libcrypto": ("libssl3", "Apache-2.0"),
    "libexpat": ("libexpat1", "MIT"),
    "libffi": ("libffi8", "MIT"),
    "libgssapi_krb5": ("libgssapi-krb5-2", "MIT"),
    "libk5crypto": ("libk5crypto3", "MIT"),
    "libkeyutils": ("libkeyutils1", "LGPL-2.1-or-later"),
    "libkrb5support": ("libkrb5support0", "MIT"),
    "libkrb5": ("libkrb5-3", "MIT"),
    "liblber": ("libldap-2.5-0", "OLDAP-2.8"),
    "libldap": ("libldap-2.5-0", "OLDAP-2.8"),
    "liblzma": ("liblzma5", "LicenseRef-public-domain"),
    "libpq": ("libpq5", "PostgreSQL"),
    "libsasl2": ("libsasl2-2", "BSD-Attribution-HPND-disclaimer"),
    "libsqlite3": ("libsqlite3-0", "blessing"),
    "libssl": ("libssl3", "Apache-2.0"),
    "libuuid": ("libuuid1", "BSD-3-Clause"),
    "libz.": ("zlib1g", "Zlib"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A part of an artefact. `hashes` are SHA-256 in hex; `texts` what must be shipped, by file."""

    name: str
    version: str = ""
    licence: str = ""
    purl: str = ""
    kind: str = "library"
    hashes: tuple[str, ...] = ()
    texts: tuple[tuple[str, str], ...] = ()
    # False: not in the artefact, which needs it of the system.
    bundled: bool = True


def contents(folder: Path) -> list[Component]:
    """Return the interpreter, distributions and native libraries in the folder of a frozen program."""
    held = {str(path.relative_to(folder)) for path in _files(folder)}
    inside = folder / "_internal"
    distributions = [one for one in metadata.distributions() if is_held(one, held)]
    found = [distribution(one) for one in distributions]
    words = [frequencies(path.read_bytes()) for path in [inside / _WORDS] if path.is_file()]
    parts = sorted([*found, *_natives(inside), *words], key=lambda one: one.name.lower())
    python = interpreter(sorted(inside.glob("libpython*.so*")))
    return [bootloader(folder / folder.name), python, *parts]


def of_wheel(wheel: Path) -> tuple[str, list[Component]]:
    """Return whose wheel of ours it is, and its parts: it brings no library, and needs its closure."""
    name = canonicalize_name(wheel.name.partition("-")[0])
    with zipfile.ZipFile(wheel) as opened:
        words = [opened.read(file) for file in opened.namelist() if file.endswith(_WORDS)]
    others = [
        replace(distribution(metadata.distribution(one)), bundled=False) for one in sorted(needed(name))
    ]
    return name, [distribution(metadata.distribution(name)), *map(frequencies, words), *others]


def needs(fields: str) -> list[Component]:
    """Return what a Debian package depends on, by its field Depends; of alternatives each."""
    names = {re.split(r"[\s(:]", one.strip())[0] for one in re.split(r"[,|]", fields) if one.strip()}
    return [Component(name=name, purl=f"pkg:deb/debian/{name}", bundled=False) for name in sorted(names)]


def needs_of_fedora(lines: str) -> list[Component]:
    """Return what a package for Fedora requires, by rpm's list of it, without rpm's own abilities."""
    names = {line.split()[0] for line in lines.splitlines() if line.strip()}
    wanted = sorted(one for one in names if not one.startswith(("rpmlib(", "/")))
    return [Component(name=name, purl=f"pkg:rpm/fedora/{name}", bundled=False) for name in wanted]


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def is_held(one: metadata.Distribution, held: set[str]) -> bool:
    """Say whether a distribution is in a frozen program that has these files."""
    if canonicalize_name(one.name).startswith(OURS):
        return any(name.startswith(f"_internal/{one.name.replace('-', '_')}/") for name in held)
    for file in one.files or []:
        if file.suffix in {".py", ".so", ".pyd"} and ".." not in file.parts:
            name = f"_internal/{file}"
            if name in held or (name.endswith(".py") and f"{name}c" in held):
                return True
    return False


def distribution(one: metadata.Distribution) -> Component:
    """Describe a library of Python's, or one of ours, by what it says of itself."""
    name = canonicalize_name(one.name)
    ours = name.startswith(OURS)
    texts = [(file.name, file.read_text()) for file in one.files or [] if _is_text(file)]
    if ours:
        texts = [("LICENSE", (ROOT / "LICENSE").read_text(encoding="utf-8"))]
    return Component(
        name=name,
        version=one.version,
        licence="EUPL-1.2" if ours else licence_of(name, one.metadata),
        purl=f"pkg:pypi/{name}@{one.version}",
        hashes=tuple(sorted(set(re.findall(r"--hash=sha256:([0-9a-f]{64})", locked({name}))))),
        texts=tuple(sorted(texts)),
    )


def _is_text(file: metadata.PackagePath) -> bool:
    return bool(_TEXTS.match(file.name)) and file.suffix not in {".py", ".pyc", ".pyi"}


def bootloader(program: Path) -> Component:
    """Describe PyInstaller's part, in C, that a program begins with."""
    one = metadata.distribution("pyinstaller")
    return Component(
        name="PyInstaller bootloader",
        version=one.version,
        licence="GPL-2.0-or-later WITH Bootloader-exception",
        purl=f"pkg:pypi/pyinstaller@{one.version}",
        hashes=tuple(hash_of(path) for path in [program] if path.is_file()),
        texts=tuple((file.name, file.read_text()) for file in one.files or [] if _is_text(file)),
    )


def interpreter(libraries: Sequence[Path]) -> Component:
    """Describe CPython, of which these are the libraries."""
    version = sys.version.split()[0]
    text = Path(sysconfig.get_path("stdlib")) / "LICENSE.txt"
    return Component(
        name="CPython",
        version=version,
        licence="PSF-2.0",
        purl=f"pkg:generic/python@{version}",
        kind="platform",
        hashes=tuple(map(hash_of, libraries)),
        texts=((text.name, text.read_text(encoding="utf-8")),) if text.exists() else (),
    )


def frequencies(made: bytes) -> Component:
    """Describe what is known of languages' words: data that somebody else counted, under another licence."""
    notice = ROOT / "keyword_lists/NOTICE"
    return Component(
        name="wordfreq's frequencies, as a filter",
        version="3.1.1",
        licence="CC-BY-SA-4.0",
        purl="pkg:pypi/wordfreq@3.1.1",
        kind="data",
        hashes=(hashlib.sha256(made).hexdigest(),),
        texts=((notice.name, notice.read_text(encoding="utf-8")),),
    )


def _natives(inside: Path) -> Iterator[Component]:
    """The system's own are at the top; a distribution keeps those that it brings in a folder `NAME.libs`."""
    for path in sorted([*inside.glob("*.so*"), *inside.glob("*.libs/*.so*")]):
        if path.name.startswith("lib") and not path.name.startswith("libpython") and not path.is_symlink():
            package, licence = next((_NATIVE[one] for one in _NATIVE if path.name.startswith(one)), ("", ""))
            text = _DOCUMENTS / package / "copyright"
            found = package and text.exists()
            # A distribution's own copy is of a version that nothing here tells.
            version = _version(package) if path.parent == inside and found else ""
            yield Component(
                name=path.name,
                version=version,
                licence=licence,
                purl=f"pkg:deb/debian/{package}@{version.replace(':', '%3A').replace('+', '%2B')}"
                if version
                else "",
                hashes=(hash_of(path),),
                texts=((text.name, text.read_text(encoding="utf-8")),) if found else (),
            )


def _version(package: str) -> str:
    command = ["dpkg-query", "--show", "--showformat=${Version}", package]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def hash_of(path: Path) -> str:
    """Return a file's SHA-256 in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
