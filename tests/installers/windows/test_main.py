"""The MSI from a frozen folder, as `make msi` ends; what freezes that needs wine."""

import importlib.util
import shutil
import subprocess
from pathlib import Path

import pytest

from installers.windows.__main__ import main
from installers.windows.package import exported
from installers.windows.signing import TEST_NAME


@pytest.fixture
def frozen(tmp_path: Path) -> Path:
    folder = tmp_path / "frozen"
    (folder / "_internal").mkdir(parents=True)
    (folder / "_internal" / "a.pyc").write_bytes(b"a")
    found = importlib.util.find_spec("setuptools")
    assert found is not None
    assert found.origin is not None
    # A real program of Windows, as large as nothing.
    shutil.copy(Path(found.origin).with_name("cli-64.exe"), folder / "lamplighter-agent.exe")
    return folder


def test_without_a_certificate_the_name_says_so_and_program_and_msi_are_signed(
    tmp_path: Path, frozen: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (frozen / "lamplighter-agent.exe").stat().st_size
    assert main([str(tmp_path), "--frozen", str(frozen)]) == 0
    (made,) = tmp_path.glob("*.msi")
    assert capsys.readouterr().out == f"{made}\n"
    assert made.name.startswith("lamplighter-agent-")
    assert made.name.endswith("-x64-test-signed.msi")
    said = subprocess.run(
        ["osslsigncode", "verify", "-in", str(made)], capture_output=True, text=True, check=False
    ).stdout
    assert TEST_NAME in said
    sizes = {row[2].rpartition("|")[2]: int(row[3]) for row in exported(made, "File").rows}
    assert sizes["lamplighter-agent.exe"] > before
    # What was frozen is left as it was.
    assert (frozen / "lamplighter-agent.exe").stat().st_size == before


def test_half_of_a_certificate_makes_nothing(
    tmp_path: Path, frozen: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LAMPLIGHTER_SIGN_PFX", "/keys/a.pfx")
    assert main([str(tmp_path), "--frozen", str(frozen)]) == 2
    assert "wanted is PFX with PASSWORD_FILE" in capsys.readouterr().err
    assert not list(tmp_path.glob("*.msi"))
