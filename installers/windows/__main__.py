"""Makes the MSI: `make msi`, or `python -m installers.windows OUT` where the wheels are in OUT.

Without a certificate in the settings (see `signing.py`) the file's name ends with `-test-signed`.
"""

import argparse
import os
import shutil
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from installers.windows.freeze import NAME, freeze
from installers.windows.interpreter import COMPILER
from installers.windows.names import PRODUCT
from installers.windows.package import package
from installers.windows.signing import SigningRefused, signer

_TOOLS = ("wixl", "msibuild", "osslsigncode")
_FREEZERS = ("wine", "wineboot", COMPILER)
_WHEELS = ("protos", "keywords", "agent")


def main(words: list[str] | None = None) -> int:
    """Write into a folder; return 2 where something is missing or a setting is refused."""
    parser = argparse.ArgumentParser(prog="python -m installers.windows", description=__doc__)
    parser.add_argument("out", type=Path, help="holds our wheels; the MSI is written there")
    parser.add_argument("--frozen", type=Path, help="a folder of the agent that was frozen before")
    said = parser.parse_args(words)
    tools = _TOOLS if said.frozen else (*_TOOLS, *_FREEZERS)
    missing = [tool for tool in tools if shutil.which(tool) is None]
    if missing:
        sys.stderr.write(f"needs {', '.join(missing)}: see installers/linux/wine.txt and packages.txt\n")
        return 2
    try:
        print(build(said.out, version("lamplighter-agent"), frozen=said.frozen))
    except (SigningRefused, FileNotFoundError, ChildProcessError) as refused:
        sys.stderr.write(f"{refused}\n")
        return 2
    return 0


def build(out: Path, number: str, *, frozen: Path | None = None) -> Path:
    """Return the MSI in `out`, signed, its program too; raises `SigningRefused` or `ChildProcessError`."""
    with tempfile.TemporaryDirectory(prefix="lamplighter-msi-") as folder:
        work = Path(folder)
        # Before the long part, so that settings which are half are refused at once.
        by = signer(os.environ, work)
        if frozen is None:
            wheels = [_wheel(out, name, number) for name in _WHEELS]
            payload = freeze(work / "frozen", wheels)
        else:
            payload = shutil.copytree(frozen, work / "frozen" / NAME)
        by.sign(payload / f"{NAME}.exe", PRODUCT)
        made = package(payload, number, work / f"{NAME}.msi")
        by.sign(made, PRODUCT)
        to = out / f"{NAME}-{number}-x64{'-test-signed' if by.is_test else ''}.msi"
        shutil.move(made, to)
    return to


def _wheel(folder: Path, name: str, number: str) -> Path:
    found = folder / f"lamplighter_{name}-{number}-py3-none-any.whl"
    if not found.exists():
        raise FileNotFoundError(f"{found} is not there: `make wheels`")
    return found


if __name__ == "__main__":
    sys.exit(main())
