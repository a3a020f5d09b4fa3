"""Names that Windows Installer knows our files by: the same in each build, so that an upgrade is one. Pure.

A component's GUID comes from where its file is installed, never from what is in it; the product's from the
version. So a detection rule can be written down before there is a build.
"""

import re
import uuid
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Final

PRODUCT: Final = "Lamplighter safeguarding agent"
MANUFACTURER: Final = "Lamplighter"
UPGRADE_CODE: Final = "{D1230FEA-92B5-5F52-A5C7-9406C11D2F61}"
_SPACE: Final = uuid.UUID("5d0a2c1e-7f0b-4f5c-9a53-0f6c1d9b7e42")
_SHORT: Final = re.compile(r"[A-Z0-9_-]{1,8}(\.[A-Z0-9_-]{1,3})?")
# A field of Windows Installer's version is no larger.
_LARGEST: Final = (255, 255, 65535)


def component_code(path: PurePosixPath) -> str:
    """Return the GUID of the component that installs `path`, which Windows compares without case."""
    return _guid(f"component {path.as_posix().casefold()}")


def product_code(version: str) -> str:
    """Return the GUID of the product of a version: what Intune's detection rule names."""
    return _guid(f"product {product_version(version)}")


def product_version(version: str) -> str:
    """Return the three numbers that Windows Installer compares; raises ValueError where there are none."""
    found = re.fullmatch(r"(\d+)\.(\d+)\.(\d+)", version)
    if found is None:
        raise ValueError(f"{version} is no version of three numbers: Windows Installer could not compare it")
    if any(int(part) > largest for part, largest in zip(found.groups(), _LARGEST, strict=True)):
        raise ValueError(f"{version} is too large for Windows Installer")
    return version


def key(kind: str, path: PurePosixPath) -> str:
    """Return the name of a row about `path`."""
    return f"{kind}{uuid.uuid5(_SPACE, path.as_posix().casefold()).hex}"


def short_names(names: Iterable[str]) -> Mapping[str, str]:
    """Return each file name of a folder as Windows Installer writes it: that of 8 and 3, then the long."""
    found, taken = {}, set[str]()
    for number, name in enumerate(sorted(names)):
        short = name.upper() if _SHORT.fullmatch(name.upper()) else _made(number, name)
        if short in taken:
            raise ValueError(f"two files of a folder would both be {short}")
        taken.add(short)
        found[name] = name if short == name else f"{short}|{name}"
    return found


def _made(number: int, name: str) -> str:
    ending = re.sub(r"[^A-Z0-9]", "", PurePosixPath(name).suffix.upper())[:3]
    # A tilde is in no name that fits as it is.
    return f"L{number:05}~1" + (f".{ending}" if ending else "")


def _guid(of: str) -> str:
    return f"{{{str(uuid.uuid5(_SPACE, of)).upper()}}}"
