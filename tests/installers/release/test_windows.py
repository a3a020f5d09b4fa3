"""What an MSI contains, of one that is made here: found by what it unpacks to, not by what was asked for."""

import zipfile
from pathlib import Path

import pytest

from installers.release.licences import LicenceRefused
from installers.release.report import notices
from installers.release.windows import of_msi
from installers.windows.package import package


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    """Two published wheels, of which one is frozen in the program."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    for name in ("colorama", "altgraph"):
        with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
            about = f"{name}-1.0.dist-info"
            wheel.writestr(f"{name}/ansi.py", "")
            wheel.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
            wheel.writestr(f"{about}/LICENSE.txt", "Redistribution and use")
            files = (f"{name}/ansi.py", f"{about}/METADATA", f"{about}/LICENSE.txt")
            wheel.writestr(f"{about}/RECORD", "".join(f"{file},,\n" for file in files))
    return folder


def msi(folder: Path, *more: str) -> Path:
    program = folder / "program"
    files = (
        "lamplighter-agent.exe",
        *more,
        *(f"_internal/{one}" for one in ("colorama/ansi.pyc", "python311.dll")),
    )
    for name in (*files, "_internal/VCRUNTIME140.dll", "_internal/lamplighter_agent/service.pyc"):
        (program / name).parent.mkdir(parents=True, exist_ok=True)
        (program / name).write_bytes(name.encode())
    return package(program, "1.0.0", folder / "agent.msi")


def test_what_it_unpacks_to_is_named_with_licences_and_texts(tmp_path: Path, wheels: Path) -> None:
    parts = {one.name: one for one in of_msi(msi(tmp_path), wheels)}
    assert set(parts) == {
        *("PyInstaller bootloader", "CPython", "colorama", "lamplighter-agent", "VCRUNTIME140.dll"),
    }
    assert parts["colorama"].licence == "BSD-3-Clause"
    assert parts["colorama"].texts == (("LICENSE.txt", "Redistribution and use"),)
    assert "Redistribution and use" in notices("agent.msi", [*parts.values()])


def test_a_library_that_nobody_knows_is_refused(tmp_path: Path, wheels: Path) -> None:
    found = of_msi(msi(tmp_path, "_internal/nobody.dll"), wheels)
    with pytest.raises(LicenceRefused, match=r"^nobody\.dll: its licence is unknown$"):
        notices("agent.msi", found)
